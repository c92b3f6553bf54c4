from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from contracts.values import OrderId, SubmissionId
from pydantic import TypeAdapter
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.errors import Short, StockMiscounted
from catalog.domain.returns import Owned, Returned, ReturnRefusal, Taken
from catalog.domain.sourcing import Hold
from catalog.domain.stock import Arrived, State
from catalog.storage.return_statements import (
    GIVE_BACK,
    LOCK_RESERVATIONS,
    LOCK_SHELVES_OF,
    OWNED,
)
from catalog.storage.shelf_statements import COVER
from catalog.storage.tables import stock_returns

_LINES = TypeAdapter(tuple[Hold, ...])
_SHORTAGES = TypeAdapter(tuple[Short, ...])


class SqlStockReturnRepository:
    """Keeps what went back in ``reservation_line.returned``, and outcomes in ``stock_return``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def claim(self, return_id: UUID, order_id: OrderId) -> bool:
        statement = upsert(stock_returns).values(return_id=return_id, order_id=order_id)
        made = await self._session.execute(
            statement.on_conflict_do_nothing().returning(stock_returns.c.return_id)
        )
        return made.first() is not None

    async def outcome(self, return_id: UUID) -> Returned | ReturnRefusal:
        query = select(stock_returns.c.lines, stock_returns.c.shortages).where(
            stock_returns.c.return_id == return_id
        )
        lines, shortages = (await self._session.execute(query)).one()
        if lines is not None:
            return Returned(_LINES.validate_python(lines))
        if shortages is not None:
            return ReturnRefusal(_SHORTAGES.validate_python(shortages))
        raise StockMiscounted(f"return {return_id} was neither done nor refused")

    async def reservations(self, order_id: OrderId) -> Mapping[SubmissionId, State]:
        rows = await self._session.execute(LOCK_RESERVATIONS, {"of_order": order_id})
        found = {SubmissionId(id_): State(state) for id_, state in rows}
        await self._session.execute(LOCK_SHELVES_OF, {"of_submissions": list(found)})
        return found

    async def owned(self, submission_ids: Collection[SubmissionId]) -> Sequence[Owned]:
        rows = await self._session.execute(OWNED, {"of_submissions": list(submission_ids)})
        return [Owned(*row) for row in rows]

    async def give_back(self, taken: Collection[Taken]) -> Sequence[Arrived]:
        if not taken:
            return ()
        parameters: dict[str, Any] = {
            f"{name}s": [getattr(one, name) for one in taken] for name in Taken.__annotations__
        }
        shelves = {(one.sku, one.location_id) for one in taken}
        lines, moved = (await self._session.execute(GIVE_BACK, parameters)).one()
        if (lines, moved) != (len(taken), len(shelves)):
            raise StockMiscounted(f"{lines} of {len(taken)} lines had what is taken off them")
        keys = {
            "skus": [sku for sku, _ in sorted(shelves)],
            "location_ids": [place for _, place in sorted(shelves)],
        }
        return [Arrived(*row) for row in await self._session.execute(COVER, keys)]

    async def conclude(self, return_id: UUID, outcome: Returned | ReturnRefusal) -> None:
        match outcome:
            case Returned(lines):
                kept = {"lines": _LINES.dump_python(lines, mode="json")}
            case ReturnRefusal(shortages):
                kept = {"shortages": _SHORTAGES.dump_python(shortages, mode="json")}
        mine = stock_returns.c.return_id == return_id
        await self._session.execute(update(stock_returns).where(mine).values(kept))
