"""What changed the stock, and why: the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.scope import Scope
from contracts.values import Sku
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Select, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.shelves import MovementKind
from catalog.queries.scoped import location_within
from catalog.storage.tables import locations, stock_movements

_Query = Select[*tuple[Any, ...]]


class MovementView(BaseModel):
    """A change of what lies at a location.

    Attributes:
        id: Grows with time.
        change: Units more or, negative, fewer.
        on_hand: Units after it.
        author: Staff id.
        adjustment_id: The same for all that changed together.
        receipt_id: The receipt that was booked.
        at: UTC.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: int
    kind: MovementKind
    location: str
    sku: Sku
    change: int
    on_hand: int
    reason: str
    author: str
    adjustment_id: UUID
    receipt_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class MovementFilter:
    """Which movements are wanted; none does not narrow.

    Attributes:
        location: Code.
        before: Id of the movement behind which the list goes on.
    """

    location: str | None = None
    sku: Sku | None = None
    before: int | None = None
    limit: int = 50


async def list_movements(
    scope: Scope, session: AsyncSession, wanted: MovementFilter
) -> Sequence[MovementView]:
    """List movements at locations that the caller sees, the newest first."""
    if wanted.location is None and wanted.sku is None and scope.sites is not None:
        query = _of_each_location(scope, wanted)
    else:
        query = _narrowed(select(*_COLUMNS).join(locations, _AT), wanted)
        query = query.where(location_within(scope)).order_by(stock_movements.c.id.desc())
        if wanted.location is not None:
            # By id, so that the index of the location's movements is walked.
            named = select(locations.c.location_id).where(locations.c.code == wanted.location)
            query = query.where(stock_movements.c.location_id == named.scalar_subquery())
    rows = await session.execute(query.limit(wanted.limit))
    return [MovementView.model_validate(row) for row in rows]


_AT = locations.c.location_id == stock_movements.c.location_id
_COLUMNS = (
    stock_movements.c.id,
    stock_movements.c.kind,
    locations.c.code.label("location"),
    stock_movements.c.sku,
    stock_movements.c.change,
    stock_movements.c.on_hand,
    stock_movements.c.reason,
    stock_movements.c.author,
    stock_movements.c.adjustment_id,
    stock_movements.c.receipt_id,
    stock_movements.c.at,
)


def _narrowed(query: _Query, wanted: MovementFilter) -> _Query:
    if wanted.sku is not None:
        query = query.where(stock_movements.c.sku == wanted.sku)
    if wanted.before is not None:
        query = query.where(stock_movements.c.id < wanted.before)
    return query


def _of_each_location(scope: Scope, wanted: MovementFilter) -> _Query:
    """Take the newest of each location and of these the newest: others' are never walked over."""
    newest = _narrowed(select(stock_movements), wanted).where(_AT).correlate(locations)
    each = newest.order_by(stock_movements.c.id.desc()).limit(wanted.limit).lateral("newest")
    columns = [
        locations.c.code.label("location") if column.name == "location" else each.c[column.name]
        for column in _COLUMNS
    ]
    return (
        select(*columns)
        .select_from(locations.join(each, true()))
        .where(location_within(scope))
        .order_by(each.c.id.desc())
    )
