"""Takes deliveries off queues and hands them to consumers in batches.

A callback of the client library is cancelled when its channel closes, so it only puts the delivery
into a local queue; a worker outside of any channel handles what is waiting and acknowledges it at
once. When the channel is gone by then, the broker delivers again and the inbox knows it.
"""

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable
from typing import cast
from uuid import UUID

import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from aiormq.abc import AbstractChannel as Channel
from aiormq.abc import DeliveredMessage

from messaging.complaints import Complaints
from messaging.consumer import Consumer
from messaging.delivery import Delivery
from messaging.failures import is_outage
from messaging.rabbit.declare import dead_letters
from messaging.rabbit.wire import Wire

TIMEOUT = 10.0
"""Seconds for each request to the broker."""
_SHORTEST_REST, _LONGEST_REST = 0.2, 2.0
"""Seconds between two attempts while the database is away; each probes with one message."""

_log = structlog.get_logger("messaging.rabbit")


class QueueWorker:
    """Handles the deliveries of one queue, or of its dead-letter queue.

    Attributes:
        queue: The queue it takes from.
        problem: Why it makes no progress; none when it does.
    """

    def __init__(
        self, consumer: Consumer, *, prefetch: int, batch: int, dead: bool = False
    ) -> None:
        self.queue = dead_letters(consumer.queue) if dead else consumer.queue
        self.problem: str | None = None
        self._consumer = consumer
        self._prefetch = prefetch
        self._batch = batch
        self._dead = dead
        self._waiting: deque[DeliveredMessage] = deque()
        self._arrived = asyncio.Event()
        self._leaving = False
        self._complaints = Complaints()
        self._channel: AbstractChannel | None = None
        self._tag: str | None = None

    async def attach(self, connection: AbstractConnection, lost: Callable[[str], None]) -> None:
        """Consume on a channel of its own, so that acknowledging several at once is safe.

        ``lost`` is called when the broker closes the channel or cancels the consumer.
        """
        self._waiting.clear()
        channel = self._channel = connection.channel(publisher_confirms=False)
        await channel.initialize(timeout=TIMEOUT)
        await channel.set_qos(self._prefetch, timeout=TIMEOUT)

        def on_close(_: object, error: BaseException | None) -> None:
            lost(f"channel of {self.queue} closed: {error!r}")

        channel.close_callbacks.add(on_close)
        inner = await channel.get_underlay_channel()
        inner.on_consumer_cancel_callbacks.add(lambda _: lost(f"{self.queue} was deleted"))
        started = await inner.basic_consume(self.queue, self._arrive, timeout=TIMEOUT)
        self._tag = started.consumer_tag

    async def run(self) -> None:
        """Handle what arrives until ``leave`` is called."""
        while not self._leaving:
            if not self._waiting:
                self._arrived.clear()
                await self._arrived.wait()
                continue
            await self._settle(self._take())

    async def leave(self) -> None:
        """Start nothing more; what is not started goes back to the broker with the channel."""
        self._leaving = True
        self._waiting.clear()
        self._arrived.set()
        if self._channel is not None and self._tag is not None and not self._channel.is_closed:
            with contextlib.suppress(TimeoutError, *CONNECTION_EXCEPTIONS):
                inner = await self._channel.get_underlay_channel()
                await inner.basic_cancel(self._tag, timeout=TIMEOUT)
        self._waiting.clear()

    async def is_consuming(self, connection: AbstractConnection) -> bool:
        """Ask the broker whether it still knows a consumer of the queue."""
        if self._channel is None or self._channel.is_closed:
            return False
        inner = cast("Wire", await self._channel.get_underlay_channel())
        if self._tag not in inner.consumers:
            return False
        async with connection.channel(publisher_confirms=False) as channel:
            own = await channel.get_underlay_channel()
            known = await own.queue_declare(self.queue, passive=True, timeout=TIMEOUT)
            return bool(known.consumer_count)

    async def _arrive(self, message: DeliveredMessage) -> None:
        if not self._leaving:
            self._waiting.append(message)
            self._arrived.set()

    def _take(self) -> list[DeliveredMessage]:
        """Take what is waiting, up to a batch, all of one channel."""
        taken = [self._waiting.popleft()]
        while (
            self._waiting
            and len(taken) < self._batch
            and self._waiting[0].channel is taken[0].channel
        ):
            taken.append(self._waiting.popleft())
        return taken

    async def _settle(self, messages: list[DeliveredMessage]) -> None:
        """Handle and acknowledge; while the infrastructure is down, probe with one message."""
        pending = [self._delivery(message) for message in messages]
        channel, rest = messages[-1].channel, _SHORTEST_REST
        while pending and not self._leaving | channel.is_closed:
            part = pending if self.problem is None else pending[:1]
            try:
                await self._consumer.handle(part)
            except Exception as error:  # noqa: BLE001 - whatever it is, the messages stay
                self._pause(error)
                await self._rest(rest)
                rest = min(rest * 2, _LONGEST_REST)
            else:
                self.problem = None
                self._complaints.settle()
                pending = pending[len(part) :]
        if not pending:
            await _acknowledge(channel, messages[-1])

    def _pause(self, error: Exception) -> None:
        if is_outage(error):
            self.problem = f"{self.queue} waits for the database: {error}"
            if self._complaints.is_due(str(error)):
                _log.warning("paused", queue=self.queue, error=repr(error))
        else:
            self.problem = f"{self.queue}: {error!r}"
            _log.error("paused", queue=self.queue, exc_info=error)

    async def _rest(self, seconds: float) -> None:
        """Rest, but no longer than until it is time to leave."""
        until = asyncio.get_running_loop().time() + seconds * random.uniform(0.5, 1.0)  # noqa: S311
        while not self._leaving and (left := until - asyncio.get_running_loop().time()) > 0:
            self._arrived.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._arrived.wait()

    def _delivery(self, message: DeliveredMessage) -> Delivery:
        properties = message.header.properties
        headers = properties.headers or {}
        attempt = headers.get("attempt")
        return Delivery(
            queue=self._consumer.queue,
            body=message.body,
            message_id=_uuid(properties.message_id),
            type=properties.message_type,
            correlation_id=properties.correlation_id,
            reply_to=properties.reply_to,
            attempt=attempt if isinstance(attempt, int) else 0,
            deaths=str(headers.get("x-first-death-reason", "unknown")) if self._dead else None,
        )


async def _acknowledge(channel: Channel, last: DeliveredMessage) -> None:
    """Acknowledge everything up to ``last``; a dead channel has given it back already."""
    if last.delivery_tag is not None:
        with contextlib.suppress(TimeoutError, *CONNECTION_EXCEPTIONS):
            await channel.basic_ack(last.delivery_tag, multiple=True, wait=False)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
