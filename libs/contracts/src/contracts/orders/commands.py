"""What the orders service asks of itself: the local steps of its sagas."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from contracts.catalog.replies import HeldLine
from contracts.message import Command
from contracts.values import Money, OrderId, PaymentId, SubmissionId


class OrderRefusal(BaseModel):
    """Why a submission came back.

    Attributes:
        step: The saga's step that said no.
        code: Upper-case name of the reason.
        detail: The reason as a sentence.
        pointer: JSON Pointer into the order, where one line or field is to blame.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    step: str
    code: str
    detail: str
    pointer: str | None = None


class NoteHold(Command):
    """Note what has become of a draft's request for stock; an older one changes nothing.

    Answered by ``HoldIsNoted``.

    Attributes:
        sequence: Of the request; the draft's version that it was made for.
        lines: What is held; empty when it was refused.
        refusals: Why nothing more than before is held.
    """

    type: ClassVar = "orders.note-hold.v1"

    order_id: OrderId
    hold_id: UUID
    sequence: int
    expires_at: datetime
    lines: tuple[HeldLine, ...] = ()
    refusals: tuple[OrderRefusal, ...] = ()


class NoteHandOver(Command):
    """Note what has become of the mail that hands an order to its customer (PA-5).

    Answered by ``HandOverIsNoted``.

    Attributes:
        refusals: Why there is no mail, so that nobody has the link; empty when it is written.
    """

    type: ClassVar = "orders.note-hand-over.v1"

    order_id: OrderId
    link_id: UUID
    refusals: tuple[OrderRefusal, ...] = ()


class SubmitOrder(Command):
    """Fix the order and its number. The pivot: from here the saga only goes forward.

    Answered by ``OrderIsSubmitted``.
    """

    type: ClassVar = "orders.submit-order.v1"

    order_id: OrderId
    submission_id: SubmissionId


class ReturnOrder(Command):
    """Make the order an editable draft again, or cancel it when staff asked for that.

    Answered by ``OrderIsReturned``.
    """

    type: ClassVar = "orders.return-order.v1"

    order_id: OrderId
    submission_id: SubmissionId
    refusals: tuple[OrderRefusal, ...]
    cancelled: bool


class EndedPayment(BaseModel):
    """What became of a payment when its order was cancelled (PA-9).

    Attributes:
        voided: Set aside, and let go; none: no money ever was.
        refunded: Taken, and given back.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    payment_id: PaymentId
    voided: Money | None = None
    refunded: Money | None = None


class NoteCancellation(Command):
    """Note on a cancelled order what went back and what was paid back.

    Answered by ``CancellationIsNoted``.

    Attributes:
        returned: Stock by SKU and location.
    """

    type: ClassVar = "orders.note-cancellation.v1"

    order_id: OrderId
    cancellation_id: UUID
    returned: tuple[HeldLine, ...] = ()
    payments: tuple[EndedPayment, ...] = ()


class ApplyRevision(Command):
    """Put a revision's content on its order. The pivot: from here the saga only goes forward.

    Answered by ``RevisionIsApplied``.
    """

    type: ClassVar = "orders.apply-revision.v1"

    order_id: OrderId
    revision_id: UUID


class RejectRevision(Command):
    """Leave the order as it is, and note why.

    Answered by ``RevisionIsRejected``.
    """

    type: ClassVar = "orders.reject-revision.v1"

    order_id: OrderId
    revision_id: UUID
    refusals: tuple[OrderRefusal, ...] = ()
