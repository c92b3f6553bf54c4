"""Hears of submitted orders as any other follower would: by the event on RabbitMQ.

So the load generator need not ask for each order again and again, which would show in what it
measures, and the time until SUBMITTED includes that the event was committed, sent and confirmed.
"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

_ENDINGS = ("orders.order-submitted.v1", "orders.order-returned.v1", "orders.order-cancelled.v1")
_WITHIN = 60.0


class NotSubmitted(Exception):
    """An order did not end as submitted; the figures would be worth nothing."""


class Endings:
    """How orders ended, and when that was heard."""

    def __init__(self) -> None:
        self._ended: dict[str, asyncio.Future[tuple[str, float, bytes]]] = {}

    async def submitted(self, order_id: str) -> float:
        """Wait for an order's end and give when it was heard, by ``time.perf_counter``.

        Raises:
            NotSubmitted: It ended otherwise, or not within a minute.
        """
        try:
            async with asyncio.timeout(_WITHIN):
                kind, heard, body = await self._of(order_id)
        except TimeoutError as error:
            raise NotSubmitted(f"order {order_id}: no end within {_WITHIN:.0f} s") from error
        finally:
            self._ended.pop(order_id, None)
        if kind != _ENDINGS[0]:
            raise NotSubmitted(f"order {order_id}: {kind}: {body.decode()}")
        return heard

    async def hear(self, message: AbstractIncomingMessage) -> None:
        """Note an event."""
        heard = time.perf_counter()
        answer = self._of(json.loads(message.body)["data"]["order_id"])
        if not answer.done():
            answer.set_result((message.routing_key or "", heard, message.body))

    def _of(self, order_id: str) -> "asyncio.Future[tuple[str, float, bytes]]":
        """Give the place of an order's end: the event may be here before the order's own id."""
        if order_id not in self._ended:
            self._ended[order_id] = asyncio.get_running_loop().create_future()
        return self._ended[order_id]


@asynccontextmanager
async def following(broker_url: str) -> AsyncGenerator[Endings]:
    """Follow the orders service until left; the services must have declared its exchange."""
    endings = Endings()
    async with (
        await aio_pika.connect(broker_url) as connection,
        connection.channel(publisher_confirms=False) as channel,
    ):
        queue = await channel.declare_queue("", exclusive=True)
        for kind in _ENDINGS:
            await queue.bind("evt.orders", kind)
        await queue.consume(endings.hear, no_ack=True)
        yield endings
