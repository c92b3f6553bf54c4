"""How staff work on a draft alone, leave it parked, and take it over (SN-2)."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from orders.domain.errors import LeaseHeld
from orders.domain.lease import USUAL, Lease
from orders.domain.order import Change, Order
from orders.handlers.opening import Edit, reached
from orders.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Leasing:
    """How long the draft is wanted, and whether from somebody who has it."""

    period: timedelta = USUAL
    take_over: bool = False


async def take_lease(edit: Edit, leasing: Leasing, uow: UnitOfWork) -> Order:
    """Work on a draft alone from now on, or go on doing so.

    Raises:
        NoSuchPart: There is no such order, or it is out of reach.
        NotADraft: It is no draft any more.
        LeaseHeld: Somebody else is working on it, and is not to be relieved.
    """
    order = reached(await uow.orders.locked(edit.order_id), replace(edit, version=None))
    order.must_be_draft("worked on")
    now, before = datetime.now(UTC), order.lease
    if before is not None and before.keeps_out(edit.scope.staff_id, now):
        if not leasing.take_over:
            raise LeaseHeld(before.staff_id, before.until)
        taken = Change("draft taken over", before.staff_id, edit.scope.staff_id)
        await uow.orders.note(order, taken, edit.scope.staff_id)
    order.lease = Lease(edit.scope.staff_id, now + leasing.period)
    await uow.orders.lease(order)
    return order


async def park(edit: Edit, uow: UnitOfWork) -> Order:
    """Leave a draft to whoever resumes it; one that somebody else works on stays theirs.

    Raises:
        NoSuchPart: There is no such order, or it is out of reach.
    """
    order = reached(await uow.orders.locked(edit.order_id), replace(edit, version=None))
    if order.lease is not None and order.lease.staff_id == edit.scope.staff_id:
        order.lease = None
        await uow.orders.lease(order)
    return order
