"""How a draft is edited: every change is saved as it is made (TO-3)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from messaging.transport import Asker

from orders.domain.content import Content
from orders.domain.order import Change, Order
from orders.domain.pricing import Quote
from orders.domain.repricing import Fresh
from orders.handlers.holds import hold_what_changed
from orders.handlers.opening import Edit, free_for, opened, reached
from orders.handlers.quotes import Ask, ask_of, quoted
from orders.handlers.unit_of_work import UnitOfWork

Changing = Callable[[Order], Change]
"""What the domain does to an order; it may be tried on a copy first."""
Pointing = Callable[[Content, Content], Fresh]
"""Compares a draft before and after a change."""


@dataclass(frozen=True, slots=True)
class Priced:
    """What the catalog said of a draft as a change would leave it.

    Attributes:
        ask: None when the change does not touch what prices depend on, or leaves no line.
        pointing: Points to what the change puts on the draft.
    """

    asker: Asker
    ask: Ask | None = None
    quote: Quote | None = None
    pointing: "Pointing" = field(default_factory=lambda: fresh_since)

    async def settle(self, order: Order, before: Content) -> None:
        """Price an order that was just changed, as it was foreseen.

        Somebody else may have edited the draft since it was looked at; then the catalog is asked
        once more, while the row is locked, for it must be this draft that is priced.

        Raises:
            NotAcceptable: Something just put on it cannot be had.
            Unanswered: The catalog gave no answer in time.
        """
        ask = ask_of(order)
        if ask is None or (self.ask is None and order.content.lines == before.lines):
            return
        known = self.quote if ask == self.ask else None
        quote = known or await quoted(self.asker, ask)
        order.price(quote, self.pointing(before, order.content))


def fresh_since(before: Content, after: Content) -> Fresh:
    """Point to what an edit put on a draft; the edit is of one line or one coupon."""
    was = {line.line_id: line.terms for line in before.lines}
    coupons = {coupon.code for coupon in before.coupons}
    return Fresh(
        {line.line_id: "" for line in after.lines if was.get(line.line_id) != line.terms},
        {coupon.code: "" for coupon in after.coupons if coupon.code not in coupons},
    )


async def foreseen(edit: Edit, seen: Order | None, change: Changing, asker: Asker) -> Priced:
    """Try a change on a draft as it is just now, and ask the catalog about the outcome.

    Raises:
        NoSuchPart: There is no such order or part, or it is out of reach (SC-1).
        StaleVersion: Somebody else changed it.
        NotADraft: It cannot be changed any more.
        NotAcceptable: The change does not fit the order.
        Unanswered: The catalog gave no answer in time.
    """
    order = free_for(edit, reached(seen, edit))
    before, asked_before = order.content, ask_of(order)
    change(order)
    ask = ask_of(order)
    if ask is None or (ask == asked_before and order.content.lines == before.lines):
        return Priced(asker)
    return Priced(asker, ask, await quoted(asker, ask))


async def edited(
    edit: Edit, uow: UnitOfWork, change: Changing, priced: Priced | None = None
) -> Order:
    """Change an order by what the domain does in ``change``; ``priced`` foresaw it.

    Raises:
        NoSuchPart: There is no such order or part, or it is out of reach.
        StaleVersion: Somebody else changed it.
        NotADraft: It cannot be changed any more.
        NotAcceptable: The change does not fit the order.
    """
    order = await opened(edit, uow)
    before = order.content
    done = change(order)
    if priced is not None:
        await priced.settle(order, before)
    await hold_what_changed(order, before, uow)
    await uow.orders.keep(order, order.as_priced(done), edit.scope.staff_id)
    return order
