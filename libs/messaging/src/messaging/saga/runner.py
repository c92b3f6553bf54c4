"""Feeds sagas their replies and timers, each under its row lock, and does their local steps.

A command that belongs to the saga's own service is a local step: it is carried out in the same
transaction, so that a pivot and a cancel are decided by one row lock in one database.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

import structlog
from contracts.message import Command, Reply
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from messaging.consumer import UnitOfWorkFactory
from messaging.delivery import Received
from messaging.failures import Misfit, Permanent, is_outage
from messaging.faults import fault_point
from messaging.outbox import Cause, Outbox
from messaging.registry import message_class
from messaging.saga.process import Process
from messaging.saga.store import Definitions, Loaded, load, load_due, save, send
from messaging.tables import MessagingTables
from messaging.tracing import processing

U = TypeVar("U")
C = TypeVar("C", bound=Command)

LocalStep = Callable[[Any, Any], Awaitable[Reply]]
POLL = 1.0
"""Seconds between two looks for due timers."""
_BATCH = 50

_log = structlog.get_logger("messaging.saga")


@dataclass(slots=True)
class SagaRunner(Generic[U]):
    """Runs the sagas of one service; a ``Receiver`` for its replies queue.

    Attributes:
        sessions: Where timers are handled; replies bring their own transaction.
        committed: Called after timers were handled, to wake the relay.
        local: The service's own commands that its sagas send, each with its handler.
        woken: Set it after a cancel was asked, to look for due timers at once.
    """

    service: str
    tables: MessagingTables
    definitions: Definitions
    unit_of_work: UnitOfWorkFactory[U]
    sessions: async_sessionmaker[AsyncSession]
    committed: Callable[[], None] = lambda: None
    local: dict[str, LocalStep] = field(default_factory=dict[str, LocalStep])
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def does(
        self, command: type[C], handler: Callable[[C, U], Awaitable[Reply]]
    ) -> "SagaRunner[U]":
        """List a local step."""
        self.local[command.type] = handler
        return self

    async def receive(
        self, batch: Sequence[Received], session: AsyncSession, outbox: Outbox
    ) -> dict[UUID, dict[str, Any]]:
        """Apply replies in order; replies to nothing that is open are logged and ignored.

        Raises:
            Permanent: A message is not a reply to a saga of this service.
        """
        wanted = [(message, _saga_id(message), _reply(message)) for message in batch]
        if not wanted:
            return {}
        ids = {saga_id for _, saga_id, _ in wanted}
        sagas = await load(session, self.tables, self.definitions, ids)
        if missing := ids - sagas.keys():
            raise Permanent(f"a reply to no saga of ours: {min(missing)}")
        await fault_point("saga.mid")
        for message, saga_id, reply in wanted:
            loaded = sagas[saga_id]
            outbox.cause = message.cause
            with processing(message):
                if message.envelope.causationid is None:
                    raise Permanent("a reply that names no command")
                loaded.process.receive(UUID(message.envelope.causationid), reply, loaded.now)
                await self._carry_out(loaded, session, outbox)
        await save(session, self.tables, list(sagas.values()))
        return {}

    async def run_timers(self) -> None:
        """Wake due sagas until cancelled; any number may run beside each other."""
        while True:
            self.woken.clear()
            try:
                woken = await self.wake_due()
            except Exception as error:  # noqa: BLE001 - logged; the next look may succeed
                woken = 0
                if is_outage(error):
                    _log.warning("database away", error=str(error))
                else:
                    _log.exception("timers failed")
            if woken:
                self.committed()
                continue
            try:
                async with asyncio.timeout(POLL):
                    await self.woken.wait()
            except TimeoutError:
                continue

    async def wake_due(self) -> int:
        """Wake the sagas whose timers are due, at most a batch; gives how many."""
        async with self.sessions.begin() as session:
            sagas = await load_due(session, self.tables, self.definitions, at_most=_BATCH)
            outbox = Outbox(self.service, self.tables.outbox)
            for loaded in sagas.values():
                outbox.cause = Cause(correlation_id=str(loaded.process.id))
                loaded.process.wake(loaded.now)
                await self._carry_out(loaded, session, outbox)
            await save(session, self.tables, list(sagas.values()))
            await outbox.write(session)
        return len(sagas)

    async def ask_again(self, session: AsyncSession, saga_id: UUID, outbox: Outbox) -> bool:
        """Ask a saga's current step again, for an operator; false when that cannot be."""
        sagas = await load(session, self.tables, self.definitions, [saga_id])
        if saga_id not in sagas or not sagas[saga_id].process.ask_again(sagas[saga_id].now):
            return False
        loaded = sagas[saga_id]
        await self._carry_out(loaded, session, outbox)
        await save(session, self.tables, [loaded])
        return True

    async def let_be(self, session: AsyncSession, saga_id: UUID, why: str, outbox: Outbox) -> bool:
        """Go on without what was refused, for an operator; false when that cannot be."""
        sagas = await load(session, self.tables, self.definitions, [saga_id])
        if saga_id not in sagas or not sagas[saga_id].process.let_be(why, sagas[saga_id].now):
            return False
        await self._carry_out(sagas[saga_id], session, outbox)
        await save(session, self.tables, [sagas[saga_id]])
        return True

    async def _carry_out(self, loaded: Loaded, session: AsyncSession, outbox: Outbox) -> None:
        """Do local steps at once, one after the other; write the rest to the outbox."""
        process = loaded.process
        while (local := self._take_local(process)) is not None:
            id_, command = local
            uow = self.unit_of_work(session, outbox)
            reply = await self.local[command.type](command, uow)
            process.receive(id_, reply, loaded.now)
        send(process, outbox)

    def _take_local(self, process: Process[Any]) -> tuple[UUID, Command] | None:
        for place, sending in enumerate(process.sendings):
            if sending.command.owner() == self.service:
                del process.sendings[place]
                return sending.id, sending.command
        return None


def _saga_id(message: Received) -> UUID:
    try:
        return UUID(message.envelope.correlationid or "")
    except ValueError as error:
        raise Permanent("a reply that names no saga") from error


def _reply(message: Received) -> Reply:
    cls = message_class(message.envelope.type)
    if cls is None or not issubclass(cls, Reply):
        raise Permanent(f"{message.envelope.type} is not a reply known here")
    try:
        return cls.model_validate(message.envelope.data)
    except ValidationError as error:
        raise Misfit(message.envelope.type, error) from None
