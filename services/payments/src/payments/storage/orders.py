"""The copy of the orders in the database."""

from contracts.values import Money, OrderId, SiteId
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from payments.storage.order_tables import orders


class SqlOrderRepository:
    """Keeps what an order costs, and whether it was cancelled."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def submitted(
        self, order_id: OrderId, site_id: SiteId, number: str, total: Money
    ) -> None:
        sums = {"total": total.minor, "currency": total.currency}
        statement = insert(orders).values(
            order_id=order_id, site_id=site_id, number=number, cancelled=False, **sums
        )
        statement = statement.on_conflict_do_update(index_elements=[orders.c.order_id], set_=sums)
        await self._session.execute(statement)

    async def cancelled(self, order_id: OrderId, site_id: SiteId, number: str) -> None:
        statement = insert(orders).values(
            order_id=order_id, site_id=site_id, number=number, cancelled=True
        )
        statement = statement.on_conflict_do_update(
            index_elements=[orders.c.order_id], set_={"cancelled": True}
        )
        await self._session.execute(statement)
