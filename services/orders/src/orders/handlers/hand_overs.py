"""How staff hand a draft to its customer, and take it back (PA-5, PA-6)."""

from collections.abc import Callable
from datetime import UTC, datetime

from contracts.message import Reply
from contracts.orders.commands import NoteHandOver
from contracts.orders.replies import HandOverIsNoted

from orders.domain.errors import NotAcceptable
from orders.domain.hand_overs import Kind, Link, hand_over, take_back
from orders.domain.order import Order
from orders.domain.parts import Refused
from orders.handlers.opening import Edit, opened
from orders.handlers.unit_of_work import UnitOfWork
from orders.sagas.hand_over import HAND_OVER, HandOverData

PageOf = Callable[[Link], str]
"""Gives the address that a link leads to, with its secret."""


async def hand_over_by_mail(
    edit: Edit, message: str | None, page_of: PageOf, uow: UnitOfWork
) -> Order:
    """Hand a draft to its customer by a link in a mail; links that were sent before end.

    Raises:
        NoSuchPart: There is no such order, or it is out of reach.
        StaleVersion: Somebody else changed it.
        NotADraft: It cannot be changed any more.
        NotAcceptable: It has no customer or no line.
    """
    order, link = await _handed_over(edit, Kind.MAIL, uow)
    await uow.sagas.start(
        HAND_OVER,
        saga_id=link.link_id,
        subject_id=order.order_id,
        data=HandOverData(
            order_id=order.order_id,
            link_id=link.link_id,
            site_id=link.site_id,
            customer_id=link.customer_id,
            subject=f"Your order {order.number} at {order.site.name}",
            text=_text(order, link, page_of(link), message),
            expires_at=link.expires_at,
        ),
    )
    return order


async def hand_over_to_storefront(edit: Edit, uow: UnitOfWork) -> tuple[Order, Link]:
    """Hand a draft to the checkout of its site's storefront; earlier links end.

    Raises:
        NoSuchPart: There is no such order, or it is out of reach.
        StaleVersion: Somebody else changed it.
        NotADraft: It cannot be changed any more.
        NotAcceptable: It has no customer or no line, or the site has no storefront.
    """
    order, link = await _handed_over(edit, Kind.STOREFRONT, uow)
    if order.site.storefront_url is None:
        detail = f"site {order.site.code} has no storefront_url to lead the customer to"
        raise NotAcceptable.at("/site", "STOREFRONT_UNKNOWN", detail)
    return order, link


async def _handed_over(edit: Edit, kind: Kind, uow: UnitOfWork) -> tuple[Order, Link]:
    """Make the link; whoever hands a draft over leaves it, or the customer would be kept out."""
    order, staff_id = await opened(edit, uow), edit.scope.staff_id
    now = datetime.now(UTC).replace(microsecond=0)
    link, change = hand_over(order, kind, staff_id, now)
    await uow.links.open(link)
    if order.lease is not None and order.lease.staff_id == staff_id:
        order.lease = None
        await uow.orders.lease(order)
    await uow.orders.keep(order, change, staff_id)
    return order, link


async def revoke(edit: Edit, uow: UnitOfWork) -> Order:
    """Take a draft back from its customer: the link works no longer.

    Raises:
        NoSuchPart: There is no such order, it is out of reach, or was not handed over.
        StaleVersion: Somebody else changed it.
        NotADraft: It cannot be changed any more.
    """
    order = await opened(edit, uow)
    change = take_back(order)
    await uow.links.revoke(order.order_id, datetime.now(UTC))
    await uow.orders.keep(order, change, edit.scope.staff_id)
    return order


async def note_hand_over(command: NoteHandOver, uow: UnitOfWork) -> Reply:
    now = datetime.now(UTC)
    if command.refusals:
        reasons = [Refused(one.step, one.code, one.detail) for one in command.refusals]
        await uow.links.note_refused(command.link_id, now, reasons)
    else:
        await uow.links.note_sent(command.link_id, now)
    return HandOverIsNoted(order_id=command.order_id)


def _text(order: Order, link: Link, page: str, message: str | None) -> str:
    name = order.customer.name if order.customer else "customer"
    said = f"\n{message}\n" if message else ""
    return f"""Hello {name},

{order.site.name} has prepared order {order.number} for you. Review it, change what you like, pay
and send it off on this page:

{page}
{said}
The link is for you alone. It works until {link.expires_at:%d %B %Y, %H:%M} UTC. If you did not
expect this mail, ignore it.
"""
