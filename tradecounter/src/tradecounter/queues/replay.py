"""Puts events of the archive into one subscriber's queue again."""

from collections.abc import Callable, Sequence
from datetime import datetime

import aio_pika
from contracts.patterns import Pattern, wanted
from messaging.envelope import BadEnvelope, decode
from messaging.rabbit.stream import Entry, read_once
from messaging.topology import ARCHIVE

PAGE = 500
REPLAYED = "replayed"
"""The header that tells a replayed event from a new one; its id is the same."""


async def replay(
    broker_url: str,
    queue: str,
    patterns: Sequence[Pattern],
    start: int | datetime,
    progress: Callable[[int], None],
) -> int:
    """Send again what stands behind a position, or has happened since a time; gives how many.

    It ends with what is newest when it gets there. ``progress`` is told how many were sent.

    Raises:
        InfrastructureDown: The broker cannot be reached; those before are sent.
    """
    at, sent = start, 0
    async with await aio_pika.connect(broker_url) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        while entries := await read_once(broker_url, ARCHIVE, at, limit=PAGE):
            for entry in entries:
                message = _message(entry, patterns, start)
                if message is not None:
                    await channel.default_exchange.publish(message, queue)
                    sent += 1
            at = entries[-1].position
            progress(sent)
    return sent


def _message(
    entry: Entry, patterns: Sequence[Pattern], start: int | datetime
) -> aio_pika.Message | None:
    if not wanted(patterns, entry.type):
        return None
    try:
        envelope = decode(entry.body)
    except BadEnvelope:
        return None  # nobody can read it; the archive's list shows it
    if isinstance(start, datetime) and envelope.time < start:
        return None
    return aio_pika.Message(
        entry.body,
        content_type="application/json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=str(envelope.id),
        type=envelope.type,
        headers={REPLAYED: True},
    )
