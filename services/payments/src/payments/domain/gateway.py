"""What a payment gateway can be asked and what it says: the port that adapters satisfy."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from contracts.values import Money, PaymentId


class Standing(StrEnum):
    """How a payment stands at the gateway. Declined and voided are final there."""

    NOT_FOUND = "not found"
    AUTHORISED = "authorised"
    DECLINED = "declined"
    CAPTURED = "captured"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the gateway says of a payment.

    Attributes:
        reference: The gateway's own name of it.
        reason: Why it was declined, as a sentence for staff.
    """

    standing: Standing
    reference: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """What is to be set aside.

    Attributes:
        payment_id: Idempotency key and our reference at the gateway.
        token: What the gateway's own field gave for the card.
    """

    payment_id: PaymentId
    amount: Money
    token: str


class Gateway(Protocol):
    """Sets money aside, takes it and lets it go.

    Any exception, and no answer in time, means that the outcome is not known. Each call may be
    repeated: the payment id makes its key, so that a repeat gives what the first one gave.
    """

    async def authorise(self, charge: Charge) -> Finding:
        """Set the amount aside: authorised or declined."""
        ...

    async def capture(self, payment_id: PaymentId) -> Finding:
        """Take what is set aside: captured, or how it stands instead."""
        ...

    async def void(self, payment_id: PaymentId) -> Finding:
        """Let go of what is set aside or taken: voided, or how it stands instead.

        Whatever reaches the gateway for this payment afterwards holds no money.
        """
        ...

    async def look_up(self, payment_id: PaymentId) -> Finding:
        """Tell how the payment stands, found by our reference and not by its key."""
        ...
