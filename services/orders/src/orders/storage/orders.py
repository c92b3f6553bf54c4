"""Orders in the database; a change and its entry in the audit are one statement."""

from datetime import UTC, datetime
from typing import Any

from contracts.values import OrderId, StaffId
from sqlalchemy import Select, bindparam, insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.errors import ReferenceTaken
from orders.domain.order import Change, Order
from orders.storage.documents import COLUMNS, change_of, columns_of, first_columns_of, order_of
from orders.storage.tables import order_changes, orders, sites

_ORDER = select(*COLUMNS).join(sites, sites.c.site_id == orders.c.site_id)


class SqlOrderRepository:
    """Keeps orders."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, order: Order, change: Change, staff_id: StaffId) -> None:
        made = (
            upsert(orders)
            .values(first_columns_of(order))
            .on_conflict_do_nothing(
                index_elements=[orders.c.site_id, orders.c.external_reference],
                index_where=orders.c.external_reference.is_not(None),
            )
            .returning(orders.c.id)
            .cte("made")
        )
        entry = change_of(order, change, staff_id)
        values = [literal(value, order_changes.c[name].type) for name, value in entry.items()]
        noted = insert(order_changes).from_select(list(entry), select(*values).select_from(made))
        added = await self._session.execute(noted.returning(order_changes.c.order_id))
        if added.first() is None:
            raise await self._taken(order)

    async def _taken(self, order: Order) -> ReferenceTaken:
        query = select(orders.c.id).where(
            orders.c.site_id == order.site.site_id,
            orders.c.external_reference == order.external_reference,
        )
        other = (await self._session.execute(query)).scalar_one()
        return ReferenceTaken(order.external_reference or "", OrderId(other))

    async def locked(self, order_id: OrderId) -> Order | None:
        # Not the key: entries elsewhere may refer to the order while it is being changed.
        return await self._one(order_id, _ORDER.with_for_update(of=orders, key_share=True))

    async def seen(self, order_id: OrderId) -> Order | None:
        return await self._one(order_id, _ORDER)

    async def _one(self, order_id: OrderId, query: Select[*tuple[Any, ...]]) -> Order | None:
        row = (await self._session.execute(query.where(orders.c.id == order_id))).first()
        return None if row is None else order_of(row)

    async def keep(self, order: Order, change: Change, staff_id: StaffId) -> None:
        order.updated_at = datetime.now(UTC)
        changed = (
            update(orders)
            .where(orders.c.id == bindparam("changed_order", order.order_id))
            .values(columns_of(order))
            .cte("changed")
        )
        entry = change_of(order, change, staff_id)
        await self._session.execute(insert(order_changes).values(entry).add_cte(changed))

    async def note(self, order: Order, change: Change, staff_id: StaffId) -> None:
        entry = change_of(order, change, staff_id)
        await self._session.execute(insert(order_changes).values(entry))
