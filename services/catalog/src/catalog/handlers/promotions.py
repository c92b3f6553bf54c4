from collections.abc import Collection, Mapping
from dataclasses import dataclass

from contracts.values import SiteId, new_id

from catalog.domain.errors import Fault, NotYours, Shared, StaleVersion, Unfit
from catalog.domain.promotions import Promotion, PromotionTerms
from catalog.domain.sites import Site
from catalog.handlers.scoped import Within, beyond
from catalog.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PutPromotion:
    """Make or change a promotion.

    Attributes:
        sites: Codes; it is offered on exactly these.
        expected_version: Refuse if it is another; none accepts any.
    """

    code: str
    terms: PromotionTerms
    sites: Collection[str]
    within: Within
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class KeptPromotion:
    """A promotion as it now is; ``sites`` has the codes of its sites."""

    promotion: Promotion
    sites: Mapping[SiteId, str]
    created: bool = False


async def put_promotion(command: PutPromotion, uow: UnitOfWork) -> KeptPromotion:
    """Make or change a promotion; the same again changes nothing.

    Raises:
        Unfit: UNKNOWN_SITE, CURRENCY_MISMATCH, VALIDITY_EMPTY, UNKNOWN_CATEGORY or
            UNKNOWN_PRODUCT.
        NotYours: It is offered only on sites that the caller does not see.
        Shared: It is offered on some that the caller does not see.
        StaleVersion: Its ``current`` is a ``KeptPromotion``.
    """
    sites = await fit_sites(command.sites, command.terms, command.within, uow)
    promotion = await uow.promotions.locked(command.code, new_id=new_id())
    created = promotion.version == 0
    check_owner(promotion, command.within)
    if command.expected_version not in {None, promotion.version}:
        raise StaleVersion(None if created else await seen(promotion, uow))
    if promotion.change(command.terms, {site.site_id for site in sites.values()}):
        await uow.promotions.keep(promotion)
    codes = {site.site_id: code for code, site in sites.items()}
    return KeptPromotion(promotion, codes, created)


async def seen(promotion: Promotion, uow: UnitOfWork) -> KeptPromotion:
    """Give a promotion with the codes of its sites."""
    return KeptPromotion(promotion, await uow.sites.codes(promotion.sites))


async def fit_sites(
    codes: Collection[str], terms: PromotionTerms, within: Within, uow: UnitOfWork
) -> Mapping[str, Site]:
    """Give the sites of these codes, on which a promotion of these terms may be offered.

    Raises:
        Unfit: It may not; a site is named by its place in ``codes``.
    """
    found = await uow.sites.by_code(codes)
    sites = {code: site for code, site in found.items() if _sees(within, site.site_id)}
    faults = [*terms.validity.faults()]
    for place, code in enumerate(codes):
        if code not in sites:
            faults.append(Fault(f"/sites/{place}", "UNKNOWN_SITE", f"there is no site {code}"))
        elif terms.currency not in {None, sites[code].currency}:
            detail = f"{code} sells in {sites[code].currency}, the promotion is in {terms.currency}"
            faults.append(Fault(f"/sites/{place}", "CURRENCY_MISMATCH", detail))
    named = terms.categories or frozenset[str]()
    if unknown := named - await uow.categories.known(named):
        detail = f"there is no category {', '.join(sorted(unknown))}"
        faults.append(Fault("/categories", "UNKNOWN_CATEGORY", detail))
    if unknown := await uow.products.unnamed(terms.products or ()):
        detail = f"there is no product {', '.join(sorted(unknown))}"
        faults.append(Fault("/products", "UNKNOWN_PRODUCT", detail))
    if faults:
        raise Unfit(faults)
    return sites


def check_owner(promotion: Promotion, within: Within) -> None:
    """Let pass who may change a promotion.

    Raises:
        NotYours: It is offered only on sites that the caller does not see.
        Shared: It is offered on some that the caller does not see.
    """
    if within is None or not beyond(promotion.sites, within):
        return
    if within.isdisjoint(promotion.sites):
        raise NotYours(promotion.code)
    raise Shared("promotion", promotion.code)


def _sees(within: Within, site_id: SiteId) -> bool:
    return within is None or site_id in within
