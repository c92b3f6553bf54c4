"""How an order is handed in, and what its saga then does to it.

The saga's steps run under the saga's row lock and take the order's; a cancel therefore takes the
saga's first as well, or the two could wait for each other.
"""

from dataclasses import replace
from datetime import UTC, datetime

from contracts.catalog.commands import ReservationLine
from contracts.message import Reply
from contracts.orders.commands import ReturnOrder, SubmitOrder
from contracts.orders.events import OrderCancelled, OrderReturned, OrderSubmissionStarted
from contracts.orders.replies import OrderIsReturned, OrderIsSubmitted
from contracts.values import OrderId, PaymentId, StaffId, SubmissionId, derived_id, new_id

from orders.domain.errors import NoSuchPart
from orders.domain.order import Change, Order, State
from orders.domain.parts import Refused
from orders.domain.payments import shares
from orders.handlers.editing import Edit, opened, reached
from orders.handlers.telling import about, submitted, tell
from orders.handlers.unit_of_work import UnitOfWork
from orders.sagas.submit_order import SUBMIT_ORDER, PaymentPart, SubmitOrderData

_NOBODY = StaffId("orders")


async def start_submission(edit: Edit, uow: UnitOfWork) -> Order:
    """Hand a draft in (SU-1).

    Raises:
        NoSuchPart: There is no such order, or it is out of reach.
        StaleVersion: Somebody else changed it.
        NotADraft: It is under submission already, submitted or cancelled.
        NotAcceptable: Something is missing (SU-4).
    """
    order = await opened(edit, uow)
    change = await hand_in(order, edit.scope.staff_id, uow)
    await uow.orders.keep(order, change, edit.scope.staff_id)
    return order


async def hand_in(order: Order, staff_id: StaffId, uow: UnitOfWork) -> Change:
    """Begin the submission of a draft; the caller keeps the order.

    Raises:
        NotADraft: It is under submission already, submitted or cancelled.
        NotAcceptable: Something is missing.
    """
    submission_id = SubmissionId(new_id())
    change = order.begin_submission(submission_id, staff_id)
    uow.outbox.cause = replace(uow.outbox.cause, correlation_id=str(submission_id))
    tell(OrderSubmissionStarted(**about(order), submission_id=submission_id), order, uow)
    await uow.sagas.start(
        SUBMIT_ORDER,
        saga_id=submission_id,
        subject_id=order.order_id,
        data=_handed_in(order, submission_id),
    )
    return change


def _handed_in(order: Order, submission_id: SubmissionId) -> SubmitOrderData:
    if order.customer is None:
        raise ValueError("begin_submission lets no order without a customer pass")
    content = order.content
    return SubmitOrderData(
        order_id=order.order_id,
        submission_id=submission_id,
        site_id=order.site.site_id,
        customer_id=order.customer.customer_id,
        lines=tuple(
            ReservationLine(
                sku=line.terms.sku,
                units=line.terms.units,
                location_id=line.terms.place.location_id if line.terms.place else None,
            )
            for line in content.lines
        ),
        payments=tuple(_payments(order, submission_id)),
    )


def _payments(order: Order, submission_id: SubmissionId) -> list[PaymentPart]:
    """Write the payments; one with nothing left to pay is left out (CP-6: a free order)."""
    content = order.content
    amounts = shares(content.payments, content.totals().total)
    return [
        PaymentPart(
            payment_id=PaymentId(derived_id(submission_id, payment.payment_no)),
            method=payment.terms.method,
            amount=amount,
            token=payment.terms.token,
            terms=dict(payment.terms.terms) if payment.terms.terms else None,
        )
        for payment, amount in zip(content.payments, amounts, strict=True)
        if amount.minor > 0
    ]


async def submit_order(command: SubmitOrder, uow: UnitOfWork) -> Reply:
    order = await _owned(command.order_id, uow)
    change = order.submit(command.submission_id, datetime.now(UTC))
    if change is not None:
        tell(submitted(order), order, uow)
        await uow.orders.keep(order, change, order.submitted_by or _NOBODY)
    return OrderIsSubmitted(order_id=order.order_id)


async def return_order(command: ReturnOrder, uow: UnitOfWork) -> Reply:
    order = await _owned(command.order_id, uow)
    refusals = [
        Refused(refusal.step, refusal.code, refusal.detail, refusal.pointer)
        for refusal in command.refusals
    ]
    change = order.give_back(command.submission_id, refusals, cancelled=command.cancelled)
    if change is not None:
        if command.cancelled:
            tell(OrderCancelled(**about(order)), order, uow)
        else:
            tell(_returned(order, command), order, uow)
        await uow.orders.keep(order, change, order.submitted_by or _NOBODY)
    return OrderIsReturned(order_id=order.order_id)


def _returned(order: Order, command: ReturnOrder) -> OrderReturned:
    return OrderReturned(
        **about(order), submission_id=command.submission_id, refusals=command.refusals
    )


async def _owned(order_id: OrderId, uow: UnitOfWork) -> Order:
    order = await uow.orders.locked(order_id)
    if order is None:
        raise NoSuchPart("order")
    return order


async def cancel_order(edit: Edit, uow: UnitOfWork) -> tuple[Order, bool]:
    """Drop a draft at once, or ask a running submission to take itself back.

    Returns:
        The order, and whether a submission is still to be taken back.

    Raises:
        NoSuchPart: There is no such order, or it is out of reach.
        StaleVersion: Somebody else changed it.
        NotADraft: It is submitted, or will be.
    """
    order = reached(await uow.orders.seen(edit.order_id), edit)
    if order.state is State.SUBMITTING and order.submission_id is not None:
        if await uow.sagas.cancel(order.submission_id):
            asked = Change("cancel asked", after={"submission_id": order.submission_id})
            await uow.orders.note(order, asked, edit.scope.staff_id)
            return order, True
        edit = replace(edit, version=None)  # the submission itself has changed the order
    order = await opened(edit, uow)
    change = order.cancel()
    if change is not None:
        tell(OrderCancelled(**about(order)), order, uow)
        await uow.orders.keep(order, change, edit.scope.staff_id)
    return order, False
