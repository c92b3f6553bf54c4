"""What every change of a customer begins and ends with."""

from contracts.customers.events import CustomerChanged
from contracts.values import CustomerId, CustomerSetId

from customers.domain.customer import Customer
from customers.domain.details import Consent
from customers.domain.errors import EmailTaken, Invalid, StaleVersion, UnknownCustomer
from customers.domain.findings import Findings
from customers.domain.search import terms_of
from customers.domain.sites import Site, Within, sees, site_id
from customers.handlers.formats import FORMATS
from customers.handlers.unit_of_work import UnitOfWork


async def loaded(
    customer_id: CustomerId, within: Within, uow: UnitOfWork, seen: int | None
) -> Customer:
    """Give a customer, locked.

    Raises:
        UnknownCustomer: There is none, or none within the caller's sites.
        StaleVersion: The version ``seen`` is not the current one.
        CustomerIsErased: Nothing can be changed any more.
    """
    customer = await uow.customers.get(customer_id, within)
    if customer is None:
        raise UnknownCustomer
    customer.check_lives()
    if seen not in {None, customer.version}:
        raise StaleVersion(customer, customer.version)
    return customer


def settle(findings: Findings) -> None:
    """Raise ``Invalid`` if anything was found."""
    if findings.found:
        raise Invalid(findings.violations)


async def site_named(code: str, within: Within, uow: UnitOfWork, findings: Findings) -> Site | None:
    """Give the site with a code; without one, the only site there is to choose (CS-1)."""
    if not code:
        if site := await uow.sites.only(within):
            return site
        findings.missing("/site", "there are several sites, or none: select one")
        return None
    id_ = site_id(code)
    site = await uow.sites.get(id_) if sees(id_, within) else None
    if site is None:
        findings.add("/site", "UNKNOWN_SITE", f"there is no site {code!r}")
    return site


async def identified(
    customer_set_id: CustomerSetId, reference: str | None, email: str | None, uow: UnitOfWork
) -> Customer | None:
    """Find who it is that another system tells of, locked; none: nobody whom we know.

    The external reference tells it, else the e-mail; unless whoever has that is known to the other
    system under another reference.

    Raises:
        EmailTaken: So it is.
    """
    found = await uow.customers.known_as(customer_set_id, reference=reference, email=email)
    if found is None:
        return None
    theirs = found.details.external_reference
    if None not in {reference, theirs} and reference != theirs:
        raise EmailTaken(found.customer_id)
    return found


async def check_level(
    level: str | None, customer_set_id: CustomerSetId, uow: UnitOfWork, findings: Findings
) -> None:
    """Note when the set has no such level (CU-14)."""
    if level is not None and not await uow.levels.exists(customer_set_id, level):
        findings.add("/level", "UNKNOWN_LEVEL", f"the customer set has no level {level!r}")


async def added(customer: Customer, uow: UnitOfWork) -> Customer:
    """Keep and tell a new customer."""
    await uow.customers.add(customer, terms_of(customer, FORMATS))
    if customer.consent is not None:
        await uow.notes.add_consent(customer.customer_id, customer.consent, author(uow))
    tell(customer, uow)
    return customer


async def agreed(customer: Customer, said: Consent | None, uow: UnitOfWork) -> None:
    """Keep what a customer says about offers, if it is anything new, with its history."""
    if said is not None and customer.agree(said):
        await uow.notes.add_consent(customer.customer_id, said, author(uow))


def author(uow: UnitOfWork) -> str:
    """Name who makes this change: a staff member, or the storefront."""
    return uow.outbox.cause.staff_id or "storefront"


async def saved(customer: Customer, uow: UnitOfWork) -> Customer:
    """Keep and tell a change; what has not changed keeps its version and is not told."""
    if customer.changed:
        customer.version += 1
        await uow.customers.save(customer, terms_of(customer, FORMATS))
        tell(customer, uow)
    return customer


def tell(customer: Customer, uow: UnitOfWork) -> None:
    """Tell everyone of a customer's new version; nothing personal goes along."""
    event = CustomerChanged(
        customer_id=customer.customer_id,
        version=customer.version,
        customer_set_id=customer.customer_set_id,
        number=customer.number,
        is_staff=customer.details.is_staff,
        disabled=customer.disabled,
        level=customer.details.level,
        is_registered=customer.is_registered,
        erased=customer.erased_at is not None,
    )
    uow.outbox.publish(event, sequence=customer.version, customer_id=customer.customer_id)
