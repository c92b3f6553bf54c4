"""Submissions watched live: one look at the database serves everybody who watches.

Whoever finds nobody looking looks for all, and hands the others their news. When that one leaves,
the next takes over, so that nothing has to run while nobody watches.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from messaging.saga.state import Status
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from orders.domain.order import State
from orders.queries.submissions import Watched
from orders.queries.viewing import View
from orders.storage.tables import messaging, orders

PAUSE = 0.2
"""Seconds between two looks."""
_ENDED = {Status.COMPLETED, Status.COMPENSATED}


class StepNews(View):
    """Something that happened in the submission; ``seq`` counts from 1."""

    seq: int
    at: datetime
    event: str
    step: str | None
    detail: str | None


class StateNews(View):
    """Where order and submission stand now."""

    state: State
    status: Status
    attention: str | None


@dataclass(eq=False, slots=True)
class _Watcher:
    submission_id: UUID
    seen: int
    version: int = 0
    looked: bool = False
    standing: StateNews | None = None
    news: list[StepNews | StateNews] = field(default_factory=list[StepNews | StateNews])
    told: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ended(self) -> bool:
        return self.standing is not None and self.standing.status in _ENDED


class Progress:
    """Everybody in this process who watches a submission.

    ``sessions`` are for reading. Watching ends when ``stopping`` is set.

    Attributes:
        looks: How often the database was looked at.
    """

    def __init__(self, sessions: async_sessionmaker[AsyncSession], stopping: asyncio.Event) -> None:
        self._sessions = sessions
        self._stopping = stopping
        self._watchers: set[_Watcher] = set()
        self._looking = asyncio.Lock()
        self.looks = 0

    @property
    def watching(self) -> int:
        """Give how many are watching."""
        return len(self._watchers)

    async def follow(
        self, watched: Watched, *, after: int = 0
    ) -> AsyncGenerator[StepNews | StateNews]:
        """Give what has happened after entry ``after`` and what happens, until it has ended."""
        watcher = _Watcher(watched.submission_id, after)
        self._watchers.add(watcher)
        try:
            while not self._stopping.is_set():
                await self._news_for(watcher)
                news, watcher.news = watcher.news, []
                for one in news:
                    yield one
                if watcher.ended:
                    return
        finally:
            self._watchers.discard(watcher)

    async def _news_for(self, watcher: _Watcher) -> None:
        """Look for all, or wait for who does; not for ever, for that one may have left."""
        if self._looking.locked():
            with suppress(TimeoutError):
                async with asyncio.timeout(2 * PAUSE):
                    await watcher.told.wait()
            watcher.told.clear()
            return
        async with self._looking:
            if watcher.looked:
                await asyncio.sleep(PAUSE)
            watcher.looked = True
            await self._look()

    async def _look(self) -> None:
        self.looks += 1
        watchers = list(self._watchers)
        saga = messaging.saga
        query = (
            select(saga.c.id, saga.c.version, saga.c.status, saga.c.attention, orders.c.state)
            .join(orders, orders.c.id == saga.c.subject_id)
            .where(saga.c.id.in_({watcher.submission_id for watcher in watchers}))
        )
        async with self._sessions() as session:
            found = {row.id: row for row in await session.execute(query)}
            changed = [
                watcher
                for watcher in watchers
                if watcher.submission_id in found
                and found[watcher.submission_id].version != watcher.version
            ]
            log = await self._log(session, changed) if changed else {}
        for watcher in changed:
            row = found[watcher.submission_id]
            watcher.version = row.version
            steps = [one for one in log.get(row.id, ()) if one.seq > watcher.seen]
            watcher.seen = max((one.seq for one in steps), default=watcher.seen)
            watcher.news += steps
            standing = StateNews(state=row.state, status=row.status, attention=row.attention)
            if standing != watcher.standing:
                watcher.standing = standing
                watcher.news.append(standing)
            watcher.told.set()

    async def _log(
        self, session: AsyncSession, watchers: list[_Watcher]
    ) -> dict[UUID, list[StepNews]]:
        log = messaging.saga_log
        query = (
            select(log)
            .where(log.c.saga_id.in_({watcher.submission_id for watcher in watchers}))
            .where(log.c.seq > min(watcher.seen for watcher in watchers))
            .order_by(log.c.saga_id, log.c.seq)
        )
        found: dict[UUID, list[StepNews]] = {}
        for row in await session.execute(query):
            news = StepNews(
                seq=row.seq, at=row.at, event=row.event, step=row.step, detail=row.detail
            )
            found.setdefault(row.saga_id, []).append(news)
        return found
