"""The copy of the orders in the database."""

from contracts.values import Money, OrderId, SiteId
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from payments.storage.order_tables import orders

_INSERTED = insert(orders)
_SUBMITTED = _INSERTED.on_conflict_do_update(
    index_elements=[orders.c.order_id],
    set_={
        name: func.coalesce(orders.c[name], _INSERTED.excluded[name])
        for name in ("total", "currency")
    },
)
_REVISED = _INSERTED.on_conflict_do_update(
    index_elements=[orders.c.order_id],
    set_={name: _INSERTED.excluded[name] for name in ("total", "currency")},
)
"""Written once: every order passes here."""


class SqlOrderRepository:
    """Keeps what an order costs, and whether it was cancelled."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def submitted(
        self, order_id: OrderId, site_id: SiteId, number: str, total: Money
    ) -> None:
        await self._session.execute(_SUBMITTED, _costing(order_id, site_id, number, total))

    async def revised(self, order_id: OrderId, site_id: SiteId, number: str, total: Money) -> None:
        await self._session.execute(_REVISED, _costing(order_id, site_id, number, total))

    async def cancelled(self, order_id: OrderId, site_id: SiteId, number: str) -> None:
        statement = insert(orders).values(
            order_id=order_id, site_id=site_id, number=number, cancelled=True
        )
        statement = statement.on_conflict_do_update(
            index_elements=[orders.c.order_id], set_={"cancelled": True}
        )
        await self._session.execute(statement)


def _costing(order_id: OrderId, site_id: SiteId, number: str, total: Money) -> dict[str, object]:
    return {
        "order_id": order_id,
        "site_id": site_id,
        "number": number,
        "cancelled": False,
        "total": total.minor,
        "currency": total.currency,
    }
