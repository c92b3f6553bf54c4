"""What has been received: recorded in the transaction of its effect, so that it happens once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from contracts.message import Reply
from sqlalchemy import Table, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from messaging.outbox import Asked, Outbox

KEPT_FOR = timedelta(days=14)
"""How long a message is remembered; longer than a parked one may wait to be retried."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """The messages that one service has processed.

    Attributes:
        consumer: The queue; the same event may reach a service through several.
    """

    table: Table
    consumer: str

    async def record(self, session: AsyncSession, ids: Collection[UUID]) -> set[UUID]:
        """Note the messages as processed and give those that are new.

        A copy being processed in another transaction is waited for, so that a message is never
        handled twice at the same time. Ids go in in order, or two batches could deadlock.
        """
        rows = [{"consumer": self.consumer, "message_id": id_} for id_ in sorted(set(ids))]
        if not rows:
            return set()
        statement = (
            insert(self.table)
            .values(rows)
            .on_conflict_do_nothing()
            .returning(self.table.c.message_id)
        )
        return set((await session.execute(statement)).scalars())

    async def keep_replies(
        self, session: AsyncSession, replies: Mapping[UUID, dict[str, Any]]
    ) -> None:
        """Keep what was answered, to answer a repeated command in the same words."""
        if not replies:
            return
        statement = (
            update(self.table)
            .where(
                self.table.c.consumer == self.consumer,
                self.table.c.message_id == bindparam("answered"),
            )
            .values(reply=bindparam("kept"))
        )
        connection = await session.connection()
        await connection.execute(
            statement, [{"answered": id_, "kept": kept} for id_, kept in sorted(replies.items())]
        )

    async def replies(self, session: AsyncSession, ids: Collection[UUID]) -> list[dict[str, Any]]:
        """Give the kept replies to these messages."""
        if not ids:
            return []
        query = select(self.table.c.reply).where(
            self.table.c.consumer == self.consumer,
            self.table.c.message_id.in_(ids),
            self.table.c.reply.is_not(None),
        )
        return list((await session.execute(query)).scalars())


async def answer_later(
    session: AsyncSession, inbox: Inbox, outbox: Outbox, asked: Asked, reply: Reply
) -> None:
    """Answer a command that an earlier transaction received."""
    kept = outbox.reply(reply, asked)
    await inbox.keep_replies(session, {asked.command_id: kept})


async def forget_old(session: AsyncSession, table: Table, *, at_most: int = 1000) -> int:
    """Delete messages older than ``KEPT_FOR``, a small batch; gives how many."""
    old = (
        select(table.c.consumer, table.c.message_id)
        .where(table.c.processed_at < func.now() - KEPT_FOR)
        .limit(at_most)
        .with_for_update(skip_locked=True)
        .cte("old")
    )
    statement = (
        delete(table)
        .where(table.c.consumer == old.c.consumer, table.c.message_id == old.c.message_id)
        .returning(table.c.message_id)
    )
    return len((await session.execute(statement)).all())
