"""The ledger of stock.

A submission's row is locked first, then rows of ``stock`` in order of (SKU, location), by every
statement here: two messages cannot deadlock on them.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from contracts.values import LocationId, Sku, SubmissionId
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.errors import BelowCommitted, Short, StockMiscounted
from catalog.domain.locations import Adjustment
from catalog.domain.sourcing import Hold, Shelf
from catalog.domain.stock import Claim, Level, Outcome, Refusal, State
from catalog.storage.stock_statements import (
    ADJUST,
    BAR,
    CLAIM,
    END,
    HOLD,
    LEVELS,
    OPEN_SHELVES,
)
from catalog.storage.tables import reservations


class SqlStockRepository:
    """Keeps the ledger in ``stock``, and submissions in ``reservation`` and its lines."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def claim(self, claim: Claim, skus: Collection[Sku]) -> list[Shelf] | None:
        parameters = {**asdict(claim), "at_site": claim.site_id, "skus": sorted(skus)}
        rows = (await self._session.execute(CLAIM, parameters)).all()
        return [Shelf(*row) for row in rows if row.sku is not None] if rows else None

    async def hold(self, submission_id: SubmissionId, holds: Collection[Hold]) -> None:
        parameters = {
            "of_submission": submission_id,
            "skus": [hold.sku for hold in holds],
            "location_ids": [hold.location_id for hold in holds],
            "unitss": [hold.units for hold in holds],
        }
        moved = (await self._session.execute(HOLD, parameters)).scalar_one()
        if moved != len(holds):
            raise StockMiscounted(f"{moved} of {len(holds)} shelves had what the plan says")

    async def refuse(self, submission_id: SubmissionId, refusal: Refusal) -> None:
        statement = (
            update(reservations)
            .where(reservations.c.submission_id == submission_id)
            .values(state=State.REFUSED.value, refusal=_to_json(refusal), ended_at=func.now())
        )
        await self._session.execute(statement)

    async def outcome(self, submission_id: SubmissionId) -> Outcome | None:
        query = select(reservations.c.state, reservations.c.refusal).where(
            reservations.c.submission_id == submission_id
        )
        if (row := (await self._session.execute(query)).first()) is None:
            return None
        return Outcome(State(row.state), _from_json(row.refusal) if row.refusal else None)

    async def end(self, submission_id: SubmissionId, state: State) -> bool:
        if state not in END:
            raise ValueError(f"a reservation does not end {state}")
        parameters = {"of_submission": submission_id}
        ended, lines, moved = (await self._session.execute(END[state], parameters)).one()
        if lines != moved:
            raise StockMiscounted(f"{moved} of {lines} shelves had what {submission_id} holds")
        return bool(ended)

    async def bar(self, submission_id: SubmissionId) -> bool:
        result = await self._session.execute(BAR, {"submission_id": submission_id})
        return result.first() is not None

    async def adjust(self, adjustment: Adjustment, changes: Mapping[Sku, int]) -> list[Level]:
        skus = sorted(changes)
        shelf = {"at_location": adjustment.location_id, "skus": skus}
        await self._session.execute(OPEN_SHELVES, shelf)
        levels = [Level(*row) for row in await self._session.execute(LEVELS, shelf)]
        short = {
            level.sku: level.reserved + level.allocated
            for level in levels
            if level.on_hand + changes[level.sku] < level.reserved + level.allocated
        }
        if short:
            raise BelowCommitted(short)
        parameters = {
            **shelf,
            "of_adjustment": adjustment.adjustment_id,
            "for_reason": adjustment.reason,
            "by_author": adjustment.author,
            "changes": [changes[sku] for sku in skus],
        }
        return [Level(*row) for row in await self._session.execute(ADJUST, parameters)]


def _to_json(refusal: Refusal) -> dict[str, Any]:
    return {
        "code": refusal.code,
        "detail": refusal.detail,
        "shortages": [
            [s.sku, str(s.location_id) if s.location_id else None, s.wanted, s.available]
            for s in refusal.shortages
        ],
    }


def _from_json(kept: dict[str, Any]) -> Refusal:
    return Refusal(
        kept["code"],
        kept["detail"],
        tuple(
            Short(Sku(sku), LocationId(UUID(location)) if location else None, wanted, available)
            for sku, location, wanted, available in kept["shortages"]
        ),
    )
