"""Handles deliveries: effect, inbox and outbox in one transaction, in batches where all is well.

A batch that fails is rolled back and taken one by one, so that a bad message hurts only itself.
When ``handle`` returns, every delivery is settled: processed, known from before, put back for
later, or parked. Only when the infrastructure is down does it raise, and nothing is settled.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, cast
from uuid import UUID

import structlog
from contracts.message import Message
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from messaging.delivery import Delivery, Received
from messaging.envelope import BadEnvelope, Envelope, decode
from messaging.failures import (
    IN_PROCESS_TRIES,
    InfrastructureDown,
    Misfit,
    Permanent,
    is_conflict,
    is_outage,
    rest,
)
from messaging.faults import fault_point
from messaging.inbox import Inbox
from messaging.outbox import Outbox
from messaging.parking import park
from messaging.subscriptions import Subscription, Subscriptions
from messaging.tables import MessagingTables
from messaging.topology import Binding
from messaging.tracing import processing

U = TypeVar("U")
UnitOfWorkFactory = Callable[[AsyncSession, Outbox], U]

_log = structlog.get_logger("messaging.consumer")


class Receiver(Protocol):
    """What is done with the new messages of one transaction."""

    async def receive(
        self, batch: Sequence[Received], session: AsyncSession, outbox: Outbox
    ) -> dict[UUID, dict[str, Any]]:
        """Handle the messages in order; gives the kept reply of each command answered."""
        ...


@dataclass(frozen=True, slots=True)
class Handlers(Generic[U]):
    """Receives by calling each message's handler in turn."""

    subscriptions: Subscriptions[U]
    unit_of_work: UnitOfWorkFactory[U]

    async def receive(
        self, batch: Sequence[Received], session: AsyncSession, outbox: Outbox
    ) -> dict[UUID, dict[str, Any]]:
        """Handle the messages in order; gives the kept reply of each command answered."""
        uow = self.unit_of_work(session, outbox)
        replies: dict[UUID, dict[str, Any]] = {}
        read = (self._read(message.envelope) for message in batch)
        if self.subscriptions.beforehand is not None and len(batch) > 1:
            first = [*read]
            await self.subscriptions.beforehand([content for _, content in first], uow)
            read = iter(first)
        for message in batch:
            outbox.cause = message.cause
            with processing(message):  # what cannot be read is a fault of this message's trace
                subscription, content = next(read)
                reply = await subscription.handler(content, uow)
                await fault_point("handler.mid")
                if reply is not None and message.asked is not None:
                    replies[message.envelope.id] = outbox.reply(reply, message.asked)
        return replies

    def knows(self, kind: str) -> bool:
        """Tell whether a message of this type has a handler."""
        return kind in self.subscriptions.by_type

    def _read(self, envelope: Envelope) -> tuple[Subscription, Message]:
        subscription = self.subscriptions.by_type.get(envelope.type)
        if subscription is None:
            raise Permanent(f"{self.subscriptions.service} does not know {envelope.type}")
        try:
            return subscription, subscription.message.model_validate(envelope.data)
        except ValidationError as error:
            raise Misfit(envelope.type, error) from None


@dataclass(slots=True)
class Consumer:
    """Handles the deliveries of one queue.

    Attributes:
        service: Who consumes.
        committed: Called after each commit that left messages, to wake the relay.
        bindings: What the queue receives; a transport declares them.
    """

    service: str
    queue: str
    receiver: Receiver
    sessions: async_sessionmaker[AsyncSession]
    tables: MessagingTables
    committed: Callable[[], None] = lambda: None
    bindings: tuple[Binding, ...] = ()

    async def handle(self, batch: Sequence[Delivery]) -> None:
        """Settle every delivery.

        Raises:
            InfrastructureDown: Nothing, or not all, is settled; deliver again later.
        """
        readable = [read for d in batch if (read := await self._read(d)) is not None]
        if not readable:
            return
        if len(readable) > 1:
            try:
                await self._in_one_transaction(readable)
            except Exception as error:
                if is_outage(error):
                    raise InfrastructureDown(str(error)) from error
            else:
                return
        for message in readable:
            await self._alone(message)

    async def _read(self, delivery: Delivery) -> Received | None:
        if delivery.deaths is not None:
            given_up = Permanent(f"the broker gave it up: {delivery.deaths}")
            await self._guarded(self._park(delivery, given_up))
            return None
        try:
            return Received(delivery, decode(delivery.body))
        except BadEnvelope as error:
            await self._guarded(self._park(delivery, error))
            return None

    async def _in_one_transaction(self, messages: Sequence[Received]) -> None:
        by_id = {message.envelope.id: message for message in messages}
        inbox = Inbox(self.tables.inbox, self.queue)
        async with self.sessions.begin() as session:
            new = await inbox.record(session, by_id)
            outbox = Outbox(self.service, self.tables.outbox)
            fresh = [message for id_, message in by_id.items() if id_ in new]
            if fresh:
                replies = await self.receiver.receive(fresh, session, outbox)
                await inbox.keep_replies(session, replies)
            repeated = by_id.keys() - new
            for kept in await inbox.replies(session, repeated):
                outbox.reply_again(kept)
            sends = bool(outbox.rows)
            await outbox.write(session)
        if sends:
            self.committed()
        await fault_point("consumer.after_commit")

    async def _alone(self, message: Received) -> None:
        with structlog.contextvars.bound_contextvars(
            message_id=str(message.envelope.id), correlation_id=message.envelope.correlationid
        ):
            for attempt in range(1, IN_PROCESS_TRIES + 1):
                try:
                    await self._in_one_transaction([message])
                except Exception as error:
                    if is_outage(error):
                        raise InfrastructureDown(str(error)) from error
                    if is_conflict(error) and attempt < IN_PROCESS_TRIES:
                        await asyncio.sleep(attempt * random.uniform(0.01, 0.05))  # noqa: S311
                        continue
                    await self._guarded(self._put_off(message, error))
                return

    async def _put_off(self, message: Received, error: Exception) -> None:
        """Try again later, or park."""
        delivery, attempt = message.delivery, message.delivery.attempt + 1
        if isinstance(error, Permanent):
            if self._is_unknown_event(message.envelope):
                _log.warning("unknown event skipped", type=message.envelope.type)
                return
            await self._park(delivery, error)
            return
        delay = rest(attempt)
        if delay is None:
            await self._park(delivery, error)
            return
        _log.warning(
            "put off", queue=self.queue, type=delivery.type, attempt=attempt, error=repr(error)
        )
        row = {
            "message_id": message.envelope.id,
            "type": message.envelope.type,
            "correlation_id": message.envelope.correlationid,
            "reply_to": delivery.reply_to,
            "traceparent": message.envelope.traceparent,
        }
        outbox = Outbox(self.service, self.tables.outbox)
        outbox.send_again(self.queue, delivery.body, row=row, delay=delay, attempt=attempt)
        async with self.sessions.begin() as session:
            await outbox.write(session)

    def _is_unknown_event(self, envelope: Envelope) -> bool:
        handlers = self.receiver
        return (
            ".from." in self.queue
            and isinstance(handlers, Handlers)
            and not cast("Handlers[object]", handlers).knows(envelope.type)
        )

    async def _park(self, delivery: Delivery, error: Exception) -> None:
        _log.error("parked", queue=self.queue, type=delivery.type, error=repr(error))
        async with self.sessions.begin() as session:
            await park(session, self.tables.parked, delivery, error)

    async def _guarded(self, settling: Awaitable[None]) -> None:
        try:
            await settling
        except Exception as failure:
            if is_outage(failure):
                raise InfrastructureDown(str(failure)) from failure
            raise
