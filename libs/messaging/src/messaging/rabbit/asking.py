"""Questions and answers between services, over queues that lose both when they are late.

A question goes to the queue ``<service>.questions`` and expires there after its time-out; the
answer comes to a queue of the asker's own, which the broker deletes with the connection. Neither
is stored or confirmed: the asker waits, at most for the time-out.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import cast

import structlog
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from aiormq.abc import DeliveredMessage
from aiormq.channel import Channel
from contracts.message import Question, Reply
from pamqp.commands import Basic

from messaging.answering import question_envelope, reply_of
from messaging.rabbit.declare import declare_questions
from messaging.topology import questions_queue
from messaging.transport import Answerer, Unanswered

TIMEOUT = 10.0
"""Seconds for each request to the broker."""
AT_ONCE = 8
"""Questions that one process answers at the same time."""
_HELD = 64
"""Questions that one process holds and has not answered."""

_log = structlog.get_logger("messaging.rabbit")


class Asking:
    """Sends questions and answers on one connection, and hears the answers to its questions."""

    def __init__(self) -> None:
        self._channel: Channel | None = None
        self._reply_queue = ""
        self._open: dict[str, asyncio.Future[bytes]] = {}

    @asynccontextmanager
    async def serving(self, connection: AbstractConnection) -> AsyncGenerator[None]:
        """Ask and answer on this connection until left."""
        async with connection.channel(publisher_confirms=False) as outer:
            channel = cast("Channel", await outer.get_underlay_channel())
            declared = await channel.queue_declare("", exclusive=True, timeout=TIMEOUT)
            self._reply_queue = str(declared.queue)
            await channel.basic_consume(self._reply_queue, self._hear, no_ack=True, timeout=TIMEOUT)
            self._channel = channel
            try:
                yield
            finally:
                self._channel = None

    async def ask(self, asker: str, question: Question, seconds: float) -> Reply:
        """Put a question and wait for the reply; see ``messaging.transport.Asker``."""
        channel, owner = self._channel, question.owner()
        if channel is None:
            raise Unanswered(owner)
        envelope = question_envelope(asker, question, seconds)
        key = str(envelope.id)
        properties = Basic.Properties(
            content_type="application/json",
            delivery_mode=1,
            expiration=str(int(seconds * 1000)),
            message_id=key,
            message_type=envelope.type,
            correlation_id=key,
            reply_to=self._reply_queue,
        )
        answer = self._open[key] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await channel.basic_publish(
                    envelope.encode(),
                    routing_key=questions_queue(owner),
                    properties=properties,
                    wait=False,
                )
                return reply_of(await answer, owner)
        except (TimeoutError, *CONNECTION_EXCEPTIONS) as error:
            raise Unanswered(owner) from error
        finally:
            del self._open[key]

    async def answer(self, question: DeliveredMessage, body: bytes) -> None:
        """Send an answer to whoever asked; an asker that is gone does not get it."""
        asked = question.header.properties
        if self._channel is None or not asked.reply_to:
            return
        properties = Basic.Properties(
            content_type="application/json", delivery_mode=1, correlation_id=asked.correlation_id
        )
        with contextlib.suppress(*CONNECTION_EXCEPTIONS):
            await self._channel.basic_publish(
                body, routing_key=asked.reply_to, properties=properties, wait=False
            )

    async def _hear(self, message: DeliveredMessage) -> None:
        answer = self._open.get(message.header.properties.correlation_id or "")
        if answer is not None and not answer.done():
            answer.set_result(message.body)


class QuestionWorker:
    """Answers the questions put to one service."""

    def __init__(self, service: str, answerer: Answerer, asking: Asking) -> None:
        self._service = service
        self._answerer = answerer
        self._asking = asking
        self._waiting: deque[tuple[float, DeliveredMessage]] = deque()
        self._arrived = asyncio.Condition()
        self._leaving = False

    async def attach(self, connection: AbstractConnection, lost: Callable[[str], None]) -> None:
        """Take questions on a channel of its own, which lives as long as the connection."""
        self._waiting.clear()
        outer = connection.channel(publisher_confirms=False)
        await outer.initialize(timeout=TIMEOUT)
        await declare_questions(outer, self._service)
        await outer.set_qos(_HELD, timeout=TIMEOUT)

        def on_close(_: object, error: BaseException | None) -> None:
            lost(f"channel of questions closed: {error!r}")

        outer.close_callbacks.add(on_close)
        channel = await outer.get_underlay_channel()
        channel.on_consumer_cancel_callbacks.add(lambda _: lost("questions' queue was deleted"))
        name = questions_queue(self._service)
        await channel.basic_consume(name, self._arrive, timeout=TIMEOUT)

    async def run(self) -> None:
        """Answer questions in turn until ``leave`` is called; run it ``AT_ONCE`` times."""
        while True:
            async with self._arrived:
                await self._arrived.wait_for(lambda: self._waiting or self._leaving)
                if self._leaving:
                    return
                expires, message = self._waiting.popleft()
            if time.monotonic() < expires:
                try:
                    body = await self._answerer.answer(message.body)
                    await self._asking.answer(message, body)
                except Exception:  # noqa: BLE001 - the asker gives up in time
                    _log.exception("question not answered", service=self._service)
            await _done(message)

    async def leave(self) -> None:
        """Start nothing more."""
        async with self._arrived:
            self._leaving = True
            self._arrived.notify_all()

    async def _arrive(self, message: DeliveredMessage) -> None:
        left = message.header.properties.expiration
        seconds = int(left) / 1000 if left and left.isdigit() else TIMEOUT
        async with self._arrived:
            self._waiting.append((time.monotonic() + seconds, message))
            self._arrived.notify()


async def _done(message: DeliveredMessage) -> None:
    if message.delivery_tag is not None:
        with contextlib.suppress(*CONNECTION_EXCEPTIONS):
            await message.channel.basic_ack(message.delivery_tag, wait=False)
