"""How a draft goes to another site: looked at first, then accepted (CS-8)."""

from dataclasses import dataclass

from messaging.transport import Asker

from orders.domain.content import Content
from orders.domain.differences import Differences, differences
from orders.domain.moving import Destination, dropped, move
from orders.domain.order import Order
from orders.handlers.holds import hold_what_changed, release_hold
from orders.handlers.opening import Edit, free_for, opened, reached
from orders.handlers.requoting import Requoted, told_of
from orders.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Moved:
    """A draft on another site, perhaps only on trial.

    Attributes:
        customer_kept: The sites share their customer set, or there was no customer.
        dropped: Fields of the order that could not be kept.
    """

    order: Order
    differences: Differences
    customer_kept: bool
    dropped: list[str]


async def tried(
    edit: Edit, seen: Order, destination: Destination, asker: Asker
) -> tuple[Moved, Requoted]:
    """See what becomes of a draft on another site; nothing is kept.

    Raises:
        NoSuchPart: It is out of reach.
        StaleVersion: Somebody else changed it.
        NotADraft: It cannot be changed any more.
        NotAcceptable: Its customer may not order there, or nothing is quoted there.
        Unanswered: A service gave no answer in time.
    """
    order = free_for(edit, reached(seen, edit))
    before, had_customer = order.content, order.customer is not None
    move(order, destination)
    known = await told_of(order, asker)
    await known.apply(order)
    return _moved(order, before, had_customer=had_customer), known


async def move_order(
    edit: Edit, destination: Destination, known: Requoted, uow: UnitOfWork
) -> Moved:
    """Bring a draft to another site.

    Raises:
        NoSuchPart: It is out of reach.
        StaleVersion: Somebody else changed it.
        NotADraft: It cannot be changed any more.
        ReferenceTaken: Another order of that site has its external reference.
    """
    order = await opened(edit, uow)
    before, had_customer = order.content, order.customer is not None
    change = move(order, destination)
    await known.apply(order)
    moved = _moved(order, before, had_customer=had_customer)
    await release_hold(order, uow)
    await hold_what_changed(order, Content(order.site.currency), uow)
    await uow.orders.move(order, change, edit.scope.staff_id)
    return moved


def _moved(order: Order, before: Content, *, had_customer: bool) -> Moved:
    return Moved(
        order=order,
        differences=differences(before, order.content),
        customer_kept=order.customer is not None or not had_customer,
        dropped=dropped(before, order.content),
    )
