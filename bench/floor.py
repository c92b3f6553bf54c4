"""The floor: what an order's durable commits and confirmed messages cost without any of our code.

Each order inserts a row and commits, so often as an order of the one-call path does; then as many
messages go to a quorum queue, with confirms, and come back from it. Bare asyncpg and aio-pika.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractIncomingMessage, AbstractQueue

from bench.counts import Counts
from bench.postgres import Connection, connected

BODY = b"." * 1000
"""About as much as one of our messages has."""
_BATCH = 100
"""Messages whose confirms are awaited together, at most; as our relay does."""
_PREFETCH = 100
_ACK_EVERY = 20
_WITHIN = 60.0
"""Seconds in which an order's messages must have come back."""
_QUEUE = "bench.floor"


class Floor:
    """Commits and sends; ``per_order`` says how much, and may be changed between two parts."""

    def __init__(self, idle: "asyncio.Queue[Connection]", exchange: AbstractExchange) -> None:
        self.per_order = Counts(0, 0)
        self._idle = idle
        self._exchange = exchange
        self._to_send: asyncio.Queue[str] = asyncio.Queue()
        self._missing: dict[str, int] = {}
        self._returned: dict[str, asyncio.Future[None]] = {}
        self._unacknowledged = 0

    async def place(self, number: int) -> None:
        """Do what one order costs; returns when its last message has come back."""
        connection = await self._idle.get()
        try:
            for _ in range(_share(self.per_order.commits, number)):
                await connection.execute("INSERT INTO written (body) VALUES ($1)", BODY)
        finally:
            self._idle.put_nowait(connection)
        messages = _share(self.per_order.messages, number)
        if messages:
            await self._send_and_wait(str(number), messages)

    async def settled(self) -> bool:
        """Tell whether nothing is under way."""
        return not self._missing

    async def sending(self) -> None:
        """Send what waits, a batch at a time, until cancelled."""
        while True:
            batch = [await self._to_send.get()]
            while len(batch) < _BATCH and not self._to_send.empty():
                batch.append(self._to_send.get_nowait())
            async with asyncio.TaskGroup() as tasks:
                for order in batch:
                    tasks.create_task(self._publish(order))

    async def receive(self, message: AbstractIncomingMessage) -> None:
        """Take a message back."""
        order = message.message_id or ""
        self._missing[order] -= 1
        if not self._missing[order]:
            del self._missing[order]
            self._returned.pop(order).set_result(None)
        self._unacknowledged += 1
        if self._unacknowledged == _ACK_EVERY or not self._missing:
            self._unacknowledged = 0
            await message.ack(multiple=True)

    async def _send_and_wait(self, order: str, messages: int) -> None:
        self._missing[order] = messages
        returned = self._returned[order] = asyncio.get_running_loop().create_future()
        for _ in range(messages):
            self._to_send.put_nowait(order)
        async with asyncio.timeout(_WITHIN):
            await returned

    async def _publish(self, order: str) -> None:
        message = aio_pika.Message(
            BODY,
            message_id=order,
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        await self._exchange.publish(message, _QUEUE)


def _share(per_order: float, number: int) -> int:
    """Give the order of this number its whole part, so that all together have the right sum."""
    return int((number + 1) * per_order) - int(number * per_order)


@asynccontextmanager
async def floor(database_url: str, broker_url: str, connections: int) -> AsyncGenerator[Floor]:
    """Connect to both servers, and leave nothing on the broker."""
    async with AsyncExitStack() as stack:
        idle: asyncio.Queue[Connection] = asyncio.Queue()
        for _ in range(connections):
            idle.put_nowait(await stack.enter_async_context(connected(database_url)))
        await _make_table(idle)
        async with (
            await aio_pika.connect(broker_url) as broker,
            broker.channel(publisher_confirms=True) as channel,
        ):
            measured = Floor(idle, channel.default_exchange)
            queue = await _make_queue(channel)
            tag = await queue.consume(measured.receive)
            async with asyncio.TaskGroup() as tasks:
                sending = tasks.create_task(measured.sending())
                try:
                    yield measured
                finally:
                    sending.cancel()
            await queue.cancel(tag)
            await queue.delete(if_unused=False, if_empty=False)


async def _make_table(idle: "asyncio.Queue[Connection]") -> None:
    connection = idle.get_nowait()
    await connection.execute(
        "CREATE TABLE written (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea)"
    )
    idle.put_nowait(connection)


async def _make_queue(channel: AbstractChannel) -> AbstractQueue:
    await channel.set_qos(_PREFETCH)
    return await channel.declare_queue(_QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
