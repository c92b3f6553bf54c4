"""What a site has decided for its orders: policies, shipping methods, tax rates; all is data."""

from dataclasses import dataclass
from enum import StrEnum

from orders.domain.taxes import RateEntry

MAX_METHODS = 50
MAX_RATES = 300


class PartialStock(StrEnum):
    """What becomes of an order that is short of stock (SU-7)."""

    REFUSE = "refuse"
    BACKORDER = "backorder"
    ASK = "ask"


class Capture(StrEnum):
    """When authorised money is taken (PA-9)."""

    AT_SUBMISSION = "at-submission"
    AT_FULFILMENT = "at-fulfilment"
    MANUAL = "manual"


class TaxSource(StrEnum):
    """Whose tax rates a site's orders have: its own table's, or an outside provider's."""

    TABLE = "table"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Policy:
    """A site's decisions.

    Attributes:
        hold_minutes: How long a draft holds its stock; 0: not at all.
        tax_inclusive: Prices, shipping and handling include tax.
        link_hours: How long a link works by which an order is handed to its customer.
        tax_source: While the provider gives no answer, the table stands in, and the order says so.
        stripe_key: Stripe's publishable key, for its card field on the customer's page; none: cards
            through Stripe are not offered there.
        shipping_countries: Where it ships to, ISO 3166-1 alpha-2; none: everywhere (FU-7).
    """

    hold_minutes: int = 0
    partial_stock: PartialStock = PartialStock.REFUSE
    capture: Capture = Capture.AT_SUBMISSION
    tax_inclusive: bool = False
    shipping_countries: tuple[str, ...] | None = None
    link_hours: int = 72
    tax_source: TaxSource = TaxSource.TABLE
    stripe_key: str | None = None

    def ships_to(self, country: str) -> bool:
        """Tell whether orders may be sent there."""
        return self.shipping_countries is None or country in self.shipping_countries


class Basis(StrEnum):
    """What a shipping method's tiers go by: grams, or minor units of the goods' price."""

    WEIGHT = "weight"
    SUBTOTAL = "subtotal"


@dataclass(frozen=True, slots=True)
class Tier:
    """A price up to and including a weight or subtotal; none: whatever is above the others."""

    up_to: int | None
    cost: int


@dataclass(frozen=True, slots=True)
class ShippingMethod:
    """A way to ship; amounts are minor units of the site's currency.

    Attributes:
        flat: What it costs; none: ``tiers`` say it.
        basis: Of ``tiers``, which are in order; beyond the last one it is not offered.
        free_over: It costs nothing from this subtotal on: goods after discounts and adjustments.
            Handling stays.
        countries: Where it goes; none: wherever the site ships.
        position: Methods are offered in this order, then by code.
    """

    code: str
    name: str
    flat: int | None = None
    basis: Basis | None = None
    tiers: tuple[Tier, ...] = ()
    free_over: int | None = None
    countries: tuple[str, ...] | None = None
    handling: int = 0
    active: bool = True
    position: int = 0

    def price(self, country: str, subtotal: int, grams: int) -> int | None:
        """Give what it costs for this country, subtotal and weight; none: not offered."""
        if not self.active or (self.countries is not None and country not in self.countries):
            return None
        cost = self._cost(grams if self.basis is Basis.WEIGHT else subtotal)
        if cost is not None and self.free_over is not None and subtotal >= self.free_over:
            return 0
        return cost

    def _cost(self, measure: int) -> int | None:
        if self.flat is not None:
            return self.flat
        found = (one.cost for one in self.tiers if one.up_to is None or measure <= one.up_to)
        return next(found, None)


@dataclass(frozen=True, slots=True)
class SiteTerms:
    """All that a site has decided; ``methods`` in the order in which they are offered."""

    policy: Policy = Policy()
    methods: tuple[ShippingMethod, ...] = ()
    rates: tuple[RateEntry, ...] = ()

    def method(self, code: str) -> ShippingMethod | None:
        """Give a shipping method."""
        return next((one for one in self.methods if one.code == code), None)


NO_TERMS = SiteTerms()
"""Of a site that has decided nothing."""
