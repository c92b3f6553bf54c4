"""A draft quoted anew before it is handed in: what changed since is told (CP-9, SU-10)."""

from dataclasses import dataclass

from contracts.customers.replies import CustomerDescribed
from messaging.transport import Asker, Unanswered

from orders.domain.completeness import missing_from
from orders.domain.differences import Differences, differences
from orders.domain.errors import NotAcceptable
from orders.domain.order import Change, Order, State
from orders.domain.parts import Buyer
from orders.domain.pricing import Quote
from orders.domain.repricing import Fresh
from orders.handlers.facts import buyer, customer_faults, customer_told
from orders.handlers.opening import Edit, free_for, opened, reached
from orders.handlers.quotes import Ask, ask_of, quoted
from orders.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Requoted:
    """What customers and catalog say of a draft just now; nothing when it is not worth asking.

    Attributes:
        away: A service that gave no answer, though what is to come goes on without one.
    """

    asker: Asker
    buyer: Buyer | None = None
    ask: Ask | None = None
    quote: Quote | None = None
    away: str | None = None

    async def apply(self, order: Order) -> Differences:
        """Price a locked draft; tells what has changed since it was priced last.

        Raises:
            NotAcceptable: Nothing is quoted at all.
            Unanswered: Somebody changed the draft, and the catalog gave no answer in time.
        """
        before = order.content
        if self.buyer is not None:
            order.know(self.buyer)
        ask = ask_of(order)
        if self.ask is not None and ask is not None:
            known = self.quote if ask == self.ask else None
            order.price(known or await quoted(self.asker, ask), Fresh())
        return differences(before, order.content)


async def requoted(edit: Edit, seen: Order, asker: Asker, *, complete: bool = True) -> Requoted:
    """Ask about a draft as it is just now; one that lacks something is not asked about (SU-4).

    Raises:
        NoSuchPart: It is out of reach.
        StaleVersion: Somebody else changed it.
        NotAcceptable: Its customer may not order here any more (CS-5, CU-7).
        Unanswered: A service gave no answer in time.
    """
    order = free_for(edit, reached(seen, edit))
    if order.state is not State.DRAFT or (complete and _lacks_something(order)):
        return Requoted(asker)
    return await told_of(order, asker)


async def requoted_if_answered(edit: Edit, seen: Order, asker: Asker) -> Requoted:
    """Ask about a draft that is handed in; without an answer it goes in as it was priced last.

    The submission itself waits for whoever is away, and checks customer, stock and coupons again
    (docs/decisions/0015).

    Raises:
        NoSuchPart: It is out of reach.
        StaleVersion: Somebody else changed it.
        NotAcceptable: Its customer may not order here any more (CS-5, CU-7).
    """
    try:
        return await requoted(edit, seen, asker)
    except Unanswered as unanswered:
        return Requoted(asker, away=unanswered.service)


async def told_of(order: Order, asker: Asker) -> Requoted:
    """Ask about an order that is in nobody's hands yet; what is told of its customer is put on it.

    Raises:
        NotAcceptable: Its customer may not order on its site.
        Unanswered: A service gave no answer in time.
    """
    now = None
    if order.customer is not None:
        told = await customer_told(asker, order.customer.customer_id, order.site.site_id)
        if not isinstance(told, CustomerDescribed):
            raise NotAcceptable(customer_faults(told))
        now = buyer(told)
        order.know(now)
    ask = ask_of(order)
    return Requoted(asker, now, ask, await quoted(asker, ask) if ask else None)


def _lacks_something(order: Order) -> bool:
    """Tell whether it is refused whatever it costs; what could not be had may be there again."""
    pointers = {fault.pointer.split("/")[1] for fault in missing_from(order)}
    return bool(pointers - {"lines", "coupons"}) or not order.content.lines


async def accept_prices(edit: Edit, known: Requoted, uow: UnitOfWork) -> Order:
    """Put today's prices on a draft.

    Raises:
        NoSuchPart: There is no such order, or it is out of reach.
        StaleVersion: Somebody else changed it.
        NotADraft: It cannot be changed any more.
    """
    order = await opened(edit, uow)
    order.must_be_draft("edited")
    changed = await known.apply(order)
    order.edit(order.content)
    done = Change("prices accepted", changed.total_was, changed.total_now)
    await uow.orders.keep(order, done, edit.scope.staff_id)
    return order
