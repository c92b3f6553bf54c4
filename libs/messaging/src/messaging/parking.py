"""Messages that could not be processed, and what an operator does about them.

A parked message is retried by sending it to its queue again under its own id: when it had been
processed after all, the inbox knows it and nothing happens twice. Every decision is kept with who
took it and when.
"""

import hashlib
import traceback
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.values import derived_id, new_id
from sqlalchemy import ColumnElement, Table, and_, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from messaging.delivery import Delivery
from messaging.envelope import BadEnvelope, decode
from messaging.outbox import Outbox
from messaging.tables import MessagingTables

PARKED, RETRIED, DISCARDED = "parked", "retried", "discarded"
"""The states of a parked message; only a ``PARKED`` one can be retried or discarded."""
_IDS = UUID("5ad2f6f0-3f0c-4c7e-9a56-6a5e1d6ab0c1")
_MOST = 500
"""Messages decided in one transaction."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A message that could not be processed.

    Attributes:
        error_class: Name of the error's class.
        attempts: How often it was tried.
        decided_by: Who retried or discarded it.
    """

    id: UUID
    queue: str
    message_id: UUID | None
    type: str | None
    correlation_id: str | None
    body: bytes
    error_class: str
    error: str
    stack: str | None
    attempts: int
    state: str
    reason: str | None
    decided_by: str | None
    parked_at: datetime
    decided_at: datetime | None


async def park(session: AsyncSession, table: Table, delivery: Delivery, error: Exception) -> None:
    """Keep a message that cannot be processed; one that comes to be parked twice has one row."""
    row = {
        "id": _id_of(delivery),
        "queue": delivery.queue,
        "message_id": delivery.message_id,
        "type": _storable(delivery.type),
        "correlation_id": _storable(delivery.correlation_id),
        "reply_to": _storable(delivery.reply_to),
        "body": delivery.body,
        "error_class": type(error).__name__,
        "error": _storable(str(error)),
        "stack": _storable("".join(traceback.format_exception(error))),
        "attempts": delivery.attempt + 1,
        "state": PARKED,
    }
    again = {**row, "parked_at": func.now()}
    statement = insert(table).values(row)
    await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=again))


async def parked_messages(
    session: AsyncSession,
    table: Table,
    *,
    state: str = PARKED,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Parked]:
    """List messages in a state, the longest parked first; ``after`` is the last one's key."""
    columns = [table.c[name] for name in Parked.__dataclass_fields__]
    query = select(*columns).where(table.c.state == state)
    if after is not None:
        query = query.where(tuple_(table.c.parked_at, table.c.id) > after)
    query = query.order_by(table.c.parked_at, table.c.id).limit(limit)
    return [Parked(*row) for row in (await session.execute(query)).all()]


async def retry(
    session: AsyncSession,
    tables: MessagingTables,
    service: str,
    *,
    decided_by: str,
    ids: Collection[UUID] | None = None,
) -> Sequence[UUID]:
    """Send parked messages to their queues again; without ``ids`` all, at most 500 at a time.

    Returns:
        The ids of those that were sent again; others are unknown or were decided before.
    """
    rows = (await session.execute(_chosen(tables.parked, ids, decided_by))).all()
    outbox = Outbox(service, tables.outbox)
    for row in rows:
        outbox.send_again(
            row.queue,
            row.body,
            row={
                "message_id": row.message_id or _readable_id(row.body) or new_id(),
                "type": row.type or "unknown",
                "correlation_id": row.correlation_id,
                "reply_to": row.reply_to,
                "traceparent": None,
            },
        )
    await outbox.write(session)
    return [row.id for row in rows]


def _chosen(table: Table, ids: Collection[UUID] | None, decided_by: str) -> ReturningUpdate[Any]:
    """Mark what is to be sent again, and give it; whoever decides at the same time has the rest."""
    known = select(table.c.id).where(_undecided(table, ids)).order_by(table.c.parked_at)
    locked = known.limit(_MOST).with_for_update(skip_locked=True)
    sent = ("id", "queue", "message_id", "type", "correlation_id", "reply_to", "body")
    return (
        update(table)
        .where(table.c.id.in_(locked))
        .values(state=RETRIED, decided_by=decided_by, decided_at=func.now())
        .returning(*(table.c[name] for name in sent))
    )


async def discard(
    session: AsyncSession, table: Table, *, ids: Collection[UUID], reason: str, decided_by: str
) -> Sequence[UUID]:
    """Give parked messages up, for a reason; gives the ids of those that were."""
    statement = (
        update(table)
        .where(_undecided(table, ids))
        .values(state=DISCARDED, reason=reason, decided_by=decided_by, decided_at=func.now())
        .returning(table.c.id)
    )
    return list((await session.execute(statement)).scalars())


def _undecided(table: Table, ids: Collection[UUID] | None) -> ColumnElement[bool]:
    undecided = table.c.state == PARKED
    return undecided if ids is None else and_(undecided, table.c.id.in_(ids))


def _id_of(delivery: Delivery) -> UUID:
    """Give the same id when the process died between parking and acknowledging."""
    body = hashlib.sha256(delivery.body).hexdigest()
    return derived_id(_IDS, delivery.queue, delivery.message_id or "", body)


def _readable_id(body: bytes) -> UUID | None:
    try:
        return decode(body).id
    except BadEnvelope:
        return None


def _storable(text: str | None) -> str | None:
    """Leave out what PostgreSQL's text cannot hold."""
    return text and text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
