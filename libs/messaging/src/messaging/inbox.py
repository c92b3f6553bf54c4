"""What has been received: recorded in the transaction of its effect, so that it happens once."""

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from contracts.message import Reply
from pydantic_core import to_json
from sqlalchemy import Table, Text, Uuid, bindparam, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from messaging.direct import Direct, joined
from messaging.outbox import Asked, Outbox
from messaging.unnested import unnested

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
        if not ids:
            return set()
        given = {"consumer": self.consumer, "received": sorted(set(ids))}
        return set((await session.execute(_recording(self.table), given)).scalars())

    async def keep_replies(
        self, session: AsyncSession, replies: Mapping[UUID, dict[str, Any]]
    ) -> None:
        """Keep what was answered, to answer a repeated command in the same words."""
        if not replies:
            return
        given = {
            "of": self.consumer,
            "answered": list(replies),
            "kept": [to_json(kept).decode() for kept in replies.values()],
        }
        await _keeping(self.table).fetch(await joined(session), given)

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


@functools.cache
def _recording(table: Table) -> ReturningInsert[UUID]:
    values = unnested("received_now", {"received": Uuid()})
    query = select(bindparam("consumer", type_=Text()), values.c.received).order_by(values.c.place)
    return (
        insert(table)
        .from_select(["consumer", "message_id"], query, include_defaults=False)
        .on_conflict_do_nothing()
        .returning(table.c.message_id)
    )


@functools.cache
def _keeping(table: Table) -> Direct:
    values = unnested("answers", {"answered": Uuid(), "kept": Text()})
    return Direct(
        update(table)
        .where(
            table.c.consumer == bindparam("of", type_=Text()),
            # Said twice, so that the rows are found by the key, whatever the table held when the
            # statement was planned; the join alone is planned as a scan while the table is small.
            table.c.message_id == func.any(bindparam("answered", type_=ARRAY(Uuid()))),
            table.c.message_id == values.c.answered,
        )
        .values(reply=cast(values.c.kept, JSONB))
    )


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
