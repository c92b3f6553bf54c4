"""How an order can be shipped, as staff see it."""

from collections.abc import Sequence
from typing import Self

from orders.domain.order import Order
from orders.domain.shipping import Offer, offers
from orders.queries.viewing import View


class OffersView(View):
    """The shipping methods that an order can have.

    Attributes:
        needed: A line ships, so a method is to be chosen (FU-2).
        chosen: Code of the one that is.
    """

    needed: bool
    chosen: str | None
    items: Sequence[Offer]

    @classmethod
    def of(cls, order: Order) -> Self:
        """Show them; the caller has checked that the order is within the scope."""
        content = order.content
        return cls(
            needed=bool(content.lines) and content.ships,
            chosen=content.shipping.code if content.shipping else None,
            items=offers(content, order.site, order.terms),
        )
