"""Sagas as people look at them; nothing is locked or changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from messaging.saga.state import Status
from messaging.tables import MessagingTables

_ENDED = (Status.COMPLETED.value, Status.COMPENSATED.value)


@dataclass(frozen=True, slots=True)
class SagaLine:
    """A saga in a list; ``attention`` says why an operator should look."""

    id: UUID
    definition: str
    subject_id: UUID
    status: str
    attention: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class LogLine:
    """Something that happened in a saga; ``seq`` counts from 1."""

    seq: int
    at: datetime
    event: str
    step: str | None
    detail: str | None


async def unended(
    session: AsyncSession, tables: MessagingTables, *, attention: bool = False, limit: int = 200
) -> Sequence[SagaLine]:
    """List sagas under way, the longest untouched first; or only those that need attention."""
    saga = tables.saga
    query = select(*(saga.c[name] for name in SagaLine.__dataclass_fields__))
    wanted = saga.c.attention.is_not(None) if attention else saga.c.status.not_in(_ENDED)
    rows = await session.execute(query.where(wanted).order_by(saga.c.updated_at).limit(limit))
    return [SagaLine(*row) for row in rows]


async def log_of(
    session: AsyncSession, tables: MessagingTables, saga_id: UUID, *, after: int = 0
) -> Sequence[LogLine]:
    """List what happened in a saga, in order, from entry ``after`` on."""
    log = tables.saga_log
    query = (
        select(*(log.c[name] for name in LogLine.__dataclass_fields__))
        .where(log.c.saga_id == saga_id, log.c.seq > after)
        .order_by(log.c.seq)
    )
    return [LogLine(*row) for row in await session.execute(query)]
