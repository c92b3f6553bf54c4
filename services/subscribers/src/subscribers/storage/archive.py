"""The archive where there is no broker: a table, written by the transaction of the receipt."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from messaging.delivery import Received
from messaging.failures import is_outage
from messaging.outbox import Outbox
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from subscribers.domain.archive import ArchiveAway, Record
from subscribers.storage.tables import archived_events

_ONE_WRITER = text("SELECT pg_advisory_xact_lock(5180463)")
"""Positions are given out before their transactions commit. One writer at a time makes them appear
in order, so that whoever reads on from a position misses nothing."""


class Archiver:
    """Receives every event and writes it down; a ``messaging.consumer.Receiver``."""

    async def receive(
        self, batch: Sequence[Received], session: AsyncSession, outbox: Outbox
    ) -> dict[UUID, dict[str, Any]]:
        """Archive the events in order; nobody is answered."""
        del outbox
        await session.execute(_ONE_WRITER)
        rows = [{"type": one.envelope.type, "body": one.delivery.body} for one in batch]
        await session.execute(insert(archived_events).values(rows))
        return {}


class SqlArchive:
    """Reads the table; see ``subscribers.domain.archive.Archive``."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def read(self, start: int | datetime, *, limit: int) -> Sequence[Record]:
        table = archived_events
        query = select(table.c.position, table.c.type, table.c.body)
        if isinstance(start, datetime):
            first = select(func.min(table.c.position)).where(table.c.archived_at >= start)
            query = query.where(table.c.position >= first.scalar_subquery())
        else:
            query = query.where(table.c.position > start)
        query = query.order_by(table.c.position).limit(limit)
        try:
            async with self._sessions() as session:
                return [Record(*row) for row in (await session.execute(query)).all()]
        except Exception as error:
            if is_outage(error):
                raise ArchiveAway(str(error)) from error
            raise
