"""Receipts as staff see them: only those of locations that serve one of their sites."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chassis.scope import Scope
from contracts.values import Sku
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.receipts import ReceiptState
from catalog.queries.scoped import location_within
from catalog.storage.tables import locations, receipt_lines, receipts


class ReceiptLineView(BaseModel):
    """A product of a receipt, in units.

    Attributes:
        units: Announced.
        booked: Came; more than announced when more came.
        expected: Will still come.
    """

    model_config = ConfigDict(frozen=True)

    sku: Sku
    units: int
    booked: int
    expected: int


class ReceiptView(BaseModel):
    """Goods that a location expects.

    Attributes:
        location: Code.
        author: Staff id of who announced it.
        version: Grows with every change; it is the ETag.
        lines: By SKU.
    """

    model_config = ConfigDict(frozen=True)

    receipt_id: UUID
    location: str
    reference: str
    due: date
    state: ReceiptState
    author: str
    version: int
    lines: Sequence[ReceiptLineView]


class ListedReceipt(ReceiptView):
    """A receipt with the time when it was announced, UTC."""

    created_at: datetime


@dataclass(frozen=True, slots=True)
class ReceiptFilter:
    """Which receipts are wanted; none does not narrow.

    Attributes:
        location: Code.
        open: Those of which something is still expected, or the others.
        after: Due day and id of the receipt behind which the list goes on.
    """

    location: str | None = None
    sku: Sku | None = None
    open: bool | None = None
    after: tuple[date, UUID] | None = None
    limit: int = 50


async def receipt(scope: Scope, session: AsyncSession, receipt_id: UUID) -> ListedReceipt | None:
    """Give a receipt."""
    found = await _read(session, _seen(scope).where(receipts.c.receipt_id == receipt_id))
    return found[0] if found else None


async def list_receipts(
    scope: Scope, session: AsyncSession, wanted: ReceiptFilter
) -> Sequence[ListedReceipt]:
    """List receipts by the day on which they are due."""
    query = _seen(scope).order_by(receipts.c.due, receipts.c.receipt_id).limit(wanted.limit)
    if wanted.location is not None:
        query = query.where(locations.c.code == wanted.location)
    if wanted.open is not None:
        is_open = receipts.c.state == ReceiptState.OPEN.value
        query = query.where(is_open if wanted.open else ~is_open)
    if wanted.sku is not None:
        of_sku = select(receipt_lines.c.receipt_id).where(receipt_lines.c.sku == wanted.sku)
        query = query.where(receipts.c.receipt_id.in_(of_sku))
    if wanted.after is not None:
        place = tuple_(receipts.c.due, receipts.c.receipt_id)
        query = query.where(place > tuple_(*wanted.after))
    return await _read(session, query)


def _seen(scope: Scope) -> Select[Any]:
    return (
        select(receipts, locations.c.code.label("location"))
        .join(locations, locations.c.location_id == receipts.c.location_id)
        .where(location_within(scope))
    )


async def _read(session: AsyncSession, query: Select[Any]) -> list[ListedReceipt]:
    rows = (await session.execute(query)).all()
    if not rows:
        return []
    of = receipt_lines.c.receipt_id.in_([row.receipt_id for row in rows])
    lines: dict[UUID, list[ReceiptLineView]] = {}
    query_lines = select(receipt_lines).where(of).order_by(receipt_lines.c.sku)
    for line in await session.execute(query_lines):
        view = ReceiptLineView(
            sku=line.sku, units=line.units, booked=line.booked, expected=line.expected
        )
        lines.setdefault(line.receipt_id, []).append(view)
    return [_view(row, lines[row.receipt_id]) for row in rows]


def _view(row: Row[Any], lines: Sequence[ReceiptLineView]) -> ListedReceipt:
    return ListedReceipt(
        receipt_id=row.receipt_id,
        location=row.location,
        reference=row.reference,
        due=row.due,
        state=ReceiptState(row.state),
        author=row.author,
        version=row.version,
        lines=lines,
        created_at=row.created_at,
    )
