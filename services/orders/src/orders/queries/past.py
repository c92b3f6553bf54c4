"""An order as it was: the audit taken back, change by change (SC-2)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chassis.scope import Scope
from contracts.values import OrderId
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.site import Site
from orders.queries.scoped import within
from orders.queries.views import OrderView
from orders.storage.documents import COLUMNS, WITH_SITE
from orders.storage.history import Snapshot, undone
from orders.storage.snapshots import order_at, site_of, snapshot_of_row
from orders.storage.tables import order_changes, orders, sites


async def order_as_of(
    scope: Scope, session: AsyncSession, order_id: OrderId, at: datetime
) -> OrderView | None:
    """Give an order as it was at an instant.

    None when it is unknown, out of scope, not begun yet, or changed since in a time from which the
    audit does not lead back. It is shown within the scope of the site that it is on now.
    """
    query = select(*COLUMNS).select_from(WITH_SITE)
    query = query.where(orders.c.id == order_id, within(scope, orders.c.site_id))
    row = (await session.execute(query)).first()
    if row is None:
        return None
    snapshot = _before(snapshot_of_row(row), await _entries(session, order_id), at)
    if snapshot is None:
        return None
    site = select(sites).where(sites.c.site_id == site_of(snapshot), within(scope, sites.c.site_id))
    found = (await session.execute(site)).first()
    return OrderView.of(order_at(snapshot, Site(*found))) if found else None


async def _entries(session: AsyncSession, order_id: OrderId) -> Sequence[Row[Any, Any]]:
    entry = order_changes.c
    query = select(entry.at, entry.undo).where(entry.order_id == order_id)
    return (await session.execute(query.order_by(entry.id.desc()))).all()


def _before(snapshot: Snapshot, entries: Sequence[Row[Any, Any]], at: datetime) -> Snapshot | None:
    """Take back what came after ``at``, the newest first; nothing is before the beginning."""
    for entry in entries:
        if entry.at <= at:
            return snapshot
        if entry.undo is None:
            return None
        snapshot = undone(snapshot, entry.undo)
    return None
