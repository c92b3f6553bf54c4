"""What a payment gateway can be asked and what it says: the port that adapters satisfy."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from contracts.values import CustomerId, Money, OrderId, PaymentId, SiteId

from payments.domain.methods import No


class Standing(StrEnum):
    """How a payment stands at the gateway. Declined and voided are final there."""

    NOT_FOUND = "not found"
    REQUIRES_ACTION = "requires action"
    AUTHORISED = "authorised"
    DECLINED = "declined"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Action:
    """What the customer has to do before the money is set aside: 3-D Secure.

    Attributes:
        url: Where the customer is sent; none when the gateway's own script shows it.
        secret: What that script needs.
    """

    url: str | None = None
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What the gateway says of a payment.

    Attributes:
        standing: Authorised as long as money is set aside or taken; voided once none is.
        reference: The gateway's own name of it.
        reason: Why it was declined, as a sentence for staff.
        captured: Taken in all, in minor units; so ``refunded`` and ``voided``.
        done: Operations that it knows to have carried out.
        refused: Why it refuses the operation that was asked, for good.
    """

    standing: Standing
    reference: str | None = None
    reason: str | None = None
    captured: int = 0
    refunded: int = 0
    voided: int = 0
    done: frozenset[UUID] = frozenset()
    refused: No | None = None
    action: Action | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """What is to be set aside.

    Attributes:
        payment_id: Idempotency key and our reference at the gateway.
        token: What the gateway's own field gave for the card.
        order_id: Of what is paid for; names the page that the customer comes back to.
    """

    payment_id: PaymentId
    amount: Money
    token: str
    customer_id: CustomerId | None = None
    site_id: SiteId | None = None
    order_id: OrderId | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A payment that the gateway was asked to authorise.

    Attributes:
        reference: The gateway's own name of it, if it is known.
        since: When it was asked for, UTC; the gateway cannot know it from before.
    """

    payment_id: PaymentId
    amount: Money
    reference: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the money to be taken or given back.

    Attributes:
        operation_id: Idempotency key at the gateway.
        takes: Whether it is taken; else it is given back.
    """

    operation_id: UUID
    amount: Money
    takes: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A payment as the gateway lists it.

    Attributes:
        payment_id: Our reference; none when it is not one of ours.
        held: Set aside or taken and not given back, in minor units.
    """

    payment_id: PaymentId | None
    reference: str
    currency: str
    captured: int
    refunded: int
    held: int


class Gateway(Protocol):
    """Sets money aside, takes it, gives it back and lets it go.

    Any exception, and no answer in time, means that the outcome is not known. Each call may be
    repeated: its id makes its key, so that a repeat gives what the first one gave.
    """

    async def authorise(self, charge: Charge) -> Finding:
        """Set the amount aside: authorised, declined, or an action of the customer's first."""
        ...

    async def capture(self, held: Held, part: Part) -> Finding:
        """Take a part of what is set aside: the operation is done, or refused."""
        ...

    async def refund(self, held: Held, part: Part) -> Finding:
        """Give back a part of what was taken: the operation is done, or refused."""
        ...

    async def void(self, held: Held, operation_id: UUID) -> Finding:
        """Let go of what is set aside and give back what was taken: voided, or refused.

        Whatever reaches the gateway for this payment after it was voided holds no money.
        """
        ...

    async def look_up(self, held: Held, part: Part | None = None) -> Finding:
        """Tell how the payment stands, and whether ``part`` is done; found by our reference."""
        ...

    def listed(self, since: datetime) -> AsyncIterator[Listed]:
        """List what the gateway knows of payments asked for since then."""
        ...
