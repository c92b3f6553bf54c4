"""Takes what transactions left in the outbox to the broker, in batches, until each is confirmed."""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

import structlog
from sqlalchemy import BigInteger, Integer, Table, Text, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.complaints import Complaints
from messaging.direct import Direct, Driver, driver_of
from messaging.failures import is_outage
from messaging.faults import fault_point
from messaging.tables import MessagingTables
from messaging.tracing import sending
from messaging.transport import Outgoing, Publisher

BATCH = 100
_REST = 1.0
"""Seconds between two looks that nobody asked for: whoever commits messages wakes the relay of its
own process, so what such a look finds was put off, or left by a process that is gone."""
_GRACE = 20.0
"""Seconds a batch under way gets when the process leaves."""
_LONGEST_REST = 60
"""Seconds a row rests at most after failed publishings; the rest doubles from one second."""

_log = structlog.get_logger("messaging.relay")


@dataclass(slots=True)
class Relay:
    """Empties one service's outbox; any number may run beside each other.

    Attributes:
        engine: Of the service's database; one connection is used.
        wake: Set it after a commit, and the relay looks at once instead of at its next poll.
        stopping: Set by ``running`` when it is left.
    """

    engine: AsyncEngine
    tables: MessagingTables
    publisher: Publisher
    batch: int = BATCH
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: bool = False
    _complaints: Complaints = field(default_factory=Complaints)

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
        last = False
        while not last:
            self.wake.clear()
            last = self.stopping
            try:
                taken = await self.once()
            except Exception as error:  # noqa: BLE001 - logged; the rows are still there
                self._complain(error)
                taken = 0
            else:
                self._complaints.settle()
            if taken == self.batch or last:
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_REST * random.uniform(0.8, 1.2)):  # noqa: S311 - jitter
                    await self.wake.wait()

    def _complain(self, error: Exception) -> None:
        if is_outage(error):
            if self._complaints.is_due(repr(error)):
                _log.warning("nothing can be sent", reason=repr(error))
        else:
            _log.error("relay failed", exc_info=error)

    async def once(self) -> int:
        """Send one batch; gives how many rows it took: those confirmed are deleted."""
        statements = _statements(self.tables.outbox)
        async with self.engine.connect() as connection:
            driver = await driver_of(connection)
            async with driver.transaction():
                taken = await statements.take.fetch(driver, {"at_most": self.batch})
                rows = [Outgoing(**row) for row in taken]
                if rows:
                    await self._send(rows, driver, statements)
                return len(rows)

    async def _send(
        self, rows: Sequence[Outgoing], driver: Driver, statements: "_Statements"
    ) -> None:
        await fault_point("relay.before_publish")
        with sending([row.exchange for row in rows], [row.traceparent for row in rows]):
            failed = await self.publisher.publish(rows)
        await fault_point("relay.after_confirm")
        sent = [row.id for row in rows if row.id not in failed]
        if sent:
            await statements.delete.fetch(driver, {"sent": sent})
        if failed:
            reasons = {id_: repr(error) for id_, error in failed.items()}
            for reason in set(reasons.values()):
                _log.warning("not sent", reason=reason)
            put_off = [{"row": id_, "reason": reason} for id_, reason in reasons.items()]
            await statements.put_off.run_many(driver, put_off)


@dataclass(frozen=True, slots=True)
class _Statements:
    take: Direct
    delete: Direct
    put_off: Direct


@cache
def _statements(outbox: Table) -> _Statements:
    columns = [outbox.c[name] for name in Outgoing.__dataclass_fields__]
    later = func.least(func.power(2, func.least(outbox.c.tries, 6)), _LONGEST_REST)
    return _Statements(
        take=Direct(
            select(*columns)
            .where(outbox.c.available_at <= func.now())
            .order_by(outbox.c.id)
            .limit(bindparam("at_most", type_=Integer))
            .with_for_update(skip_locked=True)
        ),
        delete=Direct(
            delete(outbox).where(
                outbox.c.id == func.any(bindparam("sent", type_=ARRAY(BigInteger)))
            )
        ),
        put_off=Direct(
            update(outbox)
            .where(outbox.c.id == bindparam("row", type_=BigInteger))
            .values(
                tries=outbox.c.tries + 1,
                last_error=bindparam("reason", type_=Text),
                available_at=func.now() + timedelta(seconds=1) * later,
            )
        ),
    )
