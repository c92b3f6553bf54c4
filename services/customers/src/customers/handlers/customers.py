"""Making and changing customers.

Each use case checks everything that was entered, and says all that is wrong at once (CU-3).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from contracts.values import CustomerId, CustomerSetId, new_id

from customers.domain.customer import Customer, CustomerEntry, check_customer
from customers.domain.details import (
    ConsentEntry,
    Details,
    DetailsEntry,
    Home,
    check_consent,
    check_details,
)
from customers.domain.errors import Invalid
from customers.domain.findings import Findings
from customers.domain.sites import Site, Within, customer_set_id
from customers.handlers.changing import (
    added,
    agreed,
    check_level,
    loaded,
    saved,
    settle,
    site_named,
)
from customers.handlers.formats import FORMATS
from customers.handlers.invitations import invite_to
from customers.handlers.unit_of_work import UnitOfWork


async def create_customer(
    site_code: str, entry: CustomerEntry, at: datetime, within: Within, uow: UnitOfWork
) -> Customer:
    """Make a customer of the set of the site on which it happens (CS-7), at ``at`` (UTC).

    Without a site it is the only one that there is (CS-1).

    Raises:
        Invalid: Something breaks a rule; every field at fault is named.
        EmailTaken: Another customer of the set has the e-mail (CU-13).
        ReferenceTaken: Another customer of the set has the external reference.
        NoInvitation: One was asked for, and the site has no storefront (CU-9).
    """
    findings = Findings()
    site = await site_named(site_code, within, uow, findings)
    customer = await made(site, entry, at, uow, findings)
    if entry.invited and site is not None:
        await invite_to(site, customer, at, uow)
    return customer


async def made(
    site: Site | None, entry: CustomerEntry, at: datetime, uow: UnitOfWork, findings: Findings
) -> Customer:
    """Make a customer; without a site all that is wrong is told. Raises as ``create_customer``."""
    region = site.terms.country if site else None
    details, addresses = check_customer(entry, region, FORMATS, findings)
    consent = check_consent(entry.consent, at, findings)
    if site is not None:
        await check_level(details.level, site.terms.customer_set_id, uow, findings)
    if entry.incomplete:
        findings.forgive(*MAY_LACK)
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
        consent=consent,
        is_registered=bool(entry.is_registered),
    )
    return await added(customer, uow)


MAY_LACK = (
    "PHONE_REQUIRED",
    "ADDRESS_REQUIRED",
    "DEFAULT_BILLING_REQUIRED",
    "DEFAULT_SHIPPING_REQUIRED",
)
"""What an incomplete customer may lack: they can be kept, and not be ordered for (SE-5)."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What to change of a customer; what is not named stays.

    Attributes:
        given: The named fields of ``DetailsEntry`` with their new values.
        at: When it is said, UTC.
        site: Code of the site whose country phone numbers without a + are read in; none: the
            country of the default billing address.
        customer_set: Code of the set to move the customer to (CS-4); none: stays.
        consent: What the customer says about offers; none: nothing.
    """

    given: dict[str, Any]
    at: datetime
    site: str | None = None
    customer_set: str | None = None
    consent: ConsentEntry | None = None


async def correct_customer(
    customer_id: CustomerId,
    correction: Correction,
    within: Within,
    uow: UnitOfWork,
    *,
    seen: int | None = None,
) -> Customer:
    """Change a customer's details, set or both.

    Who moves to another set keeps the level if that set has one with its code, else has none then,
    unless one of that set is given (CU-14).

    Raises:
        UnknownCustomer: There is none, or none within the caller's sites.
        StaleVersion: The version ``seen`` is not the current one.
        Invalid: Something breaks a rule; every field at fault is named.
        EmailTaken: Another customer of the set has the e-mail (CU-13).
        ReferenceTaken: Another customer of the set has the external reference.
    """
    customer = await loaded(customer_id, within, uow, seen)
    findings = Findings()
    calls = customer.billed
    if correction.site and (site := await site_named(correction.site, within, uow, findings)):
        calls = site.terms.country
    details = corrected(customer, correction.given, calls, findings)
    said = check_consent(correction.consent, correction.at, findings)
    set_id = await _target(customer, correction.customer_set, within, uow, findings)
    if "level" in correction.given:
        await check_level(details.level, set_id, uow, findings)
    settle(findings)
    if set_id != customer.customer_set_id:
        level = details.level
        keeps = level is not None and await uow.levels.exists(set_id, level)
        details = replace(details, level=level if keeps else None)
        number = await uow.customers.next_number(set_id)
        customer.move(set_id, number, level=details.level)
    customer.correct(details)
    await agreed(customer, said, uow)
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


def corrected(
    customer: Customer, given: dict[str, Any], calls: str | None, findings: Findings
) -> Details:
    """Give the details with those given in the place of the old.

    What is not given is not looked at: it was right when it came, or may be missing (SE-5).
    """
    home = Home(calls=calls, billed=customer.billed)
    checked = Findings()
    details = check_details(DetailsEntry(**given), home, FORMATS, checked)
    findings.take(checked, below=given)
    return replace(customer.details, **{name: getattr(details, name) for name in given})


async def _target(
    customer: Customer, to: str | None, within: Within, uow: UnitOfWork, findings: Findings
) -> CustomerSetId:
    """Give the set that the customer is to be in then."""
    if to is None or (id_ := customer_set_id(to)) == customer.customer_set_id:
        return customer.customer_set_id
    if not await uow.customer_sets.exists(id_, within):
        findings.add("/customer_set", "UNKNOWN_CUSTOMER_SET", f"there is no set {to!r}")
        return customer.customer_set_id
    return id_
