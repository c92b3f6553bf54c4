"""Takes what transactions left in the outbox to the broker, in batches, until each is confirmed."""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from messaging.failures import is_outage
from messaging.faults import fault_point
from messaging.tables import MessagingTables
from messaging.tracing import sending
from messaging.transport import Outgoing, Publisher

BATCH = 100
_MIN_REST, _MAX_REST = 0.05, 0.5
_GRACE = 20.0
"""Seconds a batch under way gets when the process leaves."""
_LONGEST_REST = 60
"""Seconds a row rests at most after failed publishings; the rest doubles from one second."""

_log = structlog.get_logger("messaging.relay")


@dataclass(slots=True)
class Relay:
    """Empties one service's outbox; any number may run beside each other.

    Attributes:
        wake: Set it after a commit, and the relay looks at once instead of at its next poll.
        stopping: Set by ``running`` when it is left.
    """

    sessions: async_sessionmaker[AsyncSession]
    tables: MessagingTables
    publisher: Publisher
    batch: int = BATCH
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: bool = False

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Relay until left; then make a last pass."""
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(self.run())
            try:
                yield
            finally:
                self.stopping = True
                self.wake.set()
                _, late = await asyncio.wait({running}, timeout=_GRACE)
                for task in late:
                    task.cancel()

    async def run(self) -> None:
        """Relay until cancelled, or until ``stopping`` is set and one more pass is made."""
        rest = _MIN_REST
        last = False
        while not last:
            self.wake.clear()
            last = self.stopping
            try:
                taken = await self.once()
            except Exception as error:  # noqa: BLE001 - logged; the rows are still there
                self._complain(error)
                taken, rest = 0, _MAX_REST
            if taken == self.batch or last:
                continue
            rest = _MIN_REST if taken else min(rest * 2, _MAX_REST)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(rest * random.uniform(0.8, 1.2)):  # noqa: S311 - jitter
                    await self.wake.wait()

    def _complain(self, error: Exception) -> None:
        if is_outage(error):
            _log.warning("nothing can be sent", reason=repr(error))
        else:
            _log.error("relay failed", exc_info=error)

    async def once(self) -> int:
        """Send one batch; gives how many rows it took: those confirmed are deleted."""
        outbox = self.tables.outbox
        columns = [outbox.c[name] for name in Outgoing.__dataclass_fields__]
        query = (
            select(*columns)
            .where(outbox.c.available_at <= func.now())
            .order_by(outbox.c.id)
            .limit(self.batch)
            .with_for_update(skip_locked=True)
        )
        async with self.sessions() as session, session.begin():
            rows = [Outgoing(*row) for row in (await session.execute(query)).all()]
            if not rows:
                return 0
            await fault_point("relay.before_publish")
            with sending([row.exchange for row in rows], [row.traceparent for row in rows]):
                failed = await self.publisher.publish(rows)
            await fault_point("relay.after_confirm")
            sent = [row.id for row in rows if row.id not in failed]
            if sent:
                await session.execute(delete(outbox).where(outbox.c.id == func.any(sent)))
            if failed:
                await self._put_off(session, failed)
            return len(rows)

    async def _put_off(self, session: AsyncSession, failed: Mapping[int, Exception]) -> None:
        outbox = self.tables.outbox
        for reason in {repr(error) for error in failed.values()}:
            _log.warning("not sent", reason=reason)
        statement = (
            update(outbox)
            .where(outbox.c.id == bindparam("row"))
            .values(
                tries=outbox.c.tries + 1,
                last_error=bindparam("reason"),
                available_at=func.now()
                + timedelta(seconds=1)
                * func.least(func.power(2, func.least(outbox.c.tries, 6)), _LONGEST_REST),
            )
        )
        connection = await session.connection()
        await connection.execute(
            statement, [{"row": id_, "reason": repr(error)} for id_, error in failed.items()]
        )
