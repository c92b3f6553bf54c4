"""Orders in the database; a change and its entry in the audit are one statement."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from contracts.values import OrderId, StaffId
from messaging.direct import Direct, joined
from pydantic_core import to_json
from sqlalchemy import (
    BindParameter,
    Executable,
    Insert,
    Select,
    Table,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.errors import ReferenceTaken
from orders.domain.order import Change, Order
from orders.storage.documents import (
    CHANGING,
    COLUMNS,
    ENTRY,
    WITH_SITE,
    change_of,
    first_columns_of,
    order_of,
)
from orders.storage.history import Snapshot, undo_of
from orders.storage.snapshots import snapshot_of, snapshot_of_row
from orders.storage.tables import order_changes, orders


def _binds(table: Table, names: Iterable[str], prefix: str) -> dict[str, BindParameter[Any]]:
    """Give parameters for columns; the prefix keeps those of two tables apart."""
    return {name: bindparam(prefix + name, type_=table.c[name].type) for name in names}


def _adding() -> Executable:
    """Write an order and its first entry; gives no row when the external reference is taken."""
    made = (
        upsert(orders)
        .values(_binds(orders, orders.c.keys(), "o_"))
        .on_conflict_do_nothing(
            index_elements=[orders.c.site_id, orders.c.external_reference],
            index_where=orders.c.external_reference.is_not(None),
        )
        .returning(orders.c.id)
        .cte("made")
    )
    entry = _binds(order_changes, ENTRY, "c_")
    rows = select(*entry.values()).select_from(made)
    return insert(order_changes).from_select(ENTRY, rows).returning(order_changes.c.order_id)


def _keeping() -> Insert:
    """Write what has changed, and its entry."""
    changed = (
        update(orders)
        .where(orders.c.id == bindparam("c_order_id"))
        .values(_binds(orders, CHANGING, "o_"))
        .cte("changed")
    )
    return insert(order_changes).values(_binds(order_changes, ENTRY, "c_")).add_cte(changed)


# Written once: putting such a statement together anew costs more than running it.
_ADD, _KEEP = _adding(), Direct(_keeping())
_SEEN = select(*COLUMNS).select_from(WITH_SITE).where(orders.c.id == bindparam("order_id"))
# Not the key: entries elsewhere may refer to the order while it is being changed.
_LOCKED = _SEEN.with_for_update(of=orders, key_share=True)


_DOCUMENTS = ("o_content", "c_before", "c_after", "c_undo")


def _text(document: object) -> str | None:
    """Give a document as a direct statement takes it."""
    return None if document is None else to_json(document).decode()


def _parameters(columns: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    found = {f"o_{name}": value for name, value in columns.items()}
    return found | {f"c_{name}": value for name, value in entry.items()}


class SqlOrderRepository:
    """Keeps orders."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._found: dict[OrderId, Snapshot] = {}

    async def add(self, order: Order, change: Change, staff_id: StaffId) -> None:
        entry = change_of(order, change, staff_id)
        parameters = _parameters(first_columns_of(order), entry)
        added = await self._session.execute(_ADD, parameters)
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
        return await self._one(order_id, _LOCKED)

    async def seen(self, order_id: OrderId) -> Order | None:
        return await self._one(order_id, _SEEN)

    async def _one(self, order_id: OrderId, query: Select[*tuple[Any, ...]]) -> Order | None:
        row = (await self._session.execute(query, {"order_id": order_id})).first()
        if row is None:
            return None
        self._found[order_id] = snapshot_of_row(row)
        return order_of(row)

    async def keep(self, order: Order, change: Change, staff_id: StaffId) -> None:
        order.updated_at = datetime.now(UTC)
        columns = first_columns_of(order)
        after = snapshot_of(columns)
        before = self._found.get(order.order_id, after)
        self._found[order.order_id] = after
        entry = change_of(order, change, staff_id, undo_of(before, after))
        changing = {name: columns[name] for name in CHANGING}
        given = _parameters(changing, entry)
        given |= {name: _text(given[name]) for name in _DOCUMENTS}
        await _KEEP.fetch(await joined(self._session), given)

    async def lease(self, order: Order) -> None:
        lease = order.lease
        values = {
            "leased_by": lease.staff_id if lease else None,
            "leased_until": lease.until if lease else None,
        }
        await self._session.execute(
            update(orders).where(orders.c.id == order.order_id).values(values)
        )

    async def move(self, order: Order, change: Change, staff_id: StaffId) -> None:
        site = {
            "site_id": order.site.site_id,
            "number": order.number,
            "currency": order.site.currency,
        }
        moving = update(orders).where(orders.c.id == order.order_id).values(site)
        try:
            async with self._session.begin_nested():
                await self._session.execute(moving)
        except IntegrityError as error:
            if "orders_reference_once" not in str(error.orig):
                raise
            raise await self._taken(order) from error
        await self.keep(order, change, staff_id)

    async def note(self, order: Order, change: Change, staff_id: StaffId) -> None:
        entry = change_of(order, change, staff_id, {})
        await self._session.execute(insert(order_changes).values(entry))
