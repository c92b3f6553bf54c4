"""How a submitted order is revised: added goods and money first, then it changes (SU-11).

Up to the pivot a refusal, a cancel or the deadline leaves the order just as it was. Applying the
revision is the pivot, a local step under the saga's row lock; after it the added goods are
allocated, the removed ones go back, and the difference in money is taken or given back, asked again
until done.
"""

from collections.abc import Iterator
from uuid import UUID

from contracts.catalog.commands import (
    AllocateStock,
    ReleaseStock,
    ReservationLine,
    ReserveStock,
    ReturnStock,
)
from contracts.catalog.replies import StockRefused
from contracts.message import Command, Reply
from contracts.orders.commands import ApplyRevision, OrderRefusal, RejectRevision
from contracts.payments.commands import (
    LowerPayment,
    RefundPayment,
    VoidPayment,
)
from contracts.payments.replies import LowerRefused, RefundRefused
from contracts.values import (
    CustomerId,
    Money,
    OrderId,
    PaymentId,
    SiteId,
    SubmissionId,
    derived_id,
)
from messaging.saga.definition import Ending, Refused, saga
from pydantic import BaseModel, ConfigDict

from orders.domain.site_terms import Capture
from orders.sagas.payment_parts import PaymentPart, authorise_payments
from orders.sagas.refused_money import Voiding, capture, note_refused_void

_REASON = "the order was revised"


class MoneyBack(BaseModel):
    """What of one payment is given back, or no more expected; its id follows from the revision."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    payment_id: PaymentId
    operation_id: UUID
    amount: Money


class ReviseOrderData(Voiding):
    """What is added, what goes back, and what is paid.

    Attributes:
        revision_id: The saga's id; under it stock is reserved, and goes back.
        kept: Units bound to a location that the order goes on with.
        shared_total: What the order's payments may come to together afterwards (PA-8).
        lowered: What is expected no more of money that comes from outside.
        captures_again: How often an operator had what was refused asked again; names the captures.
    """

    order_id: OrderId
    revision_id: SubmissionId
    site_id: SiteId
    customer_id: CustomerId | None = None
    added: tuple[ReservationLine, ...] = ()
    removed: tuple[ReservationLine, ...] = ()
    kept: tuple[ReservationLine, ...] = ()
    payments: tuple[PaymentPart, ...] = ()
    refunds: tuple[MoneyBack, ...] = ()
    lowered: tuple[MoneyBack, ...] = ()
    capture: Capture = Capture.AT_SUBMISSION
    may_backorder: bool = False
    shared_total: Money | None = None
    captures_again: int = 0


def reserve_added(order: ReviseOrderData) -> Iterator[ReserveStock]:
    if order.added:
        yield ReserveStock(
            submission_id=order.revision_id,
            order_id=order.order_id,
            site_id=order.site_id,
            lines=order.added,
            may_backorder=order.may_backorder,
        )


def release_added(order: ReviseOrderData) -> Iterator[ReleaseStock]:
    if order.added:
        yield ReleaseStock(submission_id=order.revision_id)


def void_payments(order: ReviseOrderData) -> Iterator[VoidPayment]:
    for payment in order.payments:
        yield order.void(payment.payment_id, order.revision_id)


def apply_revision(order: ReviseOrderData) -> Iterator[ApplyRevision]:
    yield ApplyRevision(order_id=order.order_id, revision_id=order.revision_id)


def allocate_added(order: ReviseOrderData) -> Iterator[AllocateStock]:
    if order.added:
        yield AllocateStock(submission_id=order.revision_id)


def return_removed(order: ReviseOrderData) -> Iterator[ReturnStock]:
    if order.removed:
        yield ReturnStock(
            return_id=order.revision_id,
            order_id=order.order_id,
            lines=order.removed,
            kept=order.kept,
        )


def settle_payments(order: ReviseOrderData) -> Iterator[Command]:
    """Take what was added, where the site's policy says so, and give the difference back."""
    if order.capture is Capture.AT_SUBMISSION:
        for payment in order.payments:
            yield capture(payment.payment_id, order.captures_again)
    for refund in order.refunds:
        yield RefundPayment(
            payment_id=refund.payment_id,
            operation_id=refund.operation_id,
            amount=refund.amount,
            reason=_REASON,
        )
    for less in order.lowered:
        yield LowerPayment(
            payment_id=less.payment_id,
            operation_id=less.operation_id,
            amount=less.amount,
            reason=_REASON,
        )


def note_what_was_refused(order: ReviseOrderData, reply: Reply) -> ReviseOrderData:
    """Give what was refused for good another id, should it be asked again (PA-7)."""
    if not isinstance(reply, RefundRefused | LowerRefused):
        return note_refused_void(order, reply)
    refused = reply.operation_id
    return order.model_copy(
        update={
            "refunds": tuple(_anew(one, refused) for one in order.refunds),
            "lowered": tuple(_anew(one, refused) for one in order.lowered),
        }
    )


def _anew(one: MoneyBack, refused: UUID) -> MoneyBack:
    if one.operation_id != refused:
        return one
    return one.model_copy(update={"operation_id": derived_id(refused, "again")})


def capture_anew(order: ReviseOrderData, times: int) -> ReviseOrderData:
    return order.model_copy(update={"captures_again": times})


def reject_revision(order: ReviseOrderData, ending: Ending) -> Iterator[RejectRevision]:
    yield RejectRevision(
        order_id=order.order_id,
        revision_id=order.revision_id,
        refusals=tuple(reason for refused in ending.refusals for reason in _reasons(refused)),
    )


def _reasons(refused: Refused) -> Iterator[OrderRefusal]:
    """Name each product that was short, or else the step as a whole."""
    if isinstance(refused.reply, StockRefused) and refused.reply.shortages:
        for short in refused.reply.shortages:
            detail = f"{short.sku}: {short.wanted} more wanted, {short.available} available"
            yield OrderRefusal(step=refused.step, code=refused.code, detail=detail)
        return
    yield OrderRefusal(step=refused.step, code=refused.code, detail=refused.detail)


REVISE_ORDER = (
    saga("orders.revise-order", ReviseOrderData, note=note_what_was_refused)
    .if_refused("leave the order as it is", reject_revision)
    .if_asked_again(capture_anew)
    .step("reserve added stock", reserve_added, undo=release_added)
    .step("authorise payment", authorise_payments, undo=void_payments)
    .pivot("apply the revision", apply_revision)
    .step("allocate added stock", allocate_added)
    .step("return removed stock", return_removed)
    .step("settle the difference", settle_payments)
)
