"""What a draft holds, as staff see it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.scope import Scope
from contracts.catalog.replies import HeldLine
from contracts.orders.commands import OrderRefusal
from contracts.values import OrderId
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orders.queries.scoped import within
from orders.queries.viewing import View
from orders.storage.tables import draft_holds, orders


class HoldView(View):
    """What the catalog last said of a draft's hold.

    Attributes:
        sequence: The draft's version that it was asked for.
        expires_at: When it ends by itself, UTC.
        refusals: Why it holds nothing more than before.
    """

    hold_id: UUID
    sequence: int
    expires_at: datetime
    lines: Sequence[HeldLine]
    refusals: Sequence[OrderRefusal]


async def hold_of(scope: Scope, session: AsyncSession, order_id: OrderId) -> HoldView | None:
    """Give the newest answer; none when there is none, or the order is out of scope."""
    query = (
        select(*(draft_holds.c[name] for name in HoldView.model_fields))
        .join(orders, orders.c.id == draft_holds.c.order_id)
        .where(draft_holds.c.order_id == order_id, within(scope, orders.c.site_id))
    )
    row = (await session.execute(query)).first()
    return None if row is None else HoldView.model_validate(row, from_attributes=True)
