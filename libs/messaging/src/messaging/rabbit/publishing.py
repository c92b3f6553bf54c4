"""Sends outbox rows and learns of each, separately, whether the broker has it.

One row that cannot be sent must not hurt the others, though an unknown exchange makes the broker
close the channel under all of them. So whatever is unknown after such an error is sent again, one
exchange at a time, each on a channel of its own; and an exchange that failed so is kept apart for a
while.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import cast

import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, ChannelNotFoundEntity

from messaging.failures import InfrastructureDown
from messaging.rabbit.batch import Batch
from messaging.rabbit.declare import declare_exchanges
from messaging.rabbit.wire import Wire
from messaging.transport import Outgoing

TIMEOUT = 10.0
"""Seconds a batch waits for its confirms; what is late counts as not sent, and is sent again."""
_APART = 30.0
"""Seconds an exchange is kept apart after it closed a channel."""

_log = structlog.get_logger("messaging.rabbit")


class RabbitPublisher:
    """Publishes with confirms on one channel; one batch at a time.

    ``restart`` is called when the connection does not answer any more.
    """

    def __init__(self, restart: Callable[[str], None]) -> None:
        self._restart = restart
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._one_at_a_time = asyncio.Lock()
        self._apart: dict[str, float] = {}

    @asynccontextmanager
    async def serving(self, connection: AbstractConnection) -> AsyncGenerator[None]:
        """Publish on this connection until left; it must have the exchanges."""
        self._connection, self._channel = connection, None
        try:
            yield
        finally:
            self._connection = self._channel = None

    async def publish(self, rows: Sequence[Outgoing]) -> Mapping[int, Exception]:
        """Send the rows; see ``messaging.transport.Publisher``."""
        async with self._one_at_a_time:
            if self._connection is None:
                raise InfrastructureDown("not connected to the broker")
            failed: dict[int, Exception] = {}
            for group in self._groups(rows):
                await self._send(group, failed)
            return failed

    def _groups(self, rows: Sequence[Outgoing]) -> Iterator[list[Outgoing]]:
        """Part the rows: no id twice in a group, as a returned message is known by its id."""
        now = time.monotonic()
        self._apart = {name: until for name, until in self._apart.items() if until > now}
        groups: dict[tuple[int, str], list[Outgoing]] = {(0, ""): []}
        seen: dict[object, int] = {}
        for row in rows:
            turn = seen[row.message_id] = seen.get(row.message_id, -1) + 1
            apart = row.exchange if row.exchange in self._apart else ""
            groups.setdefault((turn, apart), []).append(row)
        return (group for group in groups.values() if group)

    async def _send(self, rows: Sequence[Outgoing], failed: dict[int, Exception]) -> None:
        try:
            channel = await self._open()
        except (*CONNECTION_EXCEPTIONS, TimeoutError) as error:
            failed.update((row.id, InfrastructureDown(repr(error))) for row in rows)
            return
        batch = Batch(channel, rows)
        try:
            error = await batch.send(TIMEOUT)
        except BaseException:
            self._channel = None
            self._restart("publishing was interrupted")
            raise
        failed.update(batch.failed)
        if error is None:
            return
        await self._discard_channel(timed_out=isinstance(error, TimeoutError))
        unknown = [row for row in rows if row.id in batch.waiting]
        by_exchange: dict[str, list[Outgoing]] = {}
        for row in unknown:
            by_exchange.setdefault(row.exchange, []).append(row)
        if len(by_exchange) > 1 and not isinstance(error, TimeoutError):
            for group in by_exchange.values():
                await self._send(group, failed)
            return
        failed.update((row.id, error) for row in unknown)
        if isinstance(error, ChannelNotFoundEntity):
            await self._keep_apart(by_exchange)

    async def _open(self) -> Wire:
        if self._channel is None or self._channel.is_closed:
            if self._connection is None:
                raise InfrastructureDown("not connected to the broker")
            channel = self._connection.channel(publisher_confirms=True, on_return_raises=True)
            await channel.initialize(timeout=TIMEOUT)
            self._channel = channel
        return cast("Wire", await self._channel.get_underlay_channel())

    async def _discard_channel(self, *, timed_out: bool) -> None:
        """Forget the channel: a late confirm on it must not be taken for one of the next batch."""
        channel, self._channel = self._channel, None
        if timed_out:
            self._restart("the broker did not confirm in time")
        elif channel is not None:
            with contextlib.suppress(TimeoutError, *CONNECTION_EXCEPTIONS):
                async with asyncio.timeout(TIMEOUT):
                    await channel.close()

    async def _keep_apart(self, names: Mapping[str, object]) -> None:
        for name in names:
            _log.error("exchange missing", exchange=name)
            self._apart[name] = time.monotonic() + _APART
        if self._connection is not None:
            with contextlib.suppress(TimeoutError, *CONNECTION_EXCEPTIONS):
                await declare_exchanges(self._connection)
