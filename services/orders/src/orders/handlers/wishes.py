"""What staff ask for in a line, before the catalog has told of it."""

from dataclasses import dataclass

from contracts.values import Money, Sku, StaffId

from orders.domain.adjustments import Adjustment
from orders.domain.lines import Fulfilment, LineTerms, ManualPrice, Place


@dataclass(frozen=True, slots=True)
class PriceWish:
    """A unit price of staff's own, and why."""

    unit: Money
    reason: str

    def by(self, staff_id: StaffId) -> ManualPrice:
        """Give the price as this member of staff set it."""
        return ManualPrice(self.unit, self.reason, staff_id)


@dataclass(frozen=True, slots=True)
class AdjustmentWish:
    """What staff want to take off or put on: an amount or basis points, and why."""

    reason: str
    amount: Money | None = None
    basis_points: int | None = None

    def by(self, staff_id: StaffId) -> Adjustment:
        """Give the adjustment as this member of staff made it."""
        return Adjustment(self.reason, staff_id, self.amount, self.basis_points)


@dataclass(frozen=True, slots=True)
class LineWish:
    """A line as staff ask for it.

    Attributes:
        location: Code of the location to pick up at or deliver from; none for shipping.
        price: Instead of the catalog's.
        text: What the customer wants on the product (CP-3).
        gift_message: Goes with the line (GI-2).
    """

    sku: Sku
    units: int
    fulfilment: Fulfilment = Fulfilment.SHIP
    location: str | None = None
    price: PriceWish | None = None
    text: str | None = None
    gift_message: str | None = None
    adjustment: AdjustmentWish | None = None

    def terms(self, currency: str, staff_id: StaffId) -> LineTerms:
        """Give the line's terms, at no price of the catalog's yet."""
        return LineTerms(
            sku=self.sku,
            name=self.sku,
            units=self.units,
            list_price=Money(0, currency),
            fulfilment=self.fulfilment,
            place=Place(None, self.location) if self.location else None,
            manual=self.price.by(staff_id) if self.price else None,
            text=self.text,
            gift_message=self.gift_message,
            adjustment=self.adjustment.by(staff_id) if self.adjustment else None,
        )
