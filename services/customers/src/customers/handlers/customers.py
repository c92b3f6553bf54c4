"""Making and changing customers.

Each use case checks everything that was entered, and says all that is wrong at once (CU-3).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.values import CustomerId, new_id

from customers.domain.customer import (
    Customer,
    CustomerEntry,
    DetailsEntry,
    check_customer,
    check_details,
)
from customers.domain.errors import Invalid
from customers.domain.findings import Findings
from customers.domain.phones import PhoneEntry
from customers.domain.search import terms_of
from customers.domain.sites import Site, Within, customer_set_id, sees, site_id
from customers.handlers.changing import loaded, saved, settle, tell
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
    tell(customer, uow)
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
        StaleVersion: The version ``seen`` is not the current one.
        Invalid: Something breaks a rule; every field at fault is named.
        EmailTaken: Another customer of the set has the e-mail (CU-13).
        ReferenceTaken: Another customer of the set has the external reference.
    """
    customer = await loaded(customer_id, within, uow, seen)
    findings = Findings()
    region = _home(customer)
    if correction.site is not None and (
        site := await _site(correction.site, within, uow, findings)
    ):
        region = site.terms.country
    entry = _present(customer, correction.given)
    details = check_details(entry, region, FORMATS, findings)
    await _move(customer, correction.customer_set, within, uow, findings)
    settle(findings)
    customer.correct(details)
    return await saved(customer, uow)


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
        StaleVersion: The version ``seen`` is not the current one.
    """
    customer = await loaded(customer_id, within, uow, seen)
    customer.disable(disabled=disabled)
    return await saved(customer, uow)


async def _site(code: str, within: Within, uow: UnitOfWork, findings: Findings) -> Site | None:
    id_ = site_id(code)
    site = await uow.sites.get(id_) if sees(id_, within) else None
    if not code:
        findings.missing("/site")
    elif site is None:
        findings.add("/site", "UNKNOWN_SITE", f"there is no site {code!r}")
    return site


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
