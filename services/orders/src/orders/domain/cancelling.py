"""What a cancel after submission brings back, as the order shows it (PA-9, SU-11)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.values import LocationId, Money, PaymentId, Sku, StaffId


@dataclass(frozen=True, slots=True)
class StockBack:
    """Units that went back to a location; ``pending`` of them no goods had covered yet."""

    sku: Sku
    location_id: LocationId
    units: int
    pending: int = 0


@dataclass(frozen=True, slots=True)
class PaymentBack:
    """What became of a payment; none of an amount: no money was ever asked for.

    Attributes:
        voided: Set aside, or expected, and let go.
        refunded: Taken, and given back.
    """

    payment_id: PaymentId
    voided: Money | None = None
    refunded: Money | None = None


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A cancel of a submitted order.

    Attributes:
        asked_at: UTC; the order is cancelled from then on.
        done: Everything below has happened; before that it is under way.
    """

    cancellation_id: UUID
    asked_by: StaffId
    asked_at: datetime
    done: bool = False
    stock: tuple[StockBack, ...] = ()
    payments: tuple[PaymentBack, ...] = ()
