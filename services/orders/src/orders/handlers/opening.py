"""Which draft staff mean to change, and whether they may just now."""

from dataclasses import dataclass
from datetime import UTC, datetime

from chassis.scope import Scope
from contracts.values import OrderId

from orders.domain.errors import LeaseHeld, NoSuchPart, StaleVersion
from orders.domain.order import Order, State
from orders.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Edit:
    """Who means to change which order.

    Attributes:
        version: What they have seen of it; none when they do not say (SN-4).
    """

    scope: Scope
    order_id: OrderId
    version: int | None = None


async def opened(edit: Edit, uow: UnitOfWork) -> Order:
    """Give the order, locked.

    Raises:
        NoSuchPart: There is no such order, or it is out of reach (SC-1).
        StaleVersion: Somebody else changed it.
        LeaseHeld: Somebody else is working on it.
    """
    return free_for(edit, reached(await uow.orders.locked(edit.order_id), edit))


def free_for(edit: Edit, order: Order) -> Order:
    """Give the order unless somebody else is working on it.

    Raises:
        LeaseHeld: Somebody is (SN-2).
    """
    lease, now = order.lease, datetime.now(UTC)
    kept_out = lease is not None and lease.keeps_out(edit.scope.staff_id, now)
    if lease is not None and kept_out and order.state is State.DRAFT:
        raise LeaseHeld(lease.staff_id, lease.until)
    return order


def reached(order: Order | None, edit: Edit) -> Order:
    """Give the order if the caller sees it and knows it as it is.

    Raises:
        NoSuchPart: There is no such order, or it is out of reach.
        StaleVersion: Somebody else changed it.
    """
    if order is None or not edit.scope.sees(order.site.site_id):
        raise NoSuchPart("order")
    if edit.version is not None and edit.version != order.version:
        raise StaleVersion(order)
    return order
