"""How an order was handed to its customer, as staff see it (PA-5, PA-6)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from chassis.scope import Scope
from contracts.values import CustomerId, OrderId, StaffId
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.hand_overs import Closed, Kind, Link
from orders.domain.order import Order
from orders.domain.parts import Refused
from orders.queries.orders import whole_order
from orders.queries.viewing import View
from orders.storage.links import link_of
from orders.storage.tables import links


class HandOverState(StrEnum):
    """Where a hand-over stands; ``refused``: no mail could be sent."""

    SENDING = "sending"
    OPEN = "open"
    REFUSED = "refused"
    REVOKED = "revoked"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    HANDED_IN = "handed-in"


_CLOSED = {
    Closed.REVOKED: HandOverState.REVOKED,
    Closed.EXPIRED: HandOverState.EXPIRED,
    Closed.CANCELLED: HandOverState.CANCELLED,
    Closed.HANDED_IN: HandOverState.HANDED_IN,
}


class HandOverView(View):
    """The last link to an order; its secret is shown to nobody.

    Attributes:
        sent_at: When its mail was written, UTC.
        used_at: When the customer last handed the order in with it, UTC.
        refusals: Why it could not be mailed.
    """

    link_id: UUID
    kind: Kind
    state: HandOverState
    customer_id: CustomerId
    created_by: StaffId
    created_at: datetime
    expires_at: datetime
    sent_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None
    refusals: Sequence[Refused]

    @classmethod
    def of(cls, link: Link, order: Order) -> Self:
        """Show a link to an order."""
        shown = cls.model_fields.keys() - {"state"}
        known = {name: getattr(link, name) for name in shown}
        return cls(**known, state=_state(link, order))


def _state(link: Link, order: Order) -> HandOverState:
    if link.refusals:
        return HandOverState.REFUSED
    if (why := link.closed(order, datetime.now(UTC))) is not None:
        return _CLOSED[why]
    is_sent = link.kind is Kind.STOREFRONT or link.sent_at is not None
    return HandOverState.OPEN if is_sent else HandOverState.SENDING


async def hand_over_of(
    scope: Scope, session: AsyncSession, order_id: OrderId
) -> HandOverView | None:
    """Give the last link to an order; none when there is none, or the order is out of scope."""
    order = await whole_order(scope, session, order_id)
    if order is None:
        return None
    query = select(links).where(links.c.order_id == order_id)
    query = query.order_by(links.c.link_id.desc()).limit(1)
    row = (await session.execute(query)).mappings().first()
    return None if row is None else HandOverView.of(link_of(row), order)
