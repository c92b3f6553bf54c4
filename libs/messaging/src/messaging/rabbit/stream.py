"""Reads a stream: what was published before, from any place on, and what is published now.

Positions count from 1; RabbitMQ's offsets count from 0.
"""

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from aiormq.abc import DeliveredMessage

from messaging.failures import InfrastructureDown
from messaging.rabbit.link import Link

TIMEOUT = 10.0
"""Seconds for each request to the broker."""
PREFETCH = 400
"""Records that wait here for one reader."""
_CURSORS = 8
"""Places at which one process reads at the same time."""
_FIRST, _NEXT = 0.5, 0.1
"""Seconds in which the first record must come, and each further one, or there is none just now."""
_LOST = 10.0
"""Seconds after which a record that was read before and does not come again is gone for good."""
_EVER = datetime(1970, 1, 1, tzinfo=UTC)

Start = int | datetime | str
"""Behind a position, since a time, or RabbitMQ's ``first`` and ``last`` (its last few records)."""

_log = structlog.get_logger("messaging.rabbit")


@dataclass(frozen=True, slots=True)
class Entry:
    """A record of a stream.

    Attributes:
        position: From 1, without gaps.
        type: Of the message, or its routing key when its sender gave none.
    """

    position: int
    type: str
    body: bytes


class _Cursor:
    """Takes records off a stream from one place on.

    A cursor that goes on behind a position begins *at* it: that record coming again shows that the
    stream is still the same. When nothing comes, it may have been made anew.

    Attributes:
        start: Behind what it goes on.
    """

    def __init__(self, start: Start, arrived: Callable[[], None]) -> None:
        self.start = start
        self._after = start if isinstance(start, int) else 0
        self._arrived_at = arrived
        self._waiting: deque[DeliveredMessage] = deque()
        self._arrived = asyncio.Event()
        self._channel: AbstractChannel | None = None
        self._opened = 0.0
        self._proved = not self._after

    async def open(self, connection: AbstractConnection, stream: str) -> None:
        """Begin to read."""
        channel = self._channel = connection.channel(publisher_confirms=False)
        await channel.initialize(timeout=TIMEOUT)
        await channel.set_qos(PREFETCH, timeout=TIMEOUT)
        inner = await channel.get_underlay_channel()
        offset = _offset(self.start)
        self._opened = asyncio.get_running_loop().time()
        await inner.basic_consume(
            stream, self._arrive, arguments={"x-stream-offset": offset}, timeout=TIMEOUT
        )

    async def close(self) -> None:
        if self._channel is not None:
            with contextlib.suppress(TimeoutError, *CONNECTION_EXCEPTIONS):
                await self._channel.close()

    @property
    def is_closed(self) -> bool:
        return self._channel is None or self._channel.is_closed

    @property
    def is_lost(self) -> bool:
        """Whether the record that was read last is not there any more, and nothing behind it."""
        waited = asyncio.get_running_loop().time() - self._opened
        return not self._proved and not self._waiting and waited > _LOST

    async def take(self, limit: int) -> list[Entry]:
        """Take what is waiting, and let as many more come."""
        taken: list[Entry] = []
        last: DeliveredMessage | None = None
        while self._waiting and len(taken) < limit:
            last = self._waiting.popleft()
            entry = _entry(last)
            if not self._proved:
                self._proved = True
                if entry.position > self._after + 1:
                    _log.warning("records are gone", after=self._after, next=entry.position)
                elif entry.position == self._after:
                    continue
            taken.append(entry)
        if last is not None and last.delivery_tag is not None:
            await last.channel.basic_ack(last.delivery_tag, multiple=True, wait=False)
        if taken:
            self.start = taken[-1].position
        return taken

    async def wait(self, seconds: float) -> bool:
        """Wait until something is waiting; gives whether it is."""
        if not self._waiting:
            self._arrived.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._arrived.wait()
        return bool(self._waiting)

    async def _arrive(self, message: DeliveredMessage) -> None:
        self._waiting.append(message)
        self._arrived.set()
        self._arrived_at()


class Following:
    """Reads a stream at several places, over one connection that is opened again when lost.

    ``arrived`` is called when there is something to read.
    """

    def __init__(self, url: str, stream: str, arrived: Callable[[], None]) -> None:
        self._stream = stream
        self._arrived = arrived
        self._link = Link(url, f"{stream} reading", self._serve)
        self._connection: AbstractConnection | None = None
        self._cursors: OrderedDict[Start, _Cursor] = OrderedDict()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Keep the connection up until left."""
        async with self._link.running():
            yield

    async def read(self, start: int | datetime, limit: int) -> Sequence[Entry]:
        """Give what has come behind a position, or since a time, ``limit`` at most.

        The first time nothing has come yet; ask again when ``arrived`` was called. When the stream
        was made anew, it is read from its beginning: the positions are then not behind ``start``.

        Raises:
            InfrastructureDown: The broker cannot be reached.
        """
        try:
            cursor = self._cursors.pop(start, None)
            if cursor is None or cursor.is_closed:
                cursor = await self._open(start)
            elif cursor.is_lost:
                await cursor.close()
                cursor = await self._open_again(cursor.start)
            taken = await cursor.take(limit)
        except (TimeoutError, *CONNECTION_EXCEPTIONS) as error:
            raise InfrastructureDown(repr(error)) from error
        self._cursors[cursor.start] = cursor
        while len(self._cursors) > _CURSORS:
            _, oldest = self._cursors.popitem(last=False)
            await oldest.close()
        return taken

    async def _open(self, start: Start) -> _Cursor:
        if self._connection is None:
            raise InfrastructureDown("not connected to the broker")
        cursor = _Cursor(start, self._arrived)
        await cursor.open(self._connection, self._stream)
        return cursor

    async def _open_again(self, start: Start) -> _Cursor:
        """Begin behind a record that did not come, or at the beginning if it can never come."""
        newest = await self._open("last")
        found: list[Entry] = []
        patience = _FIRST
        while await newest.wait(patience):
            found += await newest.take(PREFETCH)
            patience = _NEXT
        await newest.close()
        if not isinstance(start, int) or not found or found[-1].position >= start:
            return await self._open(start)
        _log.error("the stream was made anew", stream=self._stream, after=start)
        cursor = await self._open("first")
        cursor.start = start
        return cursor

    @asynccontextmanager
    async def _serve(self, connection: AbstractConnection) -> AsyncGenerator[None]:
        self._connection = connection
        try:
            yield
        finally:
            self._connection = None
            self._cursors.clear()


async def read_once(url: str, stream: str, start: int | datetime, *, limit: int) -> Sequence[Entry]:
    """Read behind a position, or since a time, over a connection for this once.

    Nothing within half a second means that there is nothing just now.

    Raises:
        InfrastructureDown: The broker cannot be reached, or has no such stream.
    """
    cursor = _Cursor(start, lambda: None)
    found: list[Entry] = []
    try:
        async with await aio_pika.connect(url, timeout=TIMEOUT) as connection:
            await cursor.open(connection, stream)
            patience = _FIRST
            while len(found) < limit and await cursor.wait(patience):
                found += await cursor.take(limit - len(found))
                patience = _NEXT
    except (TimeoutError, *CONNECTION_EXCEPTIONS) as error:
        raise InfrastructureDown(repr(error)) from error
    return found


def _offset(start: Start) -> str | int | datetime:
    match start:
        case int():
            return start - 1 if start else "first"
        case datetime():
            return max(start, _EVER)
        case str():
            return start


def _entry(message: DeliveredMessage) -> Entry:
    properties = message.header.properties
    offset = (properties.headers or {}).get("x-stream-offset")
    if not isinstance(offset, int):
        raise TypeError("what came is no record of a stream")
    kind = properties.message_type or message.routing_key or ""
    return Entry(offset + 1, kind, message.body)
