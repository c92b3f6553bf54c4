"""Everything that runs behind a service's API: consumers, relay, cleaning, its own loops."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Generic, Self, TypeVar

import structlog
from contracts.message import Question
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from messaging.answering import QuestionAnswerer
from messaging.consumer import Consumer, Handlers, Receiver, UnitOfWorkFactory
from messaging.failures import is_outage
from messaging.inbox import forget_old
from messaging.relay import Relay
from messaging.subscriptions import Subscriptions
from messaging.tables import MessagingTables
from messaging.topology import queues_of, replies_queue
from messaging.transport import Transport

U = TypeVar("U")
Loop = Callable[[], Awaitable[None]]
"""Runs until cancelled; a failure it lets out ends the worker."""

_CLEANING = 600.0
"""Seconds between two cleanings of the inbox."""
_FORGOTTEN_AT_ONCE = 1000

_log = structlog.get_logger("messaging.worker")


@dataclass(kw_only=True, eq=False)
class Worker(Generic[U]):
    """Works for one service while entered; leaving it finishes what is running.

    The order of leaving: no more deliveries, running handlers end, the loops are cancelled, the
    relay makes a last pass.

    Attributes:
        subscriptions: What the service handles.
        unit_of_work: Builds one for each transaction.
        sessions: Where messages are handled; ``tables`` are in that database.
        answering: Where questions are answered, but for errands; these sessions cannot write.
        transport: Entered by the caller before the worker, and left after it.
        relay: Sends what transactions have left; it is run here.
        saga: Receives the replies to the service's sagas.
        background: Loops of the service's own.
    """

    subscriptions: Subscriptions[U]
    unit_of_work: UnitOfWorkFactory[U]
    tables: MessagingTables
    sessions: async_sessionmaker[AsyncSession]
    answering: async_sessionmaker[AsyncSession]
    transport: Transport
    relay: Relay
    saga: Receiver | None = None
    background: Sequence[Loop] = ()
    _stack: AsyncExitStack | None = field(default=None, init=False)

    @property
    def ready(self) -> str | None:
        """Say why messages cannot flow just now; none when they can."""
        return self.transport.ready if self._stack else "not started"

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.relay.running())
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            loops = [tasks.create_task(_run(loop)) for loop in (self._clean, *self.background)]
            stack.callback(_cancel, loops)
            consuming = self.transport.consuming(self.consumers(), self._answerer())
            await stack.enter_async_context(consuming)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        stack, self._stack = self._stack, None
        if stack is not None:
            await stack.__aexit__(kind, error, trace)

    def consumers(self) -> list[Consumer]:
        """Give a consumer for each of the service's queues."""
        service = self.subscriptions.service
        handlers = Handlers(self.subscriptions, self.unit_of_work)
        replies = replies_queue(service)
        return [
            Consumer(
                service=service,
                queue=queue.name,
                receiver=self.saga if self.saga and queue.name == replies else handlers,
                sessions=self.sessions,
                tables=self.tables,
                committed=self.relay.wake.set,
                bindings=queue.bindings,
            )
            for queue in queues_of(self.subscriptions, sagas=self.saga is not None)
        ]

    def _answerer(self) -> QuestionAnswerer[U] | None:
        listed = self.subscriptions.by_type.values()
        if not any(issubclass(subscription.message, Question) for subscription in listed):
            return None
        return QuestionAnswerer(
            subscriptions=self.subscriptions,
            unit_of_work=self.unit_of_work,
            reading=self.answering,
            working=self.sessions,
            tables=self.tables,
            committed=self.relay.wake.set,
        )

    async def _clean(self) -> None:
        """Forget what was received long ago, until cancelled."""
        while True:
            await asyncio.sleep(_CLEANING * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
            try:
                forgotten = _FORGOTTEN_AT_ONCE
                while forgotten == _FORGOTTEN_AT_ONCE:
                    async with self.sessions.begin() as session:
                        forgotten = await forget_old(
                            session, self.tables.inbox, at_most=_FORGOTTEN_AT_ONCE
                        )
            except Exception as error:  # noqa: BLE001 - the next cleaning does it
                if is_outage(error):
                    _log.warning("database away", error=repr(error))
                else:
                    _log.exception("inbox not cleaned")


async def _run(loop: Loop) -> None:
    await loop()


def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
