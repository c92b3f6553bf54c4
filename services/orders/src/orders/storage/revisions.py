from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.values import OrderId
from pydantic import TypeAdapter
from sqlalchemy import RowMapping, bindparam, func, literal, null, select, update
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.parts import Refused
from orders.domain.reasons import Reason
from orders.domain.revisions import Difference, Revision, RevisionState
from orders.storage.documents import content_document, content_of
from orders.storage.tables import ANY_REASON, orders, revised_for, revisions

_DIFFERENCE = TypeAdapter(Difference)
_REFUSALS = TypeAdapter(tuple[Refused, ...])
_REASON = TypeAdapter(Reason | None)
_REASONS = func.array_remove(
    array([literal(ANY_REASON), revisions.c.reason["code"].astext]), null()
)
_NOTE_REASONS = (
    upsert(revised_for)
    .from_select(
        ["reason", "order_id", "site_id"],
        select(func.unnest(_REASONS), orders.c.id, orders.c.site_id)
        .join(orders, orders.c.id == revisions.c.order_id)
        .where(revisions.c.revision_id == bindparam("wanted")),
    )
    .on_conflict_do_nothing()
)


class SqlRevisionRepository:
    """Keeps revisions of orders; at most one of an order is running."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def begin(self, revision: Revision) -> bool:
        row: dict[str, Any] = {
            "revision_id": revision.revision_id,
            "order_id": revision.order_id,
            "state": revision.state.value,
            "asked_by": revision.asked_by,
            "asked_at": revision.asked_at,
            "proposed": content_document(revision.proposed),
            "difference": _DIFFERENCE.dump_python(revision.difference, mode="json"),
            "refusals": [],
            "reason": _REASON.dump_python(revision.reason, mode="json"),
        }
        made = upsert(revisions).values(row).on_conflict_do_nothing()
        added = await self._session.execute(made.returning(revisions.c.revision_id))
        return added.first() is not None

    async def get(self, revision_id: UUID) -> Revision | None:
        query = select(revisions).where(revisions.c.revision_id == revision_id)
        row = (await self._session.execute(query)).mappings().first()
        return None if row is None else revision_of(row)

    async def latest(self, order_id: OrderId) -> Revision | None:
        query = (
            select(revisions)
            .where(revisions.c.order_id == order_id)
            .order_by(revisions.c.revision_id.desc())
            .limit(1)
        )
        row = (await self._session.execute(query)).mappings().first()
        return None if row is None else revision_of(row)

    async def end(
        self, revision_id: UUID, state: RevisionState, refusals: Sequence[Refused] = ()
    ) -> None:
        values: dict[str, Any] = {
            "state": state.value,
            "ended_at": datetime.now(UTC),
            "refusals": _REFUSALS.dump_python(tuple(refusals), mode="json"),
        }
        mine = revisions.c.revision_id == revision_id
        await self._session.execute(update(revisions).where(mine).values(values))
        if state is RevisionState.APPLIED:
            await self._session.execute(_NOTE_REASONS, {"wanted": revision_id})


def revision_of(row: RowMapping) -> Revision:
    """Build the revision of a row."""
    return Revision(
        revision_id=row["revision_id"],
        order_id=OrderId(row["order_id"]),
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        proposed=content_of(row["proposed"]),
        difference=_DIFFERENCE.validate_python(row["difference"]),
        state=RevisionState(row["state"]),
        refusals=_REFUSALS.validate_python(row["refusals"]),
        reason=_REASON.validate_python(row["reason"]),
    )
