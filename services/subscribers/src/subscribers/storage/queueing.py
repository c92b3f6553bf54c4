"""What the loops read and write: who waits for events, who is due, and what is old."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from subscribers.domain.delivery import State
from subscribers.domain.endpoint import Endpoint
from subscribers.storage.endpoints import endpoint_of, secrets_of
from subscribers.storage.tables import archived_events, deliveries, endpoints

MOST_WAITING = 1000
"""Deliveries that may wait for one endpoint; it gets the rest from the archive, when it is there.
So an endpoint that is away for days costs no more storage than one that is away for minutes."""


@dataclass(frozen=True, slots=True)
class Reader:
    """An endpoint as one that waits for events: it has come so far, since such a time."""

    endpoint_id: UUID
    after: int | None
    since: datetime


async def readers(session: AsyncSession) -> Sequence[Reader]:
    """List the enabled endpoints whose queue has room."""
    full = (
        select(deliveries.c.delivery_id)
        .where(
            deliveries.c.endpoint_id == endpoints.c.endpoint_id,
            deliveries.c.state == State.WAITING.value,
        )
        .offset(MOST_WAITING - 1)
        .limit(1)
        .correlate(endpoints)
        .exists()
    )
    query = select(endpoints.c.endpoint_id, endpoints.c.after, endpoints.c.since).where(
        endpoints.c.disabled.is_(None), ~full
    )
    return [Reader(*row) for row in (await session.execute(query)).all()]


async def locked(session: AsyncSession, waiting: Collection[Reader]) -> Sequence[Endpoint]:
    """Give those that still stand where they stood, locked; others were moved meanwhile."""
    keys = [one.endpoint_id for one in waiting]
    query = (
        select(endpoints)
        .where(endpoints.c.endpoint_id.in_(keys), endpoints.c.disabled.is_(None))
        .order_by(endpoints.c.endpoint_id)
        .with_for_update()
    )
    stood = {(one.endpoint_id, one.after) for one in waiting}
    found = (await session.execute(query)).mappings().all()
    return [endpoint_of(row, []) for row in found if (row["endpoint_id"], row["after"]) in stood]


async def enqueue(
    session: AsyncSession,
    rows: Sequence[dict[str, Any]],
    served: Collection[Endpoint],
    *,
    upto: int,
    anew: bool,
) -> None:
    """Queue deliveries and move the endpoints on; they are due, unless they rest just now.

    ``anew``: positions begin again, and are in another replay.
    """
    if rows:
        queued = insert(deliveries).values([{**row, "state": "waiting"} for row in rows])
        await session.execute(queued.on_conflict_do_nothing(constraint="delivery_once"))
        due = {row["endpoint_id"] for row in rows}
        statement = update(endpoints).where(endpoints.c.endpoint_id.in_(due))
        await session.execute(
            statement.values(due_at=func.coalesce(endpoints.c.due_at, func.now()))
        )
    keys = [endpoint.endpoint_id for endpoint in served]
    moved = update(endpoints).where(endpoints.c.endpoint_id.in_(keys))
    await session.execute(moved.values(after=upto, replays=endpoints.c.replays + int(anew)))


@dataclass(frozen=True, slots=True)
class Lease:
    """An endpoint that is ours until a time; while that time stands in its row, and no longer."""

    endpoint_id: UUID
    until: datetime


async def take_due(session: AsyncSession, *, at_most: int, lease: timedelta) -> Sequence[Lease]:
    """Take the endpoints that are due, the longest due first, for ``lease``."""
    due = (
        select(endpoints.c.endpoint_id)
        .where(endpoints.c.due_at <= func.now(), endpoints.c.disabled.is_(None))
        .order_by(endpoints.c.due_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    statement = (
        update(endpoints)
        .where(endpoints.c.endpoint_id == due.c.endpoint_id)
        .values(due_at=func.clock_timestamp() + lease)
        .returning(endpoints.c.endpoint_id, endpoints.c.due_at)
    )
    return [Lease(*row) for row in (await session.execute(statement)).all()]


async def leased(session: AsyncSession, lease: Lease) -> Endpoint | None:
    """Give the endpoint as it is, without a lock; none when it is disabled or no longer ours."""
    row = (await session.execute(select(endpoints).where(*_ours(lease)))).mappings().one_or_none()
    return None if row is None else endpoint_of(row, await secrets_of(session, lease.endpoint_id))


async def give_back(session: AsyncSession, lease: Lease) -> None:
    """Let somebody else take the endpoint; it is due at once."""
    await session.execute(update(endpoints).where(*_ours(lease)).values(due_at=func.now()))


def _ours(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return (
        endpoints.c.endpoint_id == lease.endpoint_id,
        endpoints.c.due_at == lease.until,
        endpoints.c.disabled.is_(None),
    )


async def forget_settled(session: AsyncSession, kept_for: timedelta, *, at_most: int) -> int:
    """Delete deliveries that were settled long ago, a small batch; gives how many."""
    old = (
        select(deliveries.c.delivery_id)
        .where(deliveries.c.settled_at < func.now() - kept_for)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    statement = (
        delete(deliveries)
        .where(deliveries.c.delivery_id.in_(old))
        .returning(deliveries.c.delivery_id)
    )
    return len((await session.execute(statement)).all())


async def forget_archived(
    session: AsyncSession, kept_for: timedelta, most: int, *, at_most: int
) -> int:
    """Delete the oldest events, a small batch: those too old, and those beyond ``most``."""
    newest = select(func.max(archived_events.c.position)).scalar_subquery()
    old = (
        select(archived_events.c.position)
        .where(
            (archived_events.c.archived_at < func.now() - kept_for)
            | (archived_events.c.position <= newest - most)
        )
        .order_by(archived_events.c.position)
        .limit(at_most)
    )
    statement = (
        delete(archived_events)
        .where(archived_events.c.position.in_(old))
        .returning(archived_events.c.position)
    )
    return len((await session.execute(statement)).all())
