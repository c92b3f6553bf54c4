"""Single lines, for what must be known before an order is opened."""

from chassis.scope import Scope
from contracts.values import OrderId, Sku
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.errors import NoSuchPart
from orders.queries.scoped import within
from orders.storage.documents import content_of
from orders.storage.tables import orders


async def sku_of_line(
    scope: Scope, session: AsyncSession, order_id: OrderId, line_id: int
) -> Sku | None:
    """Give what a line is of; none when there is no such line within the scope."""
    query = select(orders.c.content).where(orders.c.id == order_id, within(scope, orders.c.site_id))
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        return None
    try:
        return content_of(found).line(line_id).terms.sku
    except NoSuchPart:
        return None
