"""What is different about a draft, as staff see it."""

from collections.abc import Sequence
from typing import Self

from contracts.values import Money, Sku

from orders.domain.differences import Differences, LinePrice
from orders.domain.pricing import Coupon, Unavailable
from orders.queries.viewing import View


class LineDifferenceView(View):
    """A line that costs something else, or cannot be had any more.

    Attributes:
        pointer: JSON Pointer to it in the order.
        discount: What is taken off all its units.
    """

    line_id: int
    pointer: str
    sku: Sku
    name: str
    was: LinePrice
    now: LinePrice
    unavailable: Unavailable | None


class DifferencesView(View):
    """What is different in all.

    Attributes:
        coupons: Those that do something else than before, as they are now.
    """

    lines: Sequence[LineDifferenceView]
    coupons: Sequence[Coupon]
    total_was: Money
    total_now: Money

    @classmethod
    def of(cls, found: Differences) -> Self:
        """Show differences."""
        return cls.model_validate(found, from_attributes=True)
