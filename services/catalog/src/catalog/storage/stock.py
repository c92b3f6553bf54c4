"""What submissions and drafts hold of the stock.

A reservation's row is locked first, then rows of ``stock`` in order of (SKU, location), by every
statement here: two messages cannot deadlock on them.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from contracts.values import LocationId, OrderId, SiteId, Sku, SubmissionId
from messaging.direct import Row, joined
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.availability import Availability
from catalog.domain.errors import Short, StockMiscounted
from catalog.domain.sourcing import Hold, Shelf
from catalog.domain.stock import (
    Arrived,
    Claim,
    Claimed,
    Ended,
    HoldRequest,
    KeptHold,
    Kind,
    Needed,
    OrderStock,
    Outcome,
    Refusal,
    State,
)
from catalog.storage.availability import read_availability
from catalog.storage.hold_statements import (
    EXPIRING,
    KEEP_HOLD,
    LOCK_HOLD,
    LOCK_SHELVES,
    OPEN_HOLD,
    UNHOLD,
)
from catalog.storage.order_stock import read_order_stock
from catalog.storage.reservation_statements import BAR, CLAIM, CLAIM_ONLY, END, HOLD, LINES
from catalog.storage.shelf_statements import COVER, OPEN_SHELVES
from catalog.storage.stock_locks import lock_needed
from catalog.storage.tables import reservation_lines, reservations

_OF_A_SHELF = ("sku", "location_id", "code", "ships", "priority", "available")


class SqlStockRepository:
    """Keeps submissions and holds in ``reservation`` and its lines."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def availability(
        self, site_id: SiteId, skus: Collection[Sku], *, beside: SubmissionId | None = None
    ) -> Mapping[Sku, Availability]:
        return await read_availability(self._session, site_id, skus, beside=beside)

    async def lock(self, needed: Needed) -> None:
        await lock_needed(self._session, needed)

    async def claim(self, claim: Claim, skus: Collection[Sku]) -> Claimed | None:
        parameters = {**_as_parameters(claim), "at_site": claim.site_id, "skus": sorted(skus)}
        rows = await CLAIM.fetch(await joined(self._session), parameters)
        if not rows:
            return None
        shelves = tuple(_shelf(row) for row in rows if row["sku"] is not None)
        ahead = any(row["ahead"] for row in rows)
        return Claimed(shelves, split=rows[0]["split"] is not False, ahead=ahead)

    async def claim_only(self, claim: Claim) -> bool:
        made = await self._session.execute(CLAIM_ONLY, _as_parameters(claim))
        return made.first() is not None

    async def hold(self, submission_id: SubmissionId, holds: Collection[Hold]) -> None:
        if not holds:
            return
        # Where a unit is owed and nothing ever lay, there is no shelf yet.
        owed = [hold for hold in holds if not hold.covered]
        if owed:
            await self._session.execute(OPEN_SHELVES, _keys(owed))
        parameters = {
            **_keys(holds),
            "of_submission": submission_id,
            "unitss": [hold.units for hold in holds],
            "pendings": [hold.pending for hold in holds],
            "backordereds": [hold.backordered for hold in holds],
        }
        (row,) = await HOLD.fetch(await joined(self._session), parameters)
        if (moved := row["moved"]) != len(holds):
            raise StockMiscounted(f"{moved} of {len(holds)} shelves had what the plan says")
        if owed:
            await self._session.execute(COVER, _keys(owed))

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

    async def lines(self, submission_id: SubmissionId) -> tuple[Hold, ...]:
        rows = await self._session.execute(LINES, {"of_submission": submission_id})
        return tuple(Hold(*row) for row in rows)

    async def of_order(self, order_id: OrderId) -> Sequence[OrderStock]:
        return await read_order_stock(self._session, order_id)

    async def end(self, submission_id: SubmissionId, state: State) -> Ended:
        ended, hungry = await self._end([submission_id], Kind.SUBMISSION, state)
        if not hungry:
            return Ended(ended)
        return Ended(ended, await self._cover(await self._shelves_of([submission_id])))

    async def end_holds(self, hold_ids: Collection[SubmissionId], state: State) -> Ended:
        keys = await self._shelves_of(hold_ids)
        ended, hungry = await self._end(hold_ids, Kind.HOLD, state)
        return Ended(ended, await self._cover(keys) if hungry else ())

    async def consume(
        self, hold_id: SubmissionId, submission_id: SubmissionId, holds: Collection[Hold]
    ) -> Ended:
        keys = await self._shelves_of([hold_id])
        ended, hungry = await self._end([hold_id], Kind.HOLD, State.CONSUMED)
        await self.hold(submission_id, holds)
        return Ended(ended, await self._cover(keys) if hungry else ())

    async def bar(self, submission_id: SubmissionId) -> bool:
        result = await self._session.execute(BAR, {"submission_id": submission_id})
        return result.first() is not None

    async def open_hold(self, request: HoldRequest) -> KeptHold:
        values = {
            "hold_id": request.hold_id,
            "order_id": request.order_id,
            "site_id": request.site_id,
        }
        await self._session.execute(OPEN_HOLD, values)
        kept = await self.lock_hold(request.hold_id)
        if kept is None:
            raise StockMiscounted(f"{request.hold_id} is not a draft's hold")
        return kept

    async def lock_hold(self, hold_id: SubmissionId) -> KeptHold | None:
        found = await self._session.execute(LOCK_HOLD, {"of_submission": hold_id})
        row = found.first()
        # What was released before it was held has the row of a submission: nobody knew better.
        if row is None or (row.kind != Kind.HOLD and row.state != State.RELEASED):
            return None
        refusal = _from_json(row.refusal) if row.refusal else None
        return KeptHold(State(row.state), row.sequence or 0, refusal, row.expires_at)

    async def lock_shelves(
        self, site_id: SiteId, skus: Collection[Sku], hold_id: SubmissionId
    ) -> None:
        parameters = {"at_site": site_id, "skus": sorted(skus), "of_submission": hold_id}
        await self._session.execute(LOCK_SHELVES, parameters)

    async def replace(self, hold_id: SubmissionId, holds: Collection[Hold]) -> Ended:
        keys = await self._shelves_of([hold_id])
        hungry = await self._session.scalar(UNHOLD, {"of_submission": hold_id})
        await self.hold(hold_id, holds)
        return Ended(ended=True, arrived=await self._cover(keys) if hungry else ())

    async def keep_hold(self, request: HoldRequest, kept: KeptHold) -> None:
        parameters = {
            "of_submission": request.hold_id,
            "new_state": kept.state.value,
            "new_sequence": kept.sequence,
            "new_refusal": _to_json(kept.refusal) if kept.refusal else None,
            "new_expires_at": kept.expires_at,
            "new_site_id": request.site_id,
        }
        await self._session.execute(KEEP_HOLD, parameters)

    async def expiring(self, at_most: int) -> Sequence[SubmissionId]:
        rows = await self._session.scalars(EXPIRING, {"at_most": at_most})
        return [SubmissionId(id_) for id_ in rows]

    async def _end(
        self, ids: Collection[SubmissionId], kind: Kind, state: State
    ) -> tuple[bool, bool]:
        """Tell whether something was held, and whether somebody waits for what lies free now."""
        parameters = {"of_submissions": list(ids)}
        (counted,) = await END[kind.value, state].fetch(await joined(self._session), parameters)
        shelves, moved = counted["shelves"], counted["moved"]
        if shelves != moved:
            raise StockMiscounted(f"{moved} of {shelves} shelves had what {ids} hold")
        return bool(counted["ended"]), bool(counted["hungry"])

    async def _shelves_of(self, ids: Collection[SubmissionId]) -> dict[str, Any]:
        query = (
            select(reservation_lines.c.sku, reservation_lines.c.location_id)
            .where(reservation_lines.c.submission_id.in_(ids))
            .distinct()
        )
        rows = (await self._session.execute(query)).all()
        return {"skus": [sku for sku, _ in rows], "location_ids": [place for _, place in rows]}

    async def _cover(self, keys: Mapping[str, Any]) -> tuple[Arrived, ...]:
        return tuple(Arrived(*row) for row in await self._session.execute(COVER, keys))


def _shelf(row: Row) -> Shelf:
    return Shelf(**{name: row[name] for name in _OF_A_SHELF})


def _as_parameters(claim: Claim) -> dict[str, Any]:
    return {name: getattr(claim, name) for name in ("submission_id", "order_id", "site_id")}


def _keys(holds: Collection[Hold]) -> dict[str, Any]:
    return {
        "skus": [hold.sku for hold in holds],
        "location_ids": [hold.location_id for hold in holds],
    }


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
