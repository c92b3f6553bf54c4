"""What a cancel brings back, as staff see it before they ask for it."""

from collections.abc import Sequence
from typing import Self

from contracts.payments.replies import ToldPayment
from contracts.values import Money, OrderId, PaymentId, Sku

from orders.domain.order import State
from orders.handlers.cancelling import CancelPreview
from orders.queries.viewing import View


class StockToReturn(View):
    """Units of a product that would go back, those of a running submission included."""

    sku: Sku
    units: int


class PaymentToEnd(View):
    """What would become of a payment.

    Attributes:
        state: As it stands.
        to_void: Set aside, or expected, and to be let go.
        to_refund: Taken, and to be given back.
        by_hand: No gateway moves its money: staff pay back what is refunded.
    """

    payment_id: PaymentId
    method: str
    state: str
    to_void: Money
    to_refund: Money
    by_hand: bool

    @classmethod
    def of(cls, told: ToldPayment) -> Self:
        """Show a payment."""
        return cls(
            payment_id=told.payment_id,
            method=told.method,
            state=told.state,
            to_void=told.set_aside,
            to_refund=Money(told.captured.minor - told.refunded.minor, told.captured.currency),
            by_hand=told.from_outside,
        )


class CancelPreviewView(View):
    """What a cancel would bring back just now; nothing of a draft, or of what is cancelled."""

    order_id: OrderId
    state: State
    version: int
    stock: Sequence[StockToReturn]
    payments: Sequence[PaymentToEnd]

    @classmethod
    def of(cls, found: CancelPreview) -> Self:
        """Show what a cancel would bring back."""
        return cls(
            order_id=found.order.order_id,
            state=found.order.state,
            version=found.order.version,
            stock=[StockToReturn(sku=sku, units=units) for sku, units in found.stock.items()],
            payments=[PaymentToEnd.of(one) for one in found.payments],
        )
