"""Declares exchanges, queues and bindings; safe to repeat, and done at every connect.

Code gives only what can never change, the queue's type. Limits, dead-lettering and ages are
policies, see ``definitions.py``: a policy can be changed on a running broker.
"""

from collections.abc import Iterable

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection

from messaging.topology import DLX, Binding, Queue, archive, exchanges, questions_queue

_TIMEOUT = 10.0
"""Seconds for each declaration."""


def dead_letters(queue: str) -> str:
    """Name the queue of the messages that the broker gave up."""
    return f"{queue}.dlq"


async def declare_exchanges(connection: AbstractConnection) -> None:
    """Declare every exchange, and the archive, which makes every event routable."""
    async with connection.channel(publisher_confirms=False) as channel:
        for name, kind in exchanges().items():
            await channel.declare_exchange(name, kind, durable=True, timeout=_TIMEOUT)
        await _declare(channel, archive(), "stream")


async def declare_queues(connection: AbstractConnection, queues: Iterable[Queue]) -> None:
    """Declare queues, each with its dead-letter queue; their exchanges must be there."""
    async with connection.channel(publisher_confirms=False) as channel:
        for queue in queues:
            dead = Queue(dead_letters(queue.name), (Binding(DLX, queue.name),))
            await _declare(channel, dead, "quorum")
            await _declare(channel, queue, "quorum")


async def declare_questions(channel: AbstractChannel, service: str) -> None:
    """Declare the queue of questions: they are transient, the queue is durable."""
    await _declare(channel, Queue(questions_queue(service), ()), "classic")


async def bootstrap(url: str, queues: Iterable[Queue]) -> None:
    """Declare everything before any service starts, so that no event is missed by a late one."""
    async with await aio_pika.connect(url, timeout=_TIMEOUT) as connection:
        await declare_exchanges(connection)
        await declare_queues(connection, queues)


async def _declare(channel: AbstractChannel, queue: Queue, kind: str) -> None:
    declared = await channel.declare_queue(
        queue.name, durable=True, arguments={"x-queue-type": kind}, timeout=_TIMEOUT
    )
    for binding in queue.bindings:
        await declared.bind(binding.exchange, binding.key, timeout=_TIMEOUT)
