"""Making and changing customers.

Each use case checks everything that was entered, and says all that is wrong at once (CU-3).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.customers.events import CustomerChanged
from contracts.values import CustomerId, new_id

from customers.domain.addresses import AddressEntry, AddressId, check_address
from customers.domain.customer import (
    Customer,
    CustomerEntry,
    DetailsEntry,
    check_customer,
    check_details,
)
from customers.domain.errors import Invalid, Stale, UnknownCustomer
from customers.domain.findings import Findings
from customers.domain.phones import PhoneEntry
from customers.domain.search import terms_of
from customers.domain.sites import Site, Within, customer_set_id, sees, site_id
from customers.handlers.formats import FORMATS
from customers.handlers.unit_of_work import UnitOfWork


async def create_customer(
    site_code: str, entry: CustomerEntry, at: datetime, within: Within, uow: UnitOfWork
) -> Customer:
    """Make a customer of the set of the site on which it happens (CS-7), at ``at`` (UTC).

    Raises:
        Invalid: Something breaks a rule; every field at fault is named.
        EmailTaken: Another customer of the set has the e-mail (CU-13).
        ReferenceTaken: Another customer of the set has the external reference.
    """
    findings = Findings()
    site = await _site(site_code, within, uow, findings)
    region = site.terms.country if site else None
    details, addresses = check_customer(entry, region, FORMATS, findings)
    if findings.found or site is None:
        raise Invalid(findings.violations)
    set_id = site.terms.customer_set_id
    customer = Customer(
        customer_id=CustomerId(new_id()),
        customer_set_id=set_id,
        number=await uow.customers.next_number(set_id),
        details=details,
        addresses=addresses,
        created_at=at,
    )
    await uow.customers.add(customer, terms_of(customer, FORMATS))
    _tell(customer, uow)
    return customer


@dataclass(frozen=True, slots=True)
class Correction:
    """What to change of a customer; what is not named stays.

    Attributes:
        given: The named fields of ``DetailsEntry`` with their new values.
        site: Code of the site whose country phone numbers without a + are read in; none: the
            country of the default billing address.
        customer_set: Code of the set to move the customer to (CS-4); none: stays.
    """

    given: dict[str, Any]
    site: str | None = None
    customer_set: str | None = None


async def correct_customer(
    customer_id: CustomerId,
    correction: Correction,
    within: Within,
    uow: UnitOfWork,
    *,
    seen: int | None = None,
) -> Customer:
    """Change a customer's details, set or both.

    Raises:
        UnknownCustomer: There is none, or none within the caller's sites.
        Stale: The version ``seen`` is not the current one.
        Invalid: Something breaks a rule; every field at fault is named.
        EmailTaken: Another customer of the set has the e-mail (CU-13).
        ReferenceTaken: Another customer of the set has the external reference.
    """
    customer = await _customer(customer_id, within, uow, seen)
    findings = Findings()
    region = _home(customer)
    if correction.site is not None and (
        site := await _site(correction.site, within, uow, findings)
    ):
        region = site.terms.country
    entry = _present(customer, correction.given)
    details = check_details(entry, region, FORMATS, findings)
    await _move(customer, correction.customer_set, within, uow, findings)
    _settle(findings)
    customer.correct(details)
    return await _save(customer, uow)


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
        Stale: The version ``seen`` is not the current one.
        Invalid: Something breaks a rule; every field at fault is named.
    """
    customer = await _customer(customer_id, within, uow, seen)
    findings = Findings()
    address = check_address("", entry, FORMATS, findings)
    customer.check_room(findings)
    _settle(findings)
    customer.put_address(address)
    return await _save(customer, uow)


async def replace_address(  # noqa: PLR0913 - which, of whom, by what, by whom
    customer_id: CustomerId,
    address_id: AddressId,
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
        Stale: The version ``seen`` is not the current one.
        Invalid: Something breaks a rule; every field at fault is named.
        AddressIsDefault: It is a default and would give that up (CU-2).
    """
    customer = await _customer(customer_id, within, uow, seen)
    old = customer.address(address_id)
    findings = Findings()
    address = check_address("", entry, FORMATS, findings, address_id=old.address_id)
    _settle(findings)
    customer.put_address(address)
    return await _save(customer, uow)


async def remove_address(
    customer_id: CustomerId,
    address_id: AddressId,
    within: Within,
    uow: UnitOfWork,
    *,
    seen: int | None = None,
) -> Customer:
    """Remove an address.

    Raises:
        UnknownCustomer: There is none, or none within the caller's sites.
        UnknownAddress: The customer does not have it.
        Stale: The version ``seen`` is not the current one.
        AddressIsDefault: It is the last default (CU-2).
    """
    customer = await _customer(customer_id, within, uow, seen)
    customer.remove_address(address_id)
    return await _save(customer, uow)


async def disable_customer(
    customer_id: CustomerId,
    within: Within,
    uow: UnitOfWork,
    *,
    disabled: bool,
    seen: int | None = None,
) -> Customer:
    """Take a customer out of use for orders, or back into it; saying it again changes nothing.

    Raises:
        UnknownCustomer: There is none, or none within the caller's sites.
        Stale: The version ``seen`` is not the current one.
    """
    customer = await _customer(customer_id, within, uow, seen)
    customer.disable(disabled=disabled)
    return await _save(customer, uow)


async def _site(code: str, within: Within, uow: UnitOfWork, findings: Findings) -> Site | None:
    id_ = site_id(code)
    site = await uow.sites.get(id_) if sees(id_, within) else None
    if not code:
        findings.missing("/site")
    elif site is None:
        findings.add("/site", "UNKNOWN_SITE", f"there is no site {code!r}")
    return site


async def _customer(
    customer_id: CustomerId, within: Within, uow: UnitOfWork, seen: int | None
) -> Customer:
    customer = await uow.customers.get(customer_id, within)
    if customer is None:
        raise UnknownCustomer
    if seen not in {None, customer.version}:
        raise Stale(customer, customer.version)
    return customer


def _home(customer: Customer) -> str | None:
    homes = (each.country for each in customer.addresses if each.default_billing)
    return next(homes, None)


def _present(customer: Customer, given: dict[str, Any]) -> DetailsEntry:
    """Give the details as if all had been typed again, those given in the place of the old."""
    old = customer.details
    fields: dict[str, Any] = {
        "first_name": old.first_name,
        "last_name": old.last_name,
        "email": old.email,
        "company": old.company,
        "phones": tuple(PhoneEntry(phone.kind, phone.number) for phone in old.phones),
        "external_reference": old.external_reference,
        "is_staff": old.is_staff,
    }
    return DetailsEntry(**fields | given)


async def _move(
    customer: Customer, to: str | None, within: Within, uow: UnitOfWork, findings: Findings
) -> None:
    if to is None or (id_ := customer_set_id(to)) == customer.customer_set_id:
        return
    if not await uow.customer_sets.exists(id_, within):
        findings.add("/customer_set", "UNKNOWN_CUSTOMER_SET", f"there is no set {to!r}")
        return
    customer.move(id_, await uow.customers.next_number(id_))


def _settle(findings: Findings) -> None:
    if findings.found:
        raise Invalid(findings.violations)


async def _save(customer: Customer, uow: UnitOfWork) -> Customer:
    """Keep and tell a change; what has not changed keeps its version and is not told."""
    if customer.changed:
        customer.version += 1
        await uow.customers.save(customer, terms_of(customer, FORMATS))
        _tell(customer, uow)
    return customer


def _tell(customer: Customer, uow: UnitOfWork) -> None:
    event = CustomerChanged(
        customer_id=customer.customer_id,
        version=customer.version,
        customer_set_id=customer.customer_set_id,
        number=customer.number,
        is_staff=customer.details.is_staff,
        disabled=customer.disabled,
    )
    uow.outbox.publish(event, sequence=customer.version, customer_id=customer.customer_id)
