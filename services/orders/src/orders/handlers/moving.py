"""How a draft goes to another site: looked at first, then accepted (CS-8)."""

from dataclasses import dataclass, replace

from contracts.customers.replies import CustomerRefused
from messaging.transport import Asker

from orders.domain.content import Content
from orders.domain.differences import Differences, differences
from orders.domain.moving import Destination, dropped, move
from orders.domain.order import Order
from orders.handlers.facts import customer_told
from orders.handlers.holds import hold_what_changed, release_hold
from orders.handlers.opening import Edit, free_for, opened, reached
from orders.handlers.requoting import Requoted, told_of
from orders.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Moved:
    """A draft on another site, perhaps only on trial.

    Attributes:
        customer_kept: The customer is of the site's set, or there was none.
        dropped: Fields of the order that could not be kept.
    """

    order: Order
    differences: Differences
    customer_kept: bool
    dropped: list[str]


@dataclass(frozen=True, slots=True)
class Trial:
    """What would become of a draft, and what was told of it there."""

    moved: Moved
    destination: Destination
    known: Requoted


async def tried(edit: Edit, seen: Order, destination: Destination, asker: Asker) -> Trial:
    """See what becomes of a draft on another site; nothing is kept.

    Whether its customer is one of that site's is asked: they may have moved since (CS-5).

    Raises:
        NoSuchPart: It is out of reach.
        StaleVersion: Somebody else changed it.
        NotADraft: It cannot be changed any more.
        NotAcceptable: Its customer may not order anywhere, or nothing is quoted there.
        Unanswered: A service gave no answer in time.
    """
    order = free_for(edit, reached(seen, edit))
    order.must_be_draft("edited")
    before, had_customer = order.content, order.customer is not None
    destination = await _received(order, destination, asker)
    move(order, destination)
    known = await told_of(order, asker)
    await known.apply(order)
    return Trial(_moved(order, before, had_customer=had_customer), destination, known)


async def _received(order: Order, destination: Destination, asker: Asker) -> Destination:
    """Give where it goes with its customer, unless they are of another customer set."""
    if order.customer is None:
        return destination
    id_ = order.customer.customer_id
    told = await customer_told(asker, id_, destination.site.site_id)
    if isinstance(told, CustomerRefused) and told.code == "CUSTOMER_SET_MISMATCH":
        return destination
    return replace(destination, customer=id_)


async def move_order(edit: Edit, trial: Trial, uow: UnitOfWork) -> Moved:
    """Bring a draft to another site.

    Raises:
        NoSuchPart: It is out of reach.
        StaleVersion: Somebody else changed it.
        NotADraft: It cannot be changed any more.
        ReferenceTaken: Another order of that site has its external reference.
    """
    order = await opened(edit, uow)
    before, had_customer = order.content, order.customer is not None
    change = move(order, trial.destination)
    await trial.known.apply(order)
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
