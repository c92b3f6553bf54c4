"""A customer at their order, let in by a link: what they change, and how they hand it in (PA-5).

The customer acts in their own name: the audit and the events say ``customer:<id>``.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from chassis.scope import Scope
from contracts.values import StaffId

from orders.domain.content import Content
from orders.domain.differences import Differences
from orders.domain.errors import (
    BeingEdited,
    Fault,
    LeaseHeld,
    NoSuchPart,
    NotAcceptable,
    StaleVersion,
)
from orders.domain.extras import choose_shipping
from orders.domain.hand_overs import Closed, Link
from orders.domain.order import Change, Order
from orders.domain.parts import Address
from orders.domain.payments import PaymentTerms
from orders.handlers.editing import Changing
from orders.handlers.edits import AddressChange, setting_addresses
from orders.handlers.handing_in import Handing, hand_in
from orders.handlers.opening import Edit, opened
from orders.handlers.requoting import Requoted
from orders.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Visit:
    """A customer's link and the order it leads to, as they are just now."""

    link: Link
    order: Order

    @property
    def closed(self) -> Closed | None:
        """Say why the link does not work any more; none while it does."""
        return self.link.closed(self.order, datetime.now(UTC))

    def must_be_open(self) -> None:
        """See that the link still works.

        Raises:
            LinkClosed: It does not.
        """
        self.link.must_be_open(self.order, datetime.now(UTC))

    @property
    def actor(self) -> StaffId:
        """Give the name of who acts, for the audit and the events."""
        return StaffId(f"customer:{self.link.customer_id}")

    @property
    def edit(self) -> Edit:
        """Give the edit of this order by its customer."""
        scope = Scope(self.actor, frozenset(), frozenset({self.link.site_id}))
        return Edit(scope, self.link.order_id)


@dataclass(frozen=True, slots=True)
class CustomerWish:
    """What a customer wants otherwise.

    Attributes:
        units: By line id; 0 takes the line away. Lines that are not named stay.
        shipping: Code of a method of the site's; none leaves it.
        kept: Addresses that their book is to keep too, by pointers into the order (FU-5).
    """

    units: Mapping[int, int] = field(default_factory=dict[int, int])
    shipping: str | None = None
    addresses: AddressChange = field(default_factory=AddressChange)
    kept: Mapping[str, Address] = field(default_factory=dict[str, Address])

    def differs(self, content: Content) -> bool:
        """Tell whether anything is to be changed."""
        chosen = content.shipping.code if content.shipping else None
        now = {line.line_id: line.terms.units for line in content.lines}
        others = any(now.get(line_id) != units for line_id, units in self.units.items())
        moved = self.addresses.sets_billing or self.addresses.sets_shipping
        return others or moved or bool(self.kept) or self.shipping not in {None, chosen}


async def visit(link_id: UUID, uow: UnitOfWork) -> Visit:
    """Look at the order that a link leads to.

    Raises:
        NoSuchPart: There is no such link.
    """
    link = await uow.links.seen(link_id)
    order = await uow.orders.seen(link.order_id) if link else None
    if link is None or order is None:
        raise NoSuchPart("link")
    return Visit(link, order)


async def let_in(seen: Visit, version: int | None, uow: UnitOfWork) -> Visit:
    """Give the visit once more with its order locked.

    Raises:
        LinkClosed: The link does not work any more.
        StaleVersion: Somebody else changed the order; with the visit as it is.
        BeingEdited: Staff are working on it.
    """
    with to_the_customer():
        order = await opened(seen.edit, uow)
    link = await uow.links.seen(seen.link.link_id)
    now = Visit(link or seen.link, order)
    now.must_be_open()
    if version not in {None, order.version}:
        raise StaleVersion(now)
    return now


@contextmanager
def to_the_customer() -> Generator[None]:
    """Tell a customer no more of staff's work than that it is going on.

    Raises:
        BeingEdited: In the place of ``LeaseHeld``.
    """
    try:
        yield
    except LeaseHeld as error:
        raise BeingEdited from error


def wishing(wish: CustomerWish) -> Changing:
    """Change units, addresses and shipping.

    Pointers are ``/lines/<line id>/units``, ``/shipping``, and parts of addresses:
    ``/shipping/country``.
    """

    def change(order: Order) -> Change:
        before = order.content
        content = before
        for line_id, units in wish.units.items():
            content = _with_units(content, line_id, units)
        if not content.lines:
            raise NotAcceptable.at("/lines", "NO_LINES", "an order needs at least one line")
        order.edit(content)
        if wish.addresses.sets_billing or wish.addresses.sets_shipping:
            setting_addresses(wish.addresses)(order)
        if wish.shipping is not None:
            choose_shipping(order, wish.shipping, "/shipping")
        return Change("changed by the customer", _told(before), _told(order.content))

    return change


def _with_units(content: Content, line_id: int, units: int) -> Content:
    line = content.line(line_id)
    if units == line.terms.units:
        return content
    if units == 0:
        return content.without_line(line_id)
    try:
        return content.with_line(replace(line, terms=replace(line.terms, units=units)))
    except NotAcceptable as error:
        at = f"/lines/{line_id}/units"
        raise NotAcceptable([Fault(at, one.code, one.detail) for one in error.faults]) from error


def _told(content: Content) -> dict[str, object]:
    return {
        "units": {line.line_id: line.terms.units for line in content.lines},
        "shipping": content.shipping,
        "billing_address": content.billing_address,
        "shipping_address": content.shipping_address,
    }


def before_payment(content: Content, link: Link) -> Content:
    """Give the content without the payments that the customer chose in an earlier attempt."""
    kept = tuple(one for one in content.payments if one.payment_no not in link.payment_nos)
    return replace(content, payments=kept)


async def check_out(
    seen: Visit,
    version: int | None,
    known: Requoted,
    payments: Sequence[PaymentTerms],
    uow: UnitOfWork,
) -> tuple[Order, Differences | None]:
    """Hand the order in for its customer, with the payments of their choice.

    Where it costs something else than they have seen it is priced anew instead, and what is
    different is given: they pay for nothing else than they have looked at (CP-9).

    Raises:
        LinkClosed: The link does not work any more; also when it was handed in just now.
        StaleVersion: Somebody else changed the order.
        BeingEdited: Staff are working on it.
        NotAcceptable: Something is missing, or a payment does not fit.
    """
    now = await let_in(seen, version, uow)
    order, actor = now.order, seen.actor
    changed = await known.apply(order)
    if changed:
        order.edit(order.content)
        told = Change("priced anew for the customer", changed.total_was, changed.total_now)
        await uow.orders.keep(order, told, actor)
        return order, changed
    numbers = _pay(order, now.link, payments)
    change = await hand_in(order, actor, Handing(), uow)
    await uow.links.use(now.link.link_id, datetime.now(UTC), numbers)
    handed_in = {"submission_id": order.submission_id, "link_id": now.link.link_id}
    await uow.orders.keep(order, replace(change, after=handed_in), actor)
    return order, None


def _pay(order: Order, link: Link, payments: Sequence[PaymentTerms]) -> list[int]:
    """Put payments on the order, in the place of those of an attempt that came back."""
    if link.payment_nos:
        order.edit(before_payment(order.content, link))
    first = order.content.payments_ever
    for place, payment in enumerate(payments):
        order.add_payment(payment, f"/payments/{place}")
    return list(range(first + 1, order.content.payments_ever + 1))
