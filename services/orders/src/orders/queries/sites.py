"""What a site has decided for its orders, as staff see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from contracts.values import Money

from orders.domain.site import Site
from orders.domain.site_terms import (
    Basis,
    Capture,
    PartialStock,
    ShippingMethod,
    SiteTerms,
    TaxSource,
)
from orders.domain.taxes import Levy, RateEntry
from orders.queries.viewing import View


@dataclass(frozen=True, slots=True)
class Terms:
    """A site, and what it has decided at a version."""

    site: Site
    version: int
    terms: SiteTerms


class PolicyView(View):
    """A site's policy.

    Attributes:
        hold_minutes: How long a draft holds its stock; 0: not at all.
        partial_stock: What becomes of an order that is short of stock (SU-7).
        capture: When authorised money is taken (PA-9).
        tax_inclusive: Prices, shipping and handling include tax.
        shipping_countries: Where it ships to; null: everywhere (FU-7).
        link_hours: How long a link works by which an order is handed over (PA-5).
        tax_source: Whose rates: the table's, or an outside provider's.
        stripe_key: Stripe's publishable key, for its card field on the customer's page (PA-2).
    """

    hold_minutes: int
    partial_stock: PartialStock
    capture: Capture
    tax_inclusive: bool
    shipping_countries: Sequence[str] | None
    link_hours: int
    tax_source: TaxSource
    stripe_key: str | None

    @classmethod
    def of(cls, known: Terms) -> Self:
        """Show a policy."""
        return cls.model_validate(known.terms.policy, from_attributes=True)


class TierView(View):
    """A price up to and including a weight in grams or a subtotal in minor units."""

    up_to: int | None
    cost: Money


class MethodView(View):
    """A shipping method; either ``flat``, or ``tiers`` by ``basis``."""

    code: str
    name: str
    flat: Money | None
    basis: Basis | None
    tiers: Sequence[TierView]
    free_over: Money | None
    countries: Sequence[str] | None
    handling: Money
    active: bool
    position: int

    @classmethod
    def of(cls, method: ShippingMethod, site: Site) -> Self:
        """Show a method."""
        currency = site.currency
        return cls(
            code=method.code,
            name=method.name,
            flat=_money(method.flat, currency),
            basis=method.basis,
            tiers=[
                TierView(up_to=tier.up_to, cost=Money(tier.cost, currency)) for tier in method.tiers
            ],
            free_over=_money(method.free_over, currency),
            countries=method.countries,
            handling=Money(method.handling, currency),
            active=method.active,
            position=method.position,
        )


class MethodsView(View):
    """A site's shipping methods, in the order in which they are offered."""

    items: Sequence[MethodView]

    @classmethod
    def of(cls, known: Terms) -> Self:
        """Show them."""
        return cls(items=[MethodView.of(one, known.site) for one in known.terms.methods])


class RateView(View):
    """A rate of tax or duty; ``ppm`` is parts per million."""

    country: str
    region: str | None
    category: str
    name: str
    ppm: int
    on_shipping: bool
    levy: Levy

    @classmethod
    def of(cls, entry: RateEntry) -> Self:
        """Show a rate."""
        rate = entry.rate
        return cls(
            country=entry.country,
            region=entry.region,
            category=rate.category,
            name=rate.name,
            ppm=rate.ppm,
            on_shipping=rate.on_shipping,
            levy=rate.levy,
        )


class RatesView(View):
    """A site's rates."""

    rates: Sequence[RateView]

    @classmethod
    def of(cls, known: Terms) -> Self:
        """Show them."""
        return cls(rates=[RateView.of(entry) for entry in known.terms.rates])


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)
