"""The copy of the orders in the database."""

from datetime import datetime

from contracts.values import Money, OrderId, SiteId
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from payments.storage.order_tables import orders

_INSERTED = insert(orders)
_COSTS = _INSERTED.on_conflict_do_update(
    index_elements=[orders.c.order_id],
    set_={name: _INSERTED.excluded[name] for name in ("total", "currency", "costs_since")},
    where=orders.c.costs_since.is_(None) | (orders.c.costs_since < _INSERTED.excluded.costs_since),
)
"""Written once: every order passes here."""
_TOTAL = select(orders.c.total, orders.c.currency, orders.c.cancelled).where(
    orders.c.order_id == bindparam("of_order")
)


class SqlOrderRepository:
    """Keeps what an order costs, and whether it was cancelled."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def costs(
        self, order_id: OrderId, site_id: SiteId, number: str, total: Money, since: datetime
    ) -> None:
        row = {
            "order_id": order_id,
            "site_id": site_id,
            "number": number,
            "cancelled": False,
            "total": total.minor,
            "currency": total.currency,
            "costs_since": since,
        }
        await self._session.execute(_COSTS, row)

    async def total(self, order_id: OrderId) -> Money | None:
        row = (await self._session.execute(_TOTAL, {"of_order": order_id})).one_or_none()
        if row is None or row.currency is None:
            return None
        return Money(0 if row.cancelled else row.total, row.currency)

    async def cancelled(self, order_id: OrderId, site_id: SiteId, number: str) -> None:
        statement = insert(orders).values(
            order_id=order_id, site_id=site_id, number=number, cancelled=True
        )
        statement = statement.on_conflict_do_update(
            index_elements=[orders.c.order_id], set_={"cancelled": True}
        )
        await self._session.execute(statement)
