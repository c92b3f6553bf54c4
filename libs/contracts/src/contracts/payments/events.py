"""What the payments service tells everyone."""

from typing import ClassVar
from uuid import UUID

from typing_extensions import override

from contracts.message import Event
from contracts.values import Money, OrderId, PaymentId, SiteId


class PaymentChanged(Event):
    """A payment came into another state; carries its whole state.

    Attributes:
        version: Grows with every change; a reader keeps the highest it has seen.
        state: pending, authorised, partly-captured, captured, partly-refunded, refunded, voided,
            declined or unknown.
        captured: Taken in all; so ``refunded`` and ``voided``.
        action_required: The customer has to act (3-D Secure) before the money is set aside.
    """

    type: ClassVar = "payments.payment-changed.v1"

    payment_id: PaymentId
    version: int
    order_id: OrderId
    method: str
    state: str
    amount: Money
    site_id: SiteId | None = None
    captured: Money | None = None
    refunded: Money | None = None
    voided: Money | None = None
    action_required: bool = False

    @property
    @override
    def subject(self) -> UUID:
        return self.payment_id
