"""What is done with a payment's money: each operation once, under an id of its own."""

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from contracts.values import PaymentId, derived_id

from payments.domain.methods import No


class Kind(StrEnum):
    """What is done."""

    AUTHORISE = "authorise"
    CAPTURE = "capture"
    REFUND = "refund"
    VOID = "void"
    LOWER = "lower"


class Outcome(StrEnum):
    """What came of it; done and refused are final."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation on one payment.

    Attributes:
        id: Idempotency key at the gateway; its answer is the same however often it is asked.
        amount: Minor units: what is asked, and once a void is done what it let go and gave back.
        reason: Why, in the words of whoever asked.
        refusal: Why it was refused.
    """

    id: UUID
    kind: Kind
    amount: int
    outcome: Outcome = Outcome.ASKED
    reason: str | None = None
    refusal: No | None = None

    @property
    def open(self) -> bool:
        """Tell whether its outcome is not known yet."""
        return self.outcome is Outcome.ASKED

    def done(self, amount: int | None = None) -> "Operation":
        """Give it as carried out."""
        amount = self.amount if amount is None else amount
        return replace(self, outcome=Outcome.DONE, amount=amount)

    def refused(self, no: No) -> "Operation":
        """Give it as refused."""
        return replace(self, outcome=Outcome.REFUSED, refusal=no)

    def same_as(self, kind: Kind, amount: int | None) -> bool:
        """Tell whether someone who asks for this asks for the same again."""
        return self.kind is kind and amount in {None, self.amount}


def void_id(payment_id: PaymentId) -> UUID:
    """Give the id of a payment's first void; only when it is refused can there be another."""
    return derived_id(payment_id, "void")


def paid_back_id(operation_id: UUID) -> UUID:
    """Give the id of the refund of what had come of a payment that is lowered."""
    return derived_id(operation_id, "paid back")


def capture_id(payment_id: PaymentId) -> UUID:
    """Give the id of the capture of all that is left, which nobody named."""
    return derived_id(payment_id, "capture")
