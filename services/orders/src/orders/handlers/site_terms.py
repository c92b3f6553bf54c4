"""How a site's decisions for its orders are changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from orders.domain.errors import NoSuchPart, NotAcceptable, StaleTerms
from orders.domain.site import Site
from orders.domain.site_terms import MAX_METHODS, Policy, ShippingMethod, SiteTerms
from orders.domain.taxes import RateEntry
from orders.handlers.unit_of_work import UnitOfWork

Decision = Callable[[SiteTerms], SiteTerms]


@dataclass(frozen=True, slots=True)
class Deciding:
    """Which site's decisions are changed; ``version`` is what the caller has seen of them."""

    site: Site
    version: int | None


async def decide(
    deciding: Deciding, decision: Decision, uow: UnitOfWork
) -> tuple[Site, int, SiteTerms]:
    """Change what a site has decided; gives it with its version.

    Raises:
        StaleTerms: Somebody else changed it.
        NoSuchPart: What is taken away is not there.
        NotAcceptable: There is too much of it.
    """
    site = deciding.site
    version, before = await uow.site_terms.locked(site.site_id)
    if deciding.version is not None and deciding.version != version:
        raise StaleTerms(version)
    after = decision(before)
    if after != before:
        version += 1
        await uow.site_terms.keep(site.site_id, version, after)
    return site, version, after


def putting_policy(policy: Policy) -> Decision:
    return lambda terms: replace(terms, policy=policy)


def putting_rates(rates: Sequence[RateEntry]) -> Decision:
    return lambda terms: replace(terms, rates=tuple(rates))


def putting_method(method: ShippingMethod) -> Decision:
    def put(terms: SiteTerms) -> SiteTerms:
        others = [one for one in terms.methods if one.code != method.code]
        if len(others) >= MAX_METHODS:
            detail = f"a site has at most {MAX_METHODS} shipping methods"
            raise NotAcceptable.at("", "TOO_MANY_SHIPPING_METHODS", detail)
        ordered = sorted([*others, method], key=lambda one: (one.position, one.code))
        return replace(terms, methods=tuple(ordered))

    return put


def removing_method(code: str) -> Decision:
    def remove(terms: SiteTerms) -> SiteTerms:
        left = tuple(one for one in terms.methods if one.code != code)
        if len(left) == len(terms.methods):
            raise NoSuchPart("shipping method")
        return replace(terms, methods=left)

    return remove
