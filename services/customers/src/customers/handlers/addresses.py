"""Adding, replacing and removing a customer's addresses."""

from contracts.values import CustomerId

from customers.domain.addresses import AddressEntry, AddressId, check_address
from customers.domain.customer import Customer
from customers.domain.findings import Findings
from customers.domain.sites import Within
from customers.handlers.changing import loaded, saved, settle
from customers.handlers.formats import FORMATS
from customers.handlers.unit_of_work import UnitOfWork


async def add_address(
    customer_id: CustomerId,
    entry: AddressEntry,
    within: Within,
    uow: UnitOfWork,
    *,
    seen: int | None = None,
) -> Customer:
    """Add an address, as the last; a default it claims passes to it (CU-2).

    Raises:
        UnknownCustomer: There is none, or none within the caller's sites.
        StaleVersion: The version ``seen`` is not the current one.
        Invalid: Something breaks a rule; every field at fault is named.
    """
    customer = await loaded(customer_id, within, uow, seen)
    findings = Findings()
    address = check_address("", entry, FORMATS, findings)
    customer.check_room(findings)
    settle(findings)
    customer.put_address(address)
    return await saved(customer, uow)


async def replace_address(
    which: tuple[CustomerId, AddressId],
    entry: AddressEntry,
    within: Within,
    uow: UnitOfWork,
    *,
    seen: int | None = None,
) -> Customer:
    """Put another text in the place of an address.

    Raises:
        UnknownCustomer: There is none, or none within the caller's sites.
        UnknownAddress: The customer does not have it.
        StaleVersion: The version ``seen`` is not the current one.
        Invalid: Something breaks a rule; every field at fault is named.
        AddressIsDefault: It is a default and would give that up (CU-2).
    """
    customer_id, address_id = which
    customer = await loaded(customer_id, within, uow, seen)
    old = customer.address(address_id)
    findings = Findings()
    address = check_address("", entry, FORMATS, findings, address_id=old.address_id)
    settle(findings)
    customer.put_address(address)
    return await saved(customer, uow)


async def remove_address(
    which: tuple[CustomerId, AddressId],
    within: Within,
    uow: UnitOfWork,
    *,
    seen: int | None = None,
) -> Customer:
    """Remove an address.

    Raises:
        UnknownCustomer: There is none, or none within the caller's sites.
        UnknownAddress: The customer does not have it.
        StaleVersion: The version ``seen`` is not the current one.
        AddressIsDefault: It is the last default (CU-2).
    """
    customer_id, address_id = which
    customer = await loaded(customer_id, within, uow, seen)
    customer.remove_address(address_id)
    return await saved(customer, uow)
