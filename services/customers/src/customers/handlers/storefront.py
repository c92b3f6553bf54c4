"""The customer that a storefront's checkout knows: made, or brought up to date (CU-10)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from contracts.customers.commands import KeepCustomer
from contracts.customers.replies import Address as ToldAddress
from contracts.customers.replies import CustomerKept, CustomerNotKept
from contracts.values import CustomerId, new_id
from messaging.envelope import utc_now

from customers.domain.addresses import Address, AddressEntry, check_address, learned
from customers.domain.customer import Customer
from customers.domain.details import Details, DetailsEntry, Home, check_details
from customers.domain.errors import (
    CustomerIsStaff,
    EmailTaken,
    Invalid,
    ReferenceTaken,
    UnknownSite,
)
from customers.domain.findings import Findings, pointer_in
from customers.domain.phones import PhoneEntry, PhoneKind, with_phones
from customers.domain.sites import Site, Within, sees
from customers.handlers.changing import added, identified, saved
from customers.handlers.formats import FORMATS
from customers.handlers.unit_of_work import UnitOfWork

Told = tuple[Details, Address, Address]
"""Details, billing address and shipping address, in normal form."""


async def keep_customer(command: KeepCustomer, uow: UnitOfWork) -> CustomerKept | CustomerNotKept:
    try:
        customer, created = await keep(command, utc_now(), None, uow)
    except UnknownSite as error:
        return CustomerNotKept(code="UNKNOWN_SITE", detail=str(error))
    except CustomerIsStaff as error:
        return CustomerNotKept(code="CUSTOMER_IS_STAFF", detail=str(error))
    except Invalid as error:
        faults = {violation.pointer: violation.code for violation in error.violations}
        detail = "the customer cannot be kept as told"
        return CustomerNotKept(code="CUSTOMER_INVALID", detail=detail, faults=faults)
    except EmailTaken as error:
        return _taken("/email", "EMAIL_TAKEN", str(error))
    except ReferenceTaken as error:
        return _taken("/external_reference", "EXTERNAL_REFERENCE_TAKEN", str(error))
    return CustomerKept(customer_id=customer.customer_id, version=customer.version, created=created)


def _taken(pointer: str, code: str, detail: str) -> CustomerNotKept:
    return CustomerNotKept(code="CUSTOMER_INVALID", detail=detail, faults={pointer: code})


async def keep(
    told: KeepCustomer, at: datetime, within: Within, uow: UnitOfWork
) -> tuple[Customer, bool]:
    """Make or update a customer of the site's set; gives them, and whether they are new.

    What the storefront does not know stays; a phone or address that is new to us is added, and
    becomes a default only where there is none. Without a phone the customer is incomplete.

    Raises:
        UnknownSite: There is none, or none within the caller's sites.
        Invalid: Something breaks a rule; every field at fault is named.
        CustomerIsStaff: It is a staff account.
        EmailTaken: The e-mail is another's, who has another external reference.
        ReferenceTaken: The external reference is another's.
    """
    site = await uow.sites.get(told.site_id) if sees(told.site_id, within) else None
    if site is None:
        raise UnknownSite(str(told.site_id))
    known = _checked(told, site)
    who = (site.terms.customer_set_id, known[0].external_reference, known[0].email)
    customer = await identified(*who, uow)
    if customer is None:
        try:
            async with uow.attempt():
                return await _made(known, told, at, site, uow), True
        except (EmailTaken, ReferenceTaken):
            # Another checkout of theirs has just made them; it is over, or we had not been refused.
            customer = await identified(*who, uow)
            if customer is None:
                raise
    return await _updated(customer, known, told, uow), False


def _checked(told: KeepCustomer, site: Site) -> Told:
    findings = Findings()
    kinds = {str(kind): kind for kind in PhoneKind}
    phones = {kind: number for kind, number in told.phones.items() if kind in kinds}
    entry = DetailsEntry(
        first_name=told.first_name,
        last_name=told.last_name,
        email=told.email,
        company=told.company,
        phones=tuple(PhoneEntry(kinds[kind], number) for kind, number in phones.items()),
        external_reference=told.external_reference,
    )
    home = Home(calls=site.terms.country, billed=None)
    details = check_details(entry, home, FORMATS, findings)
    billing = _address("/billing_address", told.billing_address, findings)
    shipping = _address("/shipping_address", told.shipping_address, findings)
    findings.forgive("PHONE_REQUIRED")
    for kind in told.phones.keys() - kinds.keys():
        findings.add(pointer_in("/phones", kind), "NOT_ONE_OF", "home, work or mobile")
    if details.external_reference is None and not (told.email or "").strip():
        detail = "an e-mail or an external reference must tell who it is"
        findings.missing("/email", detail)
    if findings.found:
        at = {f"/phones/{n}/number": f"/phones/{kind}" for n, kind in enumerate(phones)}
        raise Invalid(
            [
                each._replace(pointer=at.get(each.pointer, each.pointer))
                for each in findings.violations
            ]
        )
    return details, billing, shipping


def _address(pointer: str, told: ToldAddress, findings: Findings) -> Address:
    entry = AddressEntry(
        name=told.name,
        company=told.company,
        lines=told.lines,
        city=told.city,
        region=told.region,
        postal_code=told.postal_code,
        country=told.country,
        phone=told.phone,
    )
    return check_address(pointer, entry, FORMATS, findings)


async def _made(
    known: Told, told: KeepCustomer, at: datetime, site: Site, uow: UnitOfWork
) -> Customer:
    details, billing, shipping = known
    set_id = site.terms.customer_set_id
    customer = Customer(
        customer_id=CustomerId(new_id()),
        customer_set_id=set_id,
        number=await uow.customers.next_number(set_id),
        details=details,
        addresses=learned((), billing, shipping),
        created_at=at,
        is_registered=bool(told.is_registered),
    )
    return await added(customer, uow)


async def _updated(
    customer: Customer, known: Told, told: KeepCustomer, uow: UnitOfWork
) -> Customer:
    if customer.details.is_staff:
        raise CustomerIsStaff
    details, billing, shipping = known
    given: Mapping[str, str | None] = {
        "email": details.email,
        "company": details.company,
        "external_reference": details.external_reference,
    }
    customer.correct(
        replace(
            customer.details,
            first_name=details.first_name,
            last_name=details.last_name,
            phones=with_phones(customer.details.phones, details.phones),
            **{name: value for name, value in given.items() if value is not None},
        )
    )
    customer.learn(learned(customer.addresses, billing, shipping))
    if told.is_registered is not None:
        customer.register(registered=told.is_registered)
    return await saved(customer, uow)
