"""What is ordered: lines, each with its price and its way to the customer."""

from dataclasses import dataclass
from enum import StrEnum

from contracts.values import LocationId, Money, Sku, StaffId


class Fulfilment(StrEnum):
    """How a line reaches the customer (FU-1)."""

    SHIP = "ship"
    PICKUP = "pickup"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class Place:
    """The location that a line comes from."""

    location_id: LocationId
    code: str


@dataclass(frozen=True, slots=True)
class ManualPrice:
    """A unit price that staff have set, and why."""

    unit: Money
    reason: str
    staff_id: StaffId


@dataclass(frozen=True, slots=True)
class LineTerms:
    """What is wanted of a line, once the catalog has told of it.

    Attributes:
        name: The product's name when it was added.
        list_price: What the catalog asked for one unit when it was added.
        place: For pickup and delivery; a shipped line leaves it to the catalog.
    """

    sku: Sku
    name: str
    units: int
    list_price: Money
    fulfilment: Fulfilment = Fulfilment.SHIP
    place: Place | None = None
    manual: ManualPrice | None = None

    @property
    def unit_price(self) -> Money:
        """Give what the customer pays for one unit."""
        return self.manual.unit if self.manual else self.list_price


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
        """Give what the line costs.

        Raises:
            AmountOutOfRange: It does not fit 64 bits.
        """
        return self.terms.unit_price * self.terms.units
