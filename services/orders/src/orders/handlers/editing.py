"""How a draft is edited: every change is saved as it is made (TO-3)."""

from collections.abc import Callable
from dataclasses import dataclass

from chassis.scope import Scope
from contracts.values import OrderId

from orders.domain.errors import NoSuchPart, StaleVersion
from orders.domain.order import Change, Order
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
    """
    return reached(await uow.orders.locked(edit.order_id), edit)


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


async def edited(edit: Edit, uow: UnitOfWork, change: Callable[[Order], Change]) -> Order:
    """Change an order by what the domain does in ``change``.

    Raises:
        NoSuchPart: There is no such order or part, or it is out of reach.
        StaleVersion: Somebody else changed it.
        NotADraft: It cannot be changed any more.
        NotAcceptable: The change does not fit the order.
    """
    order = await opened(edit, uow)
    done = change(order)
    await uow.orders.keep(order, done, edit.scope.staff_id)
    return order
