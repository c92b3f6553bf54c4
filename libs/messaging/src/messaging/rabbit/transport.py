"""The transport over RabbitMQ: one connection for publishing, one for consuming."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import structlog
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from contracts.message import Question, Reply

from messaging.consumer import Consumer
from messaging.rabbit.asking import AT_ONCE, Asking, QuestionWorker
from messaging.rabbit.consuming import QueueWorker
from messaging.rabbit.declare import declare_exchanges, declare_queues
from messaging.rabbit.link import Link
from messaging.rabbit.publishing import RabbitPublisher
from messaging.topology import Queue
from messaging.transport import Answerer, Asker, Outgoing

PREFETCH = 100
"""Messages of one queue that one process holds."""
BATCH = 50
"""Messages handled in one transaction, at most."""
GRACE = 20.0
"""Seconds that running handlers get when the process leaves."""
WATCH = 10.0
"""Seconds between two checks that the broker still knows the consumers."""
_DEAD_AT_ONCE = 20

_log = structlog.get_logger("messaging.rabbit")


class RabbitTransport:
    """Connects one process of a service to RabbitMQ; an asynchronous context manager.

    It comes up whether or not the broker does; ``ready`` tells.
    """

    def __init__(
        self, url: str, service: str, *, prefetch: int = PREFETCH, batch: int = BATCH
    ) -> None:
        self._url = url
        self._service = service
        self._prefetch = prefetch
        self._batch = batch
        self._asking = Asking()
        self._publishing = Link(url, f"{service} publishing", self._serve_publishing)
        self._publisher = RabbitPublisher(self._publishing.restart)
        self._running = AsyncExitStack()
        self._links: list[Link] = [self._publishing]
        self._workers: list[QueueWorker] = []

    async def __aenter__(self) -> Self:
        await self._running.enter_async_context(self._publishing.running())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._running.__aexit__(kind, error, trace)

    async def publish(self, rows: Sequence[Outgoing]) -> Mapping[int, Exception]:
        """Send the rows; see ``messaging.transport.Publisher``."""
        return await self._publisher.publish(rows)

    def asker(self, service: str) -> Asker:
        """Give what puts questions on behalf of ``service``."""
        return _RabbitAsker(self._asking, service)

    @property
    def ready(self) -> str | None:
        """Say why messages cannot flow just now; none when they can."""
        parts = [*self._links, *self._workers]
        return next((part.problem for part in parts if part.problem is not None), None)

    @asynccontextmanager
    async def consuming(
        self, consumers: Sequence[Consumer], answerer: Answerer | None
    ) -> AsyncGenerator[None]:
        """Deliver to these consumers, and questions to the answerer, until left."""
        workers = [
            QueueWorker(consumer, prefetch=self._prefetch, batch=self._batch)
            for consumer in consumers
        ]
        workers += [
            QueueWorker(consumer, prefetch=_DEAD_AT_ONCE, batch=_DEAD_AT_ONCE, dead=True)
            for consumer in consumers
        ]
        asked = QuestionWorker(self._service, answerer, self._asking) if answerer else None
        queues = [Queue(consumer.queue, consumer.bindings) for consumer in consumers]
        serving = _Consuming(queues, workers, asked)
        link = serving.link = Link(self._url, f"{self._service} consuming", serving.serve)
        self._links.append(link)
        self._workers += workers
        try:
            async with link.running(), asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(worker.run()) for worker in workers]
                if asked is not None:
                    running += [tasks.create_task(asked.run()) for _ in range(AT_ONCE)]
                try:
                    yield
                finally:
                    await serving.leave(running)
        finally:
            self._links.remove(link)
            self._workers = [worker for worker in self._workers if worker not in workers]

    @asynccontextmanager
    async def _serve_publishing(self, connection: AbstractConnection) -> AsyncGenerator[None]:
        await declare_exchanges(connection)
        async with self._publisher.serving(connection), self._asking.serving(connection):
            yield


class _Consuming:
    """Serves one consuming connection after the other."""

    link: Link

    def __init__(
        self, queues: Sequence[Queue], workers: Sequence[QueueWorker], asked: QuestionWorker | None
    ) -> None:
        self._queues = queues
        self._workers = workers
        self._asked = asked

    @asynccontextmanager
    async def serve(self, connection: AbstractConnection) -> AsyncGenerator[None]:
        await declare_exchanges(connection)
        await declare_queues(connection, self._queues)
        for worker in self._workers:
            await worker.attach(connection, self.link.restart)
        if self._asked is not None:
            await self._asked.attach(connection, self.link.restart)
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(self._watch(connection))
            try:
                yield
            finally:
                watching.cancel()

    async def leave(self, running: Sequence[asyncio.Task[None]]) -> None:
        """Start nothing more, and wait for what is running."""
        for worker in self._workers:
            await worker.leave()
        if self._asked is not None:
            await self._asked.leave()
        if running:
            _, late = await asyncio.wait(running, timeout=GRACE)
            for task in late:
                _log.error("handler did not end in time")
                task.cancel()

    async def _watch(self, connection: AbstractConnection) -> None:
        """Restart when the broker no longer knows one of the consumers."""
        while True:
            await asyncio.sleep(WATCH)
            for worker in self._workers:
                try:
                    consuming = await worker.is_consuming(connection)
                except (TimeoutError, *CONNECTION_EXCEPTIONS):
                    consuming = False
                if not consuming:
                    self.link.restart(f"no consumer on {worker.queue}")
                    return


@dataclass(frozen=True, slots=True)
class _RabbitAsker:
    asking: Asking
    service: str

    async def ask(self, question: Question, *, timeout: float = 5.0) -> Reply:  # noqa: ASYNC109
        return await self.asking.ask(self.service, question, timeout)
