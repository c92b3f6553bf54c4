"""The transport within one process: no broker, and no less safe.

The outbox stays the queue. A row is delivered to every consumer that its message concerns, and is
safe only when each has committed its effect, put the message off, or parked it. A process that is
killed before that finds the row in its outbox again; the inboxes drop what was done already.

A consumer that is not there yet, or cannot reach its database, keeps the row in its sender's
outbox. It is therefore essential that the hub knows every service's queues from the beginning: an
event that no known queue wants is done with.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from contracts.message import Question, Reply

from messaging.answering import question_envelope, reply_of
from messaging.consumer import Consumer
from messaging.delivery import Delivery
from messaging.failures import InfrastructureDown, MessagingError, is_outage
from messaging.topology import EVERYTHING, Queue
from messaging.transport import Answerer, Asker, Outgoing, Unanswered

BATCH = 50
"""Messages handled in one transaction, at most."""


class Unroutable(MessagingError):
    """No queue takes the message."""


@dataclass(slots=True)
class _Seat:
    """A consumer that is there, and how many batches it is handling."""

    consumer: Consumer
    running: int = 0
    leaving: bool = False
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, batch: Sequence[Delivery]) -> None:
        if self.leaving:
            raise InfrastructureDown(f"{self.consumer.queue} is leaving")
        self.running += 1
        self.idle.clear()
        try:
            await self.consumer.handle(batch)
        finally:
            self.running -= 1
            if not self.running:
                self.idle.set()

    async def leave(self) -> None:
        self.leaving = True
        if self.running:
            await self.idle.wait()


class EmbeddedHub:
    """Where the services of one process meet.

    ``queues`` are those of every service that will ever be started. Bindings are exact here: the
    types that services follow; the only pattern is ``#``, everything of an exchange.
    """

    def __init__(self, queues: Iterable[Queue]) -> None:
        self._routes: dict[tuple[str, str], list[str]] = {}
        self._seats: dict[str, _Seat] = {}
        self._answerers: dict[str, Answerer] = {}
        for queue in queues:
            self._routes.setdefault(("", queue.name), []).append(queue.name)
            for binding in queue.bindings:
                route = (binding.exchange, binding.key)
                self._routes.setdefault(route, []).append(queue.name)

    async def deliver(self, rows: Sequence[Outgoing]) -> dict[int, Exception]:
        """Deliver the rows, to each queue in order; gives those that are not settled everywhere."""
        failed: dict[int, Exception] = {}
        queues: dict[str, list[Outgoing]] = {}
        for row in rows:
            names = [
                *self._routes.get((row.exchange, row.routing_key), ()),
                *self._routes.get((row.exchange, EVERYTHING), ()),
            ]
            if not names and not row.exchange.startswith("evt."):
                failed[row.id] = Unroutable(f"no queue takes {row.exchange} {row.routing_key}")
            for name in names:
                queues.setdefault(name, []).append(row)
        async with asyncio.TaskGroup() as tasks:
            for name, waiting in queues.items():
                tasks.create_task(self._fill(name, waiting, failed))
        return failed

    async def ask(self, asker: str, question: Question, seconds: float) -> Reply:
        """Put a question to its owner; see ``messaging.transport.Asker``."""
        owner = question.owner()
        answerer = self._answerers.get(owner)
        if answerer is None:
            raise Unanswered(owner)
        try:
            async with asyncio.timeout(seconds):
                body = question_envelope(asker, question, seconds).encode()
                return reply_of(await answerer.answer(body), owner)
        except TimeoutError as error:
            raise Unanswered(owner) from error

    @asynccontextmanager
    async def seated(
        self, service: str, consumers: Sequence[Consumer], answerer: Answerer | None
    ) -> AsyncGenerator[None]:
        """Have a service's consumers there until left; running batches are waited for."""
        seats = {consumer.queue: _Seat(consumer) for consumer in consumers}
        for name in seats:
            if ("", name) not in self._routes:
                raise ValueError(f"the hub was not told of {name}")
        self._seats |= seats
        if answerer is not None:
            self._answerers[service] = answerer
        try:
            yield
        finally:
            self._answerers.pop(service, None)
            for seat in seats.values():
                await seat.leave()
            for name in seats:
                del self._seats[name]

    async def _fill(
        self, queue: str, rows: Sequence[Outgoing], failed: dict[int, Exception]
    ) -> None:
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            seat = self._seats.get(queue)
            try:
                if seat is None:
                    raise InfrastructureDown(f"nobody takes {queue} just now")  # noqa: TRY301
                await seat.handle([_delivery(queue, row) for row in batch])
            except Exception as error:  # noqa: BLE001 - the rows stay where they are, with it
                late = rows[start:] if is_outage(error) else batch
                failed.update((row.id, error) for row in late)
                if is_outage(error):
                    return


class EmbeddedTransport:
    """Connects one service to the hub; an asynchronous context manager."""

    def __init__(self, hub: EmbeddedHub, service: str) -> None:
        self._hub = hub
        self._service = service

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is held."""

    async def publish(self, rows: Sequence[Outgoing]) -> Mapping[int, Exception]:
        """Deliver the rows; see ``messaging.transport.Publisher``."""
        return await self._hub.deliver(rows)

    @asynccontextmanager
    async def consuming(
        self, consumers: Sequence[Consumer], answerer: Answerer | None
    ) -> AsyncGenerator[None]:
        """Deliver to these consumers, and questions to the answerer, until left."""
        async with self._hub.seated(self._service, consumers, answerer):
            yield

    def asker(self, service: str) -> Asker:
        """Give what puts questions on behalf of ``service``."""
        return _EmbeddedAsker(self._hub, service)

    @property
    def ready(self) -> str | None:
        """Messages can always flow."""
        return None


@dataclass(frozen=True, slots=True)
class _EmbeddedAsker:
    hub: EmbeddedHub
    service: str

    async def ask(self, question: Question, *, timeout: float = 5.0) -> Reply:  # noqa: ASYNC109
        return await self.hub.ask(self.service, question, timeout)


def _delivery(queue: str, row: Outgoing) -> Delivery:
    return Delivery(
        queue=queue,
        body=row.body,
        message_id=row.message_id,
        type=row.type,
        correlation_id=row.correlation_id,
        reply_to=row.reply_to,
        attempt=row.attempt,
    )
