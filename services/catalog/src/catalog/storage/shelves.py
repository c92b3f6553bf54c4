from collections.abc import Collection
from typing import Any

from contracts.values import LocationId, Sku
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.errors import StockMiscounted
from catalog.domain.shelves import Cause, Changed, Changes, Level, ShelfKey
from catalog.domain.stock import Arrived
from catalog.storage.shelf_statements import CHANGE, COVER, LEVELS, LOCK, OPEN_SHELVES


class SqlShelfRepository:
    """Keeps the ledger in ``stock``, and what changed it in ``stock_movement``."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def locked(self, keys: Collection[ShelfKey]) -> dict[ShelfKey, Level]:
        await self._session.execute(LOCK, _named(keys))
        return await self.levels(keys)

    async def levels(self, keys: Collection[ShelfKey]) -> dict[ShelfKey, Level]:
        rows = await self._session.execute(LEVELS, _named(keys))
        return {level.key: level for level in (Level(*row) for row in rows)}

    async def open(self, keys: Collection[ShelfKey]) -> set[ShelfKey]:
        rows = await self._session.execute(OPEN_SHELVES, _named(keys))
        return {(Sku(row.sku), LocationId(row.location_id)) for row in rows}

    async def change(self, cause: Cause, changes: Changes) -> Changed:
        keys = sorted(changes)
        parameters = {
            **_named(keys),
            "changes": [changes[key].units for key in keys],
            "safetys": [changes[key].safety_stock for key in keys],
            "of_cause": cause.cause_id,
            "kinds": [(changes[key].kind or cause.kind).value for key in keys],
            "reasons": [changes[key].reason or cause.reason for key in keys],
            "of_receipt": cause.receipt_id,
            "by_author": cause.author,
        }
        changed = await self._session.scalar(CHANGE, parameters)
        if changed != len(keys):
            raise StockMiscounted(f"{changed} of {len(keys)} shelves are there")
        arrived = await self._session.execute(COVER, _named(keys))
        told = [Arrived(*row) for row in arrived]
        return Changed(list((await self.levels(keys)).values()), told)


def _named(keys: Collection[ShelfKey]) -> dict[str, Any]:
    return {"skus": [sku for sku, _ in keys], "location_ids": [place for _, place in keys]}
