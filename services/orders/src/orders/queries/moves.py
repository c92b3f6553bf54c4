"""A draft on another site, as staff see it before they accept."""

from collections.abc import Sequence
from typing import Self

from orders.handlers.moving import Moved
from orders.queries.differences import DifferencesView
from orders.queries.viewing import View
from orders.queries.views import OrderView


class MovedView(View):
    """What becomes of a draft on another site.

    Attributes:
        accepted: It is there now; else nothing was changed.
        dropped: Fields that could not be kept: amounts of another currency, the old site's methods.
        order: As it is there.
    """

    accepted: bool
    customer_kept: bool
    dropped: Sequence[str]
    differences: DifferencesView
    order: OrderView

    @classmethod
    def of(cls, moved: Moved, *, accepted: bool) -> Self:
        """Show it."""
        return cls(
            accepted=accepted,
            customer_kept=moved.customer_kept,
            dropped=moved.dropped,
            differences=DifferencesView.of(moved.differences),
            order=OrderView.of(moved.order),
        )
