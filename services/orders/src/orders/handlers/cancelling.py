"""How staff cancel an order, whatever it is by now, and what a cancel after submission brings back.

The saga's steps run under the saga's row lock and take the order's; a cancel therefore takes the
saga's first as well, or the two could wait for each other.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from contracts.message import Reply
from contracts.orders.commands import NoteCancellation
from contracts.orders.replies import CancellationIsNoted
from contracts.payments.questions import TellPayments
from contracts.payments.replies import PaymentsTold, ToldPayment
from contracts.values import Sku, SubmissionId, new_id
from messaging.transport import Asker, Unanswered

from orders.domain.cancelling import Cancellation, PaymentBack, StockBack
from orders.domain.errors import NoSuchPart
from orders.domain.order import Order, State
from orders.domain.reasons import Reason
from orders.domain.revisions import RevisionState
from orders.handlers.holds import release_hold
from orders.handlers.opening import Edit, opened, reached
from orders.handlers.standing import payments_of, standing_payments
from orders.handlers.takeovers import drop_cart
from orders.handlers.telling import cancelled, tell
from orders.handlers.unit_of_work import UnitOfWork
from orders.sagas.cancel_order import CANCEL_ORDER, CancelOrderData


@dataclass(frozen=True, slots=True)
class CancelPreview:
    """What a cancel would bring back just now.

    Attributes:
        stock: Units by product, as the order has them; what is not tracked goes nowhere.
        payments: As they stand; none for an order that is a draft or cancelled.
    """

    order: Order
    stock: dict[Sku, int]
    payments: tuple[ToldPayment, ...]


async def preview_cancel(order: Order, asker: Asker) -> CancelPreview:
    """Tell what a cancel would void, refund and return; nothing is changed (PA-9).

    Raises:
        Unanswered: The payments service gave no answer in time.
    """
    if order.state not in {State.SUBMITTING, State.SUBMITTED}:
        return CancelPreview(order, {}, ())
    stock: dict[Sku, int] = {}
    for line in order.content.lines:
        stock[line.terms.sku] = stock.get(line.terms.sku, 0) + line.terms.units
    return CancelPreview(order, stock, await payments_told(order, asker))


async def payments_told(order: Order, asker: Asker) -> tuple[ToldPayment, ...]:
    """Ask how the payments stand that this submission, and no earlier one, has made.

    Raises:
        Unanswered: The payments service gave no answer in time.
    """
    mine = {one.payment_id for one in standing_payments(order)}
    if not mine:
        return ()
    answer = await asker.ask(TellPayments(order_id=order.order_id))
    if not isinstance(answer, PaymentsTold):
        raise Unanswered(answer.owner())
    return tuple(one for one in answer.payments if one.payment_id in mine)


async def cancel_order(
    edit: Edit, uow: UnitOfWork, reason: Reason | None = None
) -> tuple[Order, bool]:
    """Drop a draft at once, have a running submission take itself back, or cancel what it did.

    Returns:
        The order, and whether something is still to go back.

    Raises:
        NoSuchPart: There is no such order, or it is out of reach.
        StaleVersion: Somebody else changed it.
    """
    order = reached(await uow.orders.seen(edit.order_id), edit)
    if order.state is State.SUBMITTING and order.submission_id is not None:
        if await uow.sagas.cancel(order.submission_id):
            return await _ask_to_cancel(edit, uow, reason), True
        edit = replace(edit, version=None)  # the submission itself has changed the order
    if order.state in {State.SUBMITTING, State.SUBMITTED} and order.submission_id is not None:
        await uow.sagas.supersede(order.submission_id)
        if (last := await uow.revisions.latest(order.order_id)) is not None:
            await uow.sagas.supersede(last.revision_id)
    order = await opened(edit, uow)
    if order.state is State.SUBMITTED:
        await _cancel_submitted(order, edit, uow, reason)
        return order, True
    change = order.cancel(reason)
    if change is not None:
        await release_hold(order, uow)
        await drop_cart(order, uow)
        tell(cancelled(order), order, uow)
        await uow.orders.keep(order, change, edit.scope.staff_id)
    return order, False


async def _ask_to_cancel(edit: Edit, uow: UnitOfWork, reason: Reason | None) -> Order:
    """Note who asked, and why; the saga is locked, and takes the order's lock after this."""
    order = reached(await uow.orders.locked(edit.order_id), replace(edit, version=None))
    await uow.orders.keep(order, order.ask_to_cancel(reason), edit.scope.staff_id)
    return order


async def _cancel_submitted(
    order: Order, edit: Edit, uow: UnitOfWork, reason: Reason | None
) -> None:
    if order.submission_id is None:
        raise ValueError("a submitted order has a submission")
    cancellation_id, staff_id = new_id(), edit.scope.staff_id
    payments = {one.payment_id for one in standing_payments(order)}
    releases: tuple[SubmissionId, ...] = ()
    # Read anew: with its saga and the order locked, a revision stays what it is.
    running = await uow.revisions.latest(order.order_id)
    if running is not None and running.state is RevisionState.RUNNING:
        revision_id = SubmissionId(running.revision_id)
        releases = (revision_id,)
        payments |= {one.payment_id for one in payments_of(running.proposed, revision_id)}
        await uow.revisions.end(revision_id, RevisionState.SUPERSEDED)
    cancellation = Cancellation(cancellation_id, staff_id, datetime.now(UTC))
    change = order.cancel_submitted(cancellation, reason)
    uow.outbox.cause = replace(uow.outbox.cause, correlation_id=str(cancellation_id))
    tell(cancelled(order, order.submission_id), order, uow)
    await uow.sagas.start(
        CANCEL_ORDER,
        saga_id=cancellation_id,
        subject_id=order.order_id,
        data=CancelOrderData(
            order_id=order.order_id,
            cancellation_id=cancellation_id,
            submission_id=order.submission_id,
            redeems_coupons=bool(order.content.coupons),
            releases=releases,
            payment_ids=tuple(sorted(payments)),
        ),
    )
    await uow.orders.keep(order, change, staff_id)


async def note_cancellation(command: NoteCancellation, uow: UnitOfWork) -> Reply:
    order = await uow.orders.locked(command.order_id)
    if order is None or order.content.cancellation is None:
        raise NoSuchPart("cancellation")
    stock = [
        StockBack(line.sku, line.location_id, line.units, line.pending + line.backordered)
        for line in command.returned
    ]
    payments = [PaymentBack(one.payment_id, one.voided, one.refunded) for one in command.payments]
    asked_by = order.content.cancellation.asked_by
    change = order.note_cancellation(command.cancellation_id, stock, payments)
    if change is not None:
        await uow.orders.keep(order, change, asked_by)
    return CancellationIsNoted(order_id=order.order_id)
