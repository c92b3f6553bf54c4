"""A draft's stock is held as its lines change, where the site's policy says so (IN-11).

The requests go through the outbox, as everything that changes something does; the draft shows the
answer when it is there.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from contracts.catalog.commands import ReservationLine
from contracts.message import Reply
from contracts.orders.commands import NoteHold
from contracts.orders.replies import HoldIsNoted
from contracts.values import derived_id, new_id

from orders.domain.content import Content
from orders.domain.errors import NotAcceptable
from orders.domain.order import Change, Order
from orders.handlers.opening import Edit, opened
from orders.handlers.unit_of_work import UnitOfWork
from orders.sagas.hold_stock import HOLD_STOCK, RELEASE_HOLD, HoldData, ReleaseData


def reserved(content: Content) -> tuple[ReservationLine, ...]:
    """Write the lines as stock is reserved for them."""
    return tuple(
        ReservationLine(
            sku=line.terms.sku,
            units=line.terms.units,
            location_id=line.terms.place.location_id if line.terms.place else None,
        )
        for line in content.lines
    )


async def hold_what_changed(order: Order, before: Content, uow: UnitOfWork) -> None:
    """Ask for the draft's stock when an edit changed what it needs; the caller keeps the order."""
    if order.terms.policy.hold_minutes and reserved(order.content) != reserved(before):
        await _hold(order, uow)


async def _hold(order: Order, uow: UnitOfWork) -> None:
    lines = reserved(order.content)
    if not lines:
        await release_hold(order, uow)
        return
    hold_id = order.content.hold_id or new_id()
    order.content = replace(order.content, hold_id=hold_id)
    until = datetime.now(UTC) + timedelta(minutes=order.terms.policy.hold_minutes)
    await uow.sagas.start(
        HOLD_STOCK,
        saga_id=derived_id(hold_id, order.version),
        subject_id=order.order_id,
        data=HoldData(
            order_id=order.order_id,
            site_id=order.site.site_id,
            hold_id=hold_id,
            sequence=order.version,
            lines=lines,
            expires_at=until,
        ),
    )


async def release_hold(order: Order, uow: UnitOfWork) -> None:
    """Let go of what the draft holds, if it does; the caller keeps the order."""
    hold_id = order.content.hold_id
    if hold_id is None:
        return
    order.content = replace(order.content, hold_id=None)
    await uow.sagas.start(
        RELEASE_HOLD,
        saga_id=derived_id(hold_id, "release"),
        subject_id=order.order_id,
        data=ReleaseData(hold_id=hold_id),
    )


async def renew_hold(edit: Edit, uow: UnitOfWork) -> Order:
    """Hold the draft's stock from now on for the site's time once more.

    Raises:
        NoSuchPart: There is no such order, or it is out of reach.
        NotADraft: It cannot be changed any more.
        NotAcceptable: The site holds no stock for drafts, or there is no line.
    """
    order = await opened(edit, uow)
    order.must_be_draft("edited")
    if not order.terms.policy.hold_minutes:
        raise NotAcceptable.at("", "NO_HOLDS", "this site holds no stock for drafts")
    if not order.content.lines:
        raise NotAcceptable.at("", "NO_LINES", "the order has no line")
    order.version += 1
    await _hold(order, uow)
    await uow.orders.keep(order, Change("stock asked for"), edit.scope.staff_id)
    return order


async def note_hold(command: NoteHold, uow: UnitOfWork) -> Reply:
    await uow.holds.note(command)
    return HoldIsNoted(order_id=command.order_id)
