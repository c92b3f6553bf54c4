"""Customers that another system knows already, row by row."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from customers.domain.addresses import check_addresses
from customers.domain.customer import Customer, CustomerEntry
from customers.domain.details import check_consent
from customers.domain.findings import Findings
from customers.domain.sites import Site, Within
from customers.handlers.changing import agreed, check_level, identified, saved, settle, site_named
from customers.handlers.customers import MAY_LACK, corrected, made
from customers.handlers.formats import FORMATS
from customers.handlers.unit_of_work import UnitOfWork


class Became(StrEnum):
    """What became of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Row:
    """A customer as another system knows them.

    Attributes:
        site: Code of a site of the set.
        entry: The whole customer.
        given: The named fields of ``DetailsEntry``; of a customer we know, others stay.
        addresses: Whether addresses are named; they take the place of all.
    """

    site: str
    entry: CustomerEntry
    given: dict[str, Any]
    addresses: bool


async def import_customer(
    row: Row, at: datetime, within: Within, uow: UnitOfWork
) -> tuple[Customer, Became]:
    """Make or change the customer whom external reference, else e-mail, tells; at ``at`` (UTC).

    The same row again changes nothing. Consent is noted only where it is another than before.

    Raises:
        Invalid: Something breaks a rule; every field at fault is named.
        EmailTaken: Another customer of the set has the e-mail.
        ReferenceTaken: Another customer of the set has the external reference.
    """
    findings = Findings()
    site = await site_named(row.site, within, uow, findings)
    details = row.entry.details
    if not (details.external_reference or "").strip() and not (details.email or "").strip():
        why = "an external reference or an e-mail must tell who it is"
        findings.missing("/external_reference", why)
    known = None if site is None else await _known(row, site, uow)
    if site is None or known is None:
        return await made(site, row.entry, at, uow, findings), Became.CREATED
    return await _changed(known, row, site=site, at=at, uow=uow, findings=findings)


async def _known(row: Row, site: Site, uow: UnitOfWork) -> Customer | None:
    """Look for who it is as they would be kept; what breaks a rule is nobody's."""
    details = row.entry.details
    email = FORMATS.email((details.email or "").strip())
    reference = Findings().text("", details.external_reference, limit=100) or None
    return await identified(site.terms.customer_set_id, reference, email, uow)


async def _changed(  # noqa: PLR0913 - what a row means
    customer: Customer,
    row: Row,
    *,
    site: Site,
    at: datetime,
    uow: UnitOfWork,
    findings: Findings,
) -> tuple[Customer, Became]:
    book = check_addresses(row.entry.addresses, FORMATS, findings) if row.addresses else None
    details = corrected(customer, row.given, site.terms.country, findings)
    said = check_consent(row.entry.consent, at, findings)
    if "level" in row.given:
        await check_level(details.level, site.terms.customer_set_id, uow, findings)
    if row.entry.incomplete:
        findings.forgive(*MAY_LACK)
    settle(findings)
    version = customer.version
    if Counter(details.phones) == Counter(customer.details.phones):
        details = replace(details, phones=customer.details.phones)  # another order is no change
    customer.correct(details)
    if book is not None:
        customer.replace_book(book)
    if row.entry.is_registered is not None:
        customer.register(registered=row.entry.is_registered)
    await agreed(customer, said, uow)
    await saved(customer, uow)
    return customer, Became.UNCHANGED if customer.version == version else Became.CHANGED
