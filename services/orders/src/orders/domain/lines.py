"""What is ordered: lines, each with its price and its way to the customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from contracts.values import LocationId, Money, Sku, StaffId

from orders.domain.adjustments import Adjustment
from orders.domain.pricing import Customisation, PriceStep, Unavailable


class Fulfilment(StrEnum):
    """How a line reaches the customer (FU-1)."""

    SHIP = "ship"
    PICKUP = "pickup"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class Place:
    """The location that a line comes from.

    Attributes:
        location_id: None until the catalog has told which one has this code.
    """

    location_id: LocationId | None
    code: str


@dataclass(frozen=True, slots=True)
class ManualPrice:
    """A unit price that staff have set, and why."""

    unit: Money
    reason: str
    staff_id: StaffId


@dataclass(frozen=True, slots=True)
class LineTerms:
    """What is wanted of a line, and what the catalog has told of it.

    Attributes:
        name: The product's, as the catalog last told it; so are the fields below ``adjustment``.
        list_price: The site's own price of one unit.
        place: For pickup and delivery; a shipped line leaves it to the catalog.
        text: What the customer has put on the product (CP-3).
        gift_message: Goes with the line (GI-2).
        price: Unit price by level or price list; none: the list price.
        trace: How the price came about; empty when the list price stands.
        unavailable: Why it cannot be had any more.
    """

    sku: Sku
    name: str
    units: int
    list_price: Money
    fulfilment: Fulfilment = Fulfilment.SHIP
    place: Place | None = None
    manual: ManualPrice | None = None
    text: str | None = None
    gift_message: str | None = None
    adjustment: Adjustment | None = None
    price: Money | None = None
    trace: tuple[PriceStep, ...] = ()
    product: str | None = None
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    discountable: bool = True
    tax_category: str = "standard"
    weight_grams: int | None = None
    customisation: Customisation | None = None
    unavailable: Unavailable | None = None

    @property
    def unit_price(self) -> Money:
        """Give what the customer pays for one unit, before discounts."""
        return self.manual.unit if self.manual else self.price or self.list_price

    @property
    def discounts(self) -> tuple[PriceStep, ...]:
        """Give what promotions and coupons take off the line."""
        return tuple(step for step in self.trace if step.is_discount)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order.

    Attributes:
        line_id: Counts the lines that the order ever had; never given twice.
    """

    line_id: int
    terms: LineTerms

    @property
    def amount(self) -> Money:
        """Give what the line's units cost, before discounts and adjustments.

        Raises:
            AmountOutOfRange: It does not fit 64 bits.
        """
        return self.terms.unit_price * self.terms.units
