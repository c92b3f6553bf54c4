"""What the saga of a submission does to its order."""

from datetime import UTC, datetime

from contracts.message import Reply
from contracts.orders.commands import ReturnOrder, SubmitOrder
from contracts.orders.events import OrderReturned
from contracts.orders.replies import OrderIsReturned, OrderIsSubmitted
from contracts.values import OrderId, StaffId

from orders.domain.errors import NoSuchPart
from orders.domain.order import Order
from orders.domain.parts import Refused
from orders.handlers.telling import about, cancelled, submitted, tell
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
            tell(cancelled(order), order, uow)
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
