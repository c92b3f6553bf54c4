"""Takes events from the archive to the queues of the endpoints that want them.

Each endpoint has a position of its own in the archive, so one that is behind, for it was full,
disabled or sent back, reads on from there while the others go on. Endpoints at the same position
are served together: in quiet times that is one read for all. Without an endpoint nothing is read.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from contracts.patterns import wanted
from messaging.delivery import Delivery as Message
from messaging.envelope import BadEnvelope, Envelope, decode
from messaging.failures import is_outage
from messaging.parking import park
from messaging.tables import MessagingTables
from messaging.topology import ARCHIVE
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from subscribers.domain.archive import Archive, ArchiveAway, Record
from subscribers.domain.endpoint import Endpoint
from subscribers.storage.queueing import Reader, enqueue, locked, readers

BATCH = 200
"""Events queued in one transaction."""
_EARLIER = timedelta(minutes=1)
"""How far before a time reading begins: the clocks of archive and writers may differ so much."""
_MIN_REST, _MAX_REST = 0.05, 2.0
"""Seconds between two looks; what this process archives or queues itself is seen at once."""

_log = structlog.get_logger("subscribers.pump")


@dataclass(slots=True)
class Pump:
    """Fills queues; any number may run beside each other.

    Attributes:
        queued: Called when something was queued.
        wake: Set it when something was archived, and the pump looks at once.
    """

    sessions: async_sessionmaker[AsyncSession]
    tables: MessagingTables
    archive: Archive
    queued: Callable[[], None] = lambda: None
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Fill queues until cancelled."""
        rest = _MIN_REST
        while True:
            self.wake.clear()
            try:
                moved = await self.once()
            except Exception as error:  # noqa: BLE001 - nothing may end this loop
                moved, rest = 0, _MAX_REST
                _report(error)
            if moved:
                rest = _MIN_REST
                continue
            rest = min(rest * 2, _MAX_REST)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(rest * random.uniform(0.8, 1.2)):  # noqa: S311 - jitter
                    await self.wake.wait()

    async def once(self) -> int:
        """Move every endpoint on by at most a batch; gives how many events were read."""
        async with self.sessions() as session:
            waiting = await readers(session)
        read = 0
        for start, group in _by_start(waiting).items():
            records = await self.archive.read(start, limit=BATCH)
            if records:
                # A stream that was made anew counts from 1 again.
                anew = isinstance(start, int) and records[0].position <= start
                await self._queue(group, records, anew=anew)
                read += len(records)
        return read

    async def _queue(
        self, group: Sequence[Reader], records: Sequence[Record], *, anew: bool
    ) -> None:
        async with self.sessions.begin() as session:
            served = await locked(session, group)
            if not served:
                return
            for endpoint in served:
                endpoint.replays += anew
            rows: list[dict[str, Any]] = []
            for record in records:
                if not any(wanted(endpoint.types, record.type) for endpoint in served):
                    continue
                try:
                    envelope = decode(record.body)
                except BadEnvelope as error:
                    # One record that nobody can read must hold nobody up (EV-4).
                    unread = Message(ARCHIVE, record.body, type=record.type)
                    await park(session, self.tables.parked, unread, error)
                    continue
                rows += _deliveries(served, record, envelope)
            await enqueue(session, rows, served, upto=records[-1].position, anew=anew)
        if rows:
            self.queued()


def _by_start(waiting: Iterable[Reader]) -> Mapping[int | datetime, Sequence[Reader]]:
    """Group those who read on from the same place; who has read nothing yet is one group."""
    groups: dict[int | datetime, list[Reader]] = {}
    new = [one for one in waiting if one.after is None]
    if new:
        groups[_earlier(min(one.since for one in new))] = new
    for one in waiting:
        if one.after is not None:
            groups.setdefault(one.after, []).append(one)
    return groups


def _earlier(time: datetime) -> datetime:
    try:
        return time - _EARLIER
    except OverflowError:
        return time


def _deliveries(
    served: Sequence[Endpoint], record: Record, envelope: Envelope
) -> list[dict[str, Any]]:
    return [
        {
            "endpoint_id": endpoint.endpoint_id,
            "replay": endpoint.replays,
            "position": record.position,
            "event_id": envelope.id,
            "type": envelope.type,
            "body": record.body,
        }
        for endpoint in served
        if endpoint.wants(envelope.type, envelope.time)
    ]


def _report(error: Exception) -> None:
    if isinstance(error, ArchiveAway) or is_outage(error):
        _log.warning("the archive cannot be read", error=str(error))
    else:
        _log.error("events could not be queued", exc_info=error)
