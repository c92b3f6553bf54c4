"""What an operator does about a process that does not get on (SU-9)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from contracts.values import OrderId, StaffId

from orders.domain.errors import NoSuchPart
from orders.domain.order import Change
from orders.handlers.unit_of_work import UnitOfWork

Asking = Callable[[UUID], Awaitable[bool]]
"""Has a process go on in some way; false when it cannot."""


@dataclass(frozen=True, slots=True)
class Why:
    """Who decides so, and for what reason, if one was given."""

    staff_id: StaffId
    reason: str | None = None


async def ask_again(
    order_id: OrderId, saga_id: UUID, why: Why, asking: Asking, uow: UnitOfWork
) -> None:
    """Ask the step again under new ids; the audit names who did.

    Raises:
        NoSuchPart: The process is over, or cannot be asked just now.
    """
    if not await asking(saga_id):
        raise NoSuchPart("process that needs attention")
    await _note(order_id, "asked again by an operator", saga_id, why, uow)


async def let_be(
    order_id: OrderId, saga_id: UUID, why: Why, letting: Asking, uow: UnitOfWork
) -> None:
    """Go on without what was refused; the audit names who decided it, and why.

    Raises:
        NoSuchPart: Nothing was refused, or answers are still awaited.
    """
    if not await letting(saga_id):
        raise NoSuchPart("process in which something was refused")
    await _note(order_id, "let be by an operator", saga_id, why, uow)


async def take_back(order_id: OrderId, saga_id: UUID, why: Why, uow: UnitOfWork) -> None:
    """Ask the process to take itself back; the audit names who did.

    Raises:
        NoSuchPart: It is past its pivot, or over.
    """
    if not await uow.sagas.cancel(saga_id):
        raise NoSuchPart("process that can be taken back")
    await _note(order_id, "cancel asked by an operator", saga_id, why, uow)


async def _note(order_id: OrderId, action: str, saga_id: UUID, why: Why, uow: UnitOfWork) -> None:
    order = await uow.orders.seen(order_id)
    if order is not None:
        after = {"process": saga_id} | ({"reason": why.reason} if why.reason else {})
        await uow.orders.note(order, Change(action, after=after), why.staff_id)
