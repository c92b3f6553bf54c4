"""One batch of messages on the wire, and its confirms.

Publishing is the largest cost of a message in Python, so this goes below aio-pika's ``publish``:
there every message is a task, three futures and a flush of its own; here a batch is one future and
a few writes. It keeps aiormq's own book of confirms (see ``wire.py``), as its ``basic_publish``
does; the tests show that confirms, rejections, returns and closed channels are told per message.
"""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

from aiormq.abc import ChannelFrame
from aiormq.exceptions import ChannelInvalidStateError
from pamqp import commands
from pamqp.body import ContentBody
from pamqp.frame import marshal
from pamqp.header import ContentHeader

from messaging.rabbit.wire import Wire
from messaging.transport import Outgoing

_CHUNK = 128 * 1024
"""Bytes handed to the connection at a time."""


class _Confirm:
    """Stands where aiormq expects a future."""

    __slots__ = ("_batch", "_row", "_settled")

    def __init__(self, batch: "Batch", row: Outgoing) -> None:
        self._batch = batch
        self._row = row
        self._settled = False

    def done(self) -> bool:
        return self._settled

    def cancelled(self) -> bool:
        return False

    def set_result(self, _: object) -> None:
        self._settled = True
        self._batch.settle(self._row, None)

    def set_exception(self, error: Exception) -> None:
        self._settled = True
        self._batch.settle(self._row, error)


class Batch:
    """Messages sent together on one channel.

    Attributes:
        waiting: The rows of which nothing is known yet, by ``Outgoing.id``.
        failed: The rows that the broker has refused or returned, each with its reason.
    """

    def __init__(self, channel: Wire, rows: Sequence[Outgoing]) -> None:
        self.waiting: set[int] = {row.id for row in rows}
        self.failed: dict[int, Exception] = {}
        self._channel = channel
        self._rows = rows
        self._all: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def send(self, seconds: float) -> Exception | None:
        """Send the rows and wait for their confirms.

        When it is cancelled the channel must not be used again: its count of messages may be wrong.

        Returns:
            None when every row is confirmed or in ``failed``; otherwise why some of them still
            wait: they may or may not have been received.
        """
        closing = self._channel.closing
        try:
            async with asyncio.timeout(seconds):
                async with self._channel.lock:
                    for chunk in self._chunks():
                        await self._channel.write_queue.put(chunk)
                await asyncio.wait({self._all, closing}, return_when=asyncio.FIRST_COMPLETED)
        except (TimeoutError, ChannelInvalidStateError) as error:
            return error
        if not self.waiting:
            closing.cancel()
            return None
        reason = None if closing.cancelled() else closing.exception()
        return reason if isinstance(reason, Exception) else ConnectionError("channel closed")

    def settle(self, row: Outgoing, error: Exception | None) -> None:
        """Note what the broker said of one row."""
        self._channel.message_id_delivery_tag.pop(str(row.message_id), None)
        self.waiting.discard(row.id)
        if error is not None:
            self.failed[row.id] = error
        if not self.waiting and not self._all.done():
            self._all.set_result(None)

    def _chunks(self) -> Iterator[ChannelFrame]:
        chunk = bytearray()
        for row in self._rows:
            try:
                frames = self._frames(row)
            except (ValueError, TypeError, OverflowError) as error:
                self.settle(row, error)
                continue
            self._expect(row)
            chunk += frames
            if len(chunk) > _CHUNK:
                yield ChannelFrame(payload=bytes(chunk), should_close=False)
                chunk.clear()
        if chunk:
            yield ChannelFrame(payload=bytes(chunk), should_close=False)

    def _expect(self, row: Outgoing) -> None:
        channel = self._channel
        channel.delivery_tag += 1
        channel.confirmations[channel.delivery_tag] = _Confirm(self, row)
        channel.message_id_delivery_tag[str(row.message_id)] = channel.delivery_tag

    def _frames(self, row: Outgoing) -> bytes:
        number, most = self._channel.number, self._channel.max_content_size
        publish = commands.Basic.Publish(
            exchange=row.exchange, routing_key=row.routing_key, mandatory=True
        )
        header = ContentHeader(properties=_properties(row), body_size=len(row.body))
        parts = [marshal(publish, number), marshal(header, number)]
        parts += (
            marshal(ContentBody(row.body[start : start + most]), number)
            for start in range(0, len(row.body), most)
        )
        return b"".join(parts)


def _properties(row: Outgoing) -> commands.Basic.Properties:
    headers: dict[str, Any] = {"attempt": row.attempt}
    if row.traceparent is not None:
        headers["traceparent"] = row.traceparent
    return commands.Basic.Properties(
        content_type="application/json",
        delivery_mode=2,
        headers=headers,
        message_id=str(row.message_id),
        message_type=row.type,
        correlation_id=row.correlation_id,
        reply_to=row.reply_to,
    )
