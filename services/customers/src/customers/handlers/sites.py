"""Making and changing customer sets and sites."""

from contracts.customers.events import CustomerSetChanged, SiteChanged
from messaging.outbox import Outbox

from customers.domain.errors import StaleVersion, UnknownCustomerSet, UnknownSite
from customers.domain.findings import Findings
from customers.domain.repositories import SiteRepository
from customers.domain.sites import (
    TOLD_AS,
    CustomerSet,
    Site,
    SiteTerms,
    Within,
    check_site,
    customer_set_id,
    sees,
    site_id,
)
from customers.handlers.changing import settle
from customers.handlers.formats import FORMATS
from customers.handlers.unit_of_work import UnitOfWork


async def put_customer_set(
    code: str, name: str, within: Within, uow: UnitOfWork, *, seen: int | None = None
) -> tuple[CustomerSet, bool]:
    """Make or rename a set.

    Args:
        code: Names the set for ever.
        name: What people call it.
        within: The caller's sites; a set is made by staff of all sites only.
        uow: The transaction.
        seen: The version the caller has seen; none: whatever it is.

    Returns:
        The set, and whether it is new.

    Raises:
        Invalid: The name breaks a rule.
        UnknownCustomerSet: It is not within the caller's sites, or is not there to have been seen.
        StaleVersion: The version seen is not the current one.
    """
    id_ = customer_set_id(code)
    found = await uow.customer_sets.get(id_)
    if found is None and seen is not None:
        raise UnknownCustomerSet(code)
    if within is not None and not await uow.customer_sets.exists(id_, within):
        raise UnknownCustomerSet(code)
    findings = Findings()
    name = findings.text("/name", name, limit=200, required=True)
    settle(findings)
    if found is None:
        changed = CustomerSet(id_, code, name)
    else:
        if seen not in {None, found.version}:
            raise StaleVersion(found, found.version)
        changed = found.renamed(name)
    if changed is not found:
        await uow.customer_sets.save(changed)
        event = CustomerSetChanged(customer_set_id=id_, code=code, name=name)
        uow.outbox.publish(event, sequence=changed.version)
    return changed, found is None


async def put_site(  # noqa: PLR0913 - the terms come in two parts: the set is named by its code
    code: str,
    set_code: str,
    terms: SiteTerms,
    within: Within,
    uow: UnitOfWork,
    *,
    seen: int | None = None,
) -> tuple[Site, bool]:
    """Make a site, change it, or move it to the set that ``set_code`` names (CS-4).

    Returns:
        The site, and whether it is new.

    Raises:
        Invalid: The terms break rules; every field at fault is named.
        UnknownSite: It is not within the caller's sites, or is not there to have been seen.
        CurrencyFixed: The currency would change.
        StaleVersion: The version ``seen`` is not the current one.
    """
    id_ = site_id(code)
    if not sees(id_, within):
        raise UnknownSite(code)
    found = await uow.sites.get(id_, lock=True)
    if found is None and seen is not None:
        raise UnknownSite(code)
    if found is not None and seen not in {None, found.version}:
        raise StaleVersion(found, found.version)
    findings = Findings()
    stays = found is not None and found.terms.customer_set_id == terms.customer_set_id
    if not stays and not await uow.customer_sets.exists(terms.customer_set_id, within):
        findings.add("/customer_set", "UNKNOWN_CUSTOMER_SET", f"there is no set {set_code!r}")
    terms = check_site(terms, FORMATS, findings)
    settle(findings)
    changed = Site(id_, code, terms) if found is None else found.on(terms)
    if changed is not found:
        await uow.sites.save(changed)
        uow.outbox.publish(_told(changed), sequence=changed.version)
    return changed, found is None


async def announce_site(code: str, within: Within, uow: UnitOfWork) -> None:
    """Tell a site once more, as it is: whoever missed it, or knows more fields by now, takes it.

    Raises:
        UnknownSite: It is not within the caller's sites.
    """
    id_ = site_id(code)
    found = await uow.sites.get(id_, lock=True) if sees(id_, within) else None
    if found is None:
        raise UnknownSite(code)
    await _announce(found, uow.sites, uow.outbox)


async def announce_next(sites: SiteRepository, outbox: Outbox) -> bool:
    """Tell one site once more that was told as less than now; false when there is none left."""
    id_ = await sites.told_before(TOLD_AS)
    found = await sites.get(id_, lock=True) if id_ else None
    if found is None:
        return False
    await _announce(found, sites, outbox)
    return True


async def _announce(site: Site, sites: SiteRepository, outbox: Outbox) -> None:
    again = site.told_again()
    await sites.save(again)
    outbox.publish(_told(again), sequence=again.version)


def _told(site: Site) -> SiteChanged:
    return SiteChanged(
        site_id=site.site_id,
        version=site.version,
        code=site.code,
        name=site.terms.name,
        customer_set_id=site.terms.customer_set_id,
        country=site.terms.country,
        currency=site.terms.currency,
        time_zone=site.terms.time_zone,
        active=site.terms.active,
        storefront_url=site.terms.storefront_url,
    )
