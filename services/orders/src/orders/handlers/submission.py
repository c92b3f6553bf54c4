"""What the saga of a submission does to its order, and how staff cancel it.

The saga's steps run under the saga's row lock and take the order's; a cancel therefore takes the
saga's first as well, or the two could wait for each other.
"""

from dataclasses import replace
from datetime import UTC, datetime

from contracts.message import Reply
from contracts.orders.commands import ReturnOrder, SubmitOrder
from contracts.orders.events import OrderCancelled, OrderReturned
from contracts.orders.replies import OrderIsReturned, OrderIsSubmitted
from contracts.values import OrderId, StaffId

from orders.domain.errors import NoSuchPart
from orders.domain.order import Change, Order, State
from orders.domain.parts import Refused
from orders.handlers.holds import release_hold
from orders.handlers.opening import Edit, opened, reached
from orders.handlers.telling import about, submitted, tell
from orders.handlers.unit_of_work import UnitOfWork

_NOBODY = StaffId("orders")


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
        await release_hold(order, uow)
        tell(OrderCancelled(**about(order)), order, uow)
        await uow.orders.keep(order, change, edit.scope.staff_id)
    return order, False
