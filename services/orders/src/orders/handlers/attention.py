"""What an operator does about a process that does not get on (SU-9)."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from contracts.values import OrderId, StaffId

from orders.domain.errors import NoSuchPart
from orders.domain.order import Change
from orders.handlers.unit_of_work import UnitOfWork

Asking = Callable[[UUID], Awaitable[bool]]
"""Asks the current step of a process again; false when it is over."""


async def ask_again(
    order_id: OrderId, saga_id: UUID, staff_id: StaffId, asking: Asking, uow: UnitOfWork
) -> None:
    """Ask the step again under new ids; the audit names who did.

    Raises:
        NoSuchPart: The process is over.
    """
    if not await asking(saga_id):
        raise NoSuchPart("process that needs attention")
    await _note(order_id, "asked again by an operator", saga_id, staff_id, uow)


async def take_back(order_id: OrderId, saga_id: UUID, staff_id: StaffId, uow: UnitOfWork) -> None:
    """Ask the process to take itself back; the audit names who did.

    Raises:
        NoSuchPart: It is past its pivot, or over.
    """
    if not await uow.sagas.cancel(saga_id):
        raise NoSuchPart("process that can be taken back")
    await _note(order_id, "cancel asked by an operator", saga_id, staff_id, uow)


async def _note(
    order_id: OrderId, action: str, saga_id: UUID, staff_id: StaffId, uow: UnitOfWork
) -> None:
    order = await uow.orders.seen(order_id)
    if order is not None:
        await uow.orders.note(order, Change(action, after={"process": saga_id}), staff_id)
