"""Addresses typed on an order that the customer's book keeps as well (FU-5)."""

from collections.abc import Sequence

from contracts.customers.questions import CheckAddresses, KeepAddresses
from contracts.customers.replies import Address as ToldAddress
from contracts.customers.replies import AddressesFit, AddressesKept, AddressesNotKept

from customers.domain.addresses import Address, AddressEntry, check_address, known_in
from customers.domain.customer import Customer
from customers.domain.findings import Findings, Violation
from customers.domain.standing import SENTENCES, Block, Standing
from customers.handlers.changing import saved
from customers.handlers.formats import FORMATS
from customers.handlers.unit_of_work import UnitOfWork


async def keep_addresses(
    errand: KeepAddresses, uow: UnitOfWork
) -> AddressesKept | AddressesNotKept:
    standing = await uow.customers.standing(errand.customer_id, errand.site_id)
    customer = await uow.customers.by_id(errand.customer_id)
    added = _added(errand, standing, customer)
    if isinstance(added, AddressesNotKept):
        return added
    await saved(added, uow)
    return AddressesKept(customer_id=added.customer_id, version=added.version)


async def check_addresses(
    question: CheckAddresses, uow: UnitOfWork
) -> AddressesFit | AddressesNotKept:
    standing, customer = await uow.customers.described(question.customer_id, question.site_id)
    added = _added(question, standing, customer)
    return (
        added
        if isinstance(added, AddressesNotKept)
        else AddressesFit(customer_id=added.customer_id)
    )


def _added(
    asked: KeepAddresses | CheckAddresses, standing: Standing, customer: Customer | None
) -> Customer | AddressesNotKept:
    """Put addresses into a customer's book, as it stands in memory; or say why not."""
    block = standing.block or (None if customer else Block.UNKNOWN_CUSTOMER)
    if block or customer is None:
        refused = block or Block.UNKNOWN_CUSTOMER
        return AddressesNotKept(
            customer_id=asked.customer_id, code=refused, detail=SENTENCES[refused]
        )
    findings = Findings()
    addresses = [
        check_address(f"/addresses/{place}", _entry(told), FORMATS, findings)
        for place, told in enumerate(asked.addresses)
    ]
    if not findings.found:
        _add(addresses, customer, findings)
    return _invalid(asked, findings.violations) if findings.found else customer


def _add(addresses: Sequence[Address], customer: Customer, findings: Findings) -> None:
    for address in addresses:
        if not known_in(customer.addresses, address):
            customer.check_room(findings)
            customer.put_address(address)


def _entry(told: ToldAddress) -> AddressEntry:
    return AddressEntry(**told.model_dump())


def _invalid(
    asked: KeepAddresses | CheckAddresses, violations: Sequence[Violation]
) -> AddressesNotKept:
    faults = {each.pointer: each.detail for each in violations}
    detail = "; ".join(dict.fromkeys(faults.values()))
    return AddressesNotKept(
        customer_id=asked.customer_id, code="ADDRESS_INVALID", detail=detail, faults=faults
    )
