"""What the catalog said of an order's lines and coupons, as the order keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.values import LocationId, Money, Sku

from orders.domain.taxes import ToldRates

SETS_PRICE = frozenset({"list", "level", "price-list", "manual"})
COUPON = "coupon"


@dataclass(frozen=True, slots=True)
class PriceStep:
    """One step of a line's price (CP-5).

    Attributes:
        source: One of ``SETS_PRICE`` set the unit price to ``amount``; ``promotion`` and
            ``coupon`` take ``amount`` off the whole line.
        code: Of the price list, promotion or coupon.
        min_units: Of the quantity break that applied.
        withheld: What a coupon takes off besides, as soon as the order reaches its minimum (again).
    """

    source: str
    amount: Money
    code: str | None = None
    name: str | None = None
    min_units: int | None = None
    withheld: Money | None = None

    @property
    def is_discount(self) -> bool:
        """Tell whether it takes something off the line."""
        return self.source not in SETS_PRICE


@dataclass(frozen=True, slots=True)
class Customisation:
    """The text that a customer may have put on a product, at most ``max_length`` characters."""

    label: str
    max_length: int
    required: bool = False


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Why a line that stands on the order cannot be had any more (HI-2, CS-8)."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon on the order and what the catalog makes of it (CP-7).

    Attributes:
        code: As the voucher is written.
        refusal: Why it does nothing just now; none: it applies.
        discount: What it takes off all lines together; already in the lines' traces.
        free_shipping: It makes shipping free.
        had_free_shipping: It did, and does again as soon as the order reaches its minimum.
    """

    code: str
    promotion: str | None = None
    name: str | None = None
    refusal: str | None = None
    detail: str | None = None
    discount: Money | None = None
    free_shipping: bool = False
    had_free_shipping: bool = False


@dataclass(frozen=True, slots=True)
class LocationOffer:
    """What a location does for the site."""

    location_id: LocationId
    code: str
    ships: bool
    pickup: bool
    delivery: bool


@dataclass(frozen=True, slots=True)
class LineQuote:
    """A line as this customer would buy it on this site.

    Attributes:
        list_price: The site's own unit price.
        unit_price: The one that applies before discounts; a manual price where staff set one.
        trace: How the price came about.
        locations: None when they were not asked for.
    """

    sku: Sku
    name: str
    list_price: Money
    unit_price: Money
    trace: tuple[PriceStep, ...] = ()
    product: str | None = None
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    discountable: bool = True
    tax_category: str = "standard"
    weight_grams: int | None = None
    customisation: Customisation | None = None
    locations: tuple[LocationOffer, ...] | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What the catalog said of a whole draft.

    Attributes:
        lines: By line id, those that can be had.
        refused: By line id, why the others cannot.
        coupons: By code, in lower case.
        refusal: Why nothing is quoted at all.
        rates: What the outside tax provider said; none: it was not asked.
    """

    lines: Mapping[int, LineQuote] = field(default_factory=dict[int, LineQuote])
    refused: Mapping[int, Unavailable] = field(default_factory=dict[int, Unavailable])
    coupons: Mapping[str, Coupon] = field(default_factory=dict[str, Coupon])
    free_shipping: bool = False
    refusal: Unavailable | None = None
    rates: ToldRates | None = None
