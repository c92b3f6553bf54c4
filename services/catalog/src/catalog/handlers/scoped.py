"""What staff may name: the sites of their scope, and nothing of the others."""

from collections.abc import Collection

from contracts.catalog.replies import QuoteRefused
from contracts.values import SiteId

from catalog.domain.errors import UnknownSites
from catalog.domain.sites import Site
from catalog.handlers.unit_of_work import UnitOfWork

Within = frozenset[SiteId] | None
"""The sites someone may work on; none is all of them."""


def beyond(sites: Collection[SiteId], within: Within) -> bool:
    """Tell whether some of these sites are not the caller's: others share what belongs to them."""
    return within is not None and not within.issuperset(sites)


def unknown_site(site_id: SiteId) -> QuoteRefused:
    """Refuse a question about a site that there is not, or not for whoever asks (SC-1)."""
    return QuoteRefused(code="UNKNOWN_SITE", detail=f"site {site_id} is not known")


async def named_sites(codes: Collection[str], within: Within, uow: UnitOfWork) -> dict[str, Site]:
    """Give the sites of these codes.

    Raises:
        UnknownSites: Some are not known, or not within the caller's sites (SC-1: the same answer).
    """
    sites = await uow.sites.by_code(codes)
    seen = {code: site for code, site in sites.items() if within is None or site.site_id in within}
    if missing := set(codes) - seen.keys():
        raise UnknownSites(missing)
    return seen
