"""What the payments service tells everyone."""

from typing import ClassVar
from uuid import UUID

from typing_extensions import override

from contracts.message import Event
from contracts.values import Money, OrderId, PaymentId


class PaymentChanged(Event):
    """A payment came into another state; carries its whole state.

    Attributes:
        version: Grows with every change; a reader keeps the highest it has seen.
        state: pending, authorised, captured, voided, declined or unknown.
    """

    type: ClassVar = "payments.payment-changed.v1"

    payment_id: PaymentId
    version: int
    order_id: OrderId
    method: str
    state: str
    amount: Money

    @property
    @override
    def subject(self) -> UUID:
        return self.payment_id
