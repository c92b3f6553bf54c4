"""A draft begun from a cart or an earlier order, as staff see it."""

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from contracts.values import Sku

from orders.domain.order import Order
from orders.handlers.basis import Outcome, Short
from orders.queries.differences import LineDifferenceView
from orders.queries.viewing import View
from orders.queries.views import OrderView


class LeftOutView(View):
    """A line that is not on the draft, and why."""

    sku: Sku
    units: int
    code: str
    detail: str


class BasisView(View):
    """What has become of the basis.

    Attributes:
        kind: ``cart`` or ``order``.
        differences: Lines that cost something else now, or cannot be had (HI-2).
        left_out: Products of an earlier order that are gone (HI-3).
        short: Lines that want more than can be promised (HI-2).
    """

    kind: str
    id: UUID
    differences: Sequence[LineDifferenceView]
    left_out: Sequence[LeftOutView]
    short: Sequence[Short]


class BasedOrderView(OrderView):
    """A draft, and what it was begun from."""

    basis: BasisView

    @classmethod
    def based(cls, order: Order, outcome: Outcome) -> Self:
        """Show a draft with its basis."""
        basis = BasisView(
            kind=outcome.basis.kind,
            id=outcome.basis.basis_id,
            differences=[
                LineDifferenceView.model_validate(one, from_attributes=True)
                for one in outcome.differences
            ],
            left_out=[
                LeftOutView(sku=wish.sku, units=wish.units, code=why.code, detail=why.detail)
                for wish, why in outcome.left_out
            ],
            short=outcome.short,
        )
        return cls(**dict(OrderView.of(order)), basis=basis)
