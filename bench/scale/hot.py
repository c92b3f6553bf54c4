"""One SKU that everybody wants: reservations as the orders service sends them, over RabbitMQ."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from contracts.catalog.commands import ReservationLine, ReserveStock
from contracts.values import OrderId, SiteId, Sku, SubmissionId, new_id
from messaging.envelope import Envelope, utc_now

from bench.http import Api

_WITHIN = 120.0
_REPLIES = "bench.replies"
_AT_ONCE = 100
"""Commands whose confirms are awaited together."""


@dataclass(frozen=True, slots=True)
class Rush:
    """What became of a rush on one SKU.

    Attributes:
        replies: Their number, by type.
        per_second: Replies, from the first command sent to the last reply heard.
    """

    replies: Mapping[str, int]
    per_second: float


class Rusher:
    """Sends reservations and hears the replies."""

    def __init__(self, channel: AbstractChannel) -> None:
        self._channel = channel
        self._heard = Counter[str]()
        self._missing = 0
        self._done = asyncio.Event()

    async def rush(self, sku: Sku, sites: Mapping[str, SiteId], reservations: int) -> Rush:
        """Reserve one unit so many times, each for an order of its own, over the sites in turn."""
        self._heard.clear()
        self._done.clear()
        self._missing = reservations
        commands = await self._channel.get_exchange("cmd.catalog", ensure=False)
        ids = list(sites.values())
        messages = [_reserve(sku, ids[number % len(ids)]) for number in range(reservations)]
        began = time.perf_counter()
        for start in range(0, reservations, _AT_ONCE):
            async with asyncio.TaskGroup() as tasks:
                for message in messages[start : start + _AT_ONCE]:
                    tasks.create_task(_send(commands, message))
        async with asyncio.timeout(_WITHIN):
            await self._done.wait()
        return Rush(dict(self._heard), reservations / (time.perf_counter() - began))

    async def hear(self, message: AbstractIncomingMessage) -> None:
        """Count a reply."""
        self._heard[json.loads(message.body)["type"]] += 1
        self._missing -= 1
        if not self._missing:
            self._done.set()


async def _send(exchange: aio_pika.abc.AbstractExchange, message: aio_pika.Message) -> None:
    await exchange.publish(message, ReserveStock.type)


def _reserve(sku: Sku, site_id: SiteId) -> aio_pika.Message:
    command = ReserveStock(
        submission_id=SubmissionId(new_id()),
        order_id=OrderId(uuid4()),
        site_id=site_id,
        lines=(ReservationLine(sku=sku, units=1),),
    )
    envelope = Envelope(
        id=new_id(),
        source="/tradecounter/bench",
        type=command.type,
        time=utc_now(),
        correlationid=str(command.submission_id),
        data=command.model_dump(mode="json", exclude_none=True),
    )
    return aio_pika.Message(
        envelope.encode(),
        message_id=str(envelope.id),
        type=command.type,
        correlation_id=envelope.correlationid,
        reply_to=_REPLIES,
        content_type="application/cloudevents+json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )


@asynccontextmanager
async def rushing(broker_url: str) -> AsyncGenerator[Rusher]:
    """Connect until left; replies come to a queue of our own."""
    async with (
        await aio_pika.connect(broker_url) as connection,
        connection.channel(publisher_confirms=True) as channel,
    ):
        rusher = Rusher(channel)
        exchange = await channel.declare_exchange("rpl.bench", "direct", durable=True)
        queue = await channel.declare_queue("", exclusive=True)
        await queue.bind(exchange, _REPLIES)
        await queue.consume(rusher.hear, no_ack=True)
        yield rusher
        await exchange.delete()


async def lay(catalog: Api, location: str, sku: Sku, units: int) -> None:
    """Put units of a product where they are wanted."""
    body = {"location": location, "reason": "rush", "lines": [{"sku": sku, "change": units}]}
    await catalog.post("/api/catalog/v1/stock-adjustments", body, uuid4())
