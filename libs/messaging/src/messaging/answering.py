"""Answers questions: reads, replies, and leaves no trace; or carries an errand out, once.

A question is answered on a connection that cannot write. An errand is carried out in a transaction
with its inbox and outbox, and answered when that is committed: asked again under the same id it is
answered as before. One that is refused, or fails, leaves nothing behind.

A handler that fails is answered too, with ``FAILED``, so that the asker need not wait for its
time-out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

import structlog
from contracts.message import Errand, Question, Refusal, Reply
from contracts.values import new_id
from opentelemetry import trace
from opentelemetry.trace import SpanKind
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from messaging.consumer import UnitOfWorkFactory
from messaging.envelope import BadEnvelope, Envelope, decode, utc_now
from messaging.failures import Permanent
from messaging.inbox import Inbox
from messaging.outbox import Cause, Outbox, current_traceparent
from messaging.registry import message_class
from messaging.subscriptions import Handler, Subscriptions
from messaging.tables import MessagingTables
from messaging.topology import questions_queue
from messaging.tracing import context_of
from messaging.transport import Unanswered

U = TypeVar("U")

FAILED = "messaging.question-failed.v1"
"""Type of the envelope that answers a question which could not be answered."""

_log = structlog.get_logger("messaging.answering")
_tracer = trace.get_tracer("messaging")


def question_envelope(asker: str, question: Question, seconds: float) -> Envelope:
    """Wrap a question that is given up after ``seconds``."""
    now = utc_now()
    return Envelope.model_construct(
        None,
        id=new_id(),
        source=f"/tradecounter/{asker}",
        type=question.type,
        time=now,
        expirytime=now + timedelta(seconds=seconds),
        traceparent=current_traceparent(),
        data=question.model_dump(mode="json", exclude_none=True),
    )


def reply_of(body: bytes, owner: str) -> Reply:
    """Read an answer of the service ``owner``.

    Raises:
        Unanswered: The question could not be answered, or the answer cannot be read here; its class
            must have been imported by this process.
    """
    try:
        envelope = decode(body)
        cls = message_class(envelope.type)
        if cls is not None and issubclass(cls, Reply):
            return cls.model_validate(envelope.data)
    except (BadEnvelope, ValidationError) as error:
        raise Unanswered(owner) from error
    if envelope.type != FAILED:
        _log.error("answer of unknown type", type=envelope.type, service=owner)
    raise Unanswered(owner)


class _Refused(Exception):
    """An errand is refused: its transaction is rolled back."""

    def __init__(self, reply: Refusal) -> None:
        super().__init__(reply.code)
        self.reply = reply


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswerer(Generic[U]):
    """Answers with the handlers that a service lists under ``tells`` and ``carries_out``.

    Attributes:
        reading: For questions. They cannot write; so they need no transaction either.
        working: For errands.
        committed: Called after each commit that left messages, to wake the relay.
    """

    subscriptions: Subscriptions[U]
    unit_of_work: UnitOfWorkFactory[U]
    reading: async_sessionmaker[AsyncSession]
    working: async_sessionmaker[AsyncSession]
    tables: MessagingTables
    committed: Callable[[], None] = lambda: None

    async def answer(self, body: bytes) -> bytes:
        """Give the encoded reply envelope to an encoded question envelope.

        Raises:
            BadEnvelope: The question's envelope cannot be read, so nobody can be answered.
        """
        asked = decode(body)
        try:
            kind, data = await self._answered(asked)
        except Exception as error:  # noqa: BLE001 - told to the asker, and logged
            _log.exception("question failed", type=asked.type)
            kind, data = FAILED, {"error": type(error).__name__}
        return self._wrap(asked, kind, data).encode()

    async def _answered(self, asked: Envelope) -> tuple[str, dict[str, Any]]:
        subscription = self.subscriptions.by_type.get(asked.type)
        if subscription is None or not issubclass(subscription.message, Question):
            raise Permanent(f"{self.subscriptions.service} is not asked {asked.type}")
        question = subscription.message.model_validate(asked.data)
        with _tracer.start_as_current_span(
            f"answer {asked.type}", context=context_of(asked.traceparent), kind=SpanKind.SERVER
        ):
            if isinstance(question, Errand):
                return await self._carried_out(question, subscription.handler)
            async with self.reading() as session:
                outbox = Outbox(self.subscriptions.service, self.tables.outbox)
                uow = self.unit_of_work(session, outbox)
                return _told(question, await subscription.handler(question, uow))

    async def _carried_out(self, errand: Errand, handler: Handler) -> tuple[str, dict[str, Any]]:
        service, id_ = self.subscriptions.service, errand.errand_id
        inbox = Inbox(self.tables.inbox, questions_queue(service))
        outbox = Outbox(service, self.tables.outbox, Cause(message_id=str(id_)))
        try:
            async with self.working.begin() as session:
                if not await inbox.record(session, [id_]):
                    (kept,) = await inbox.replies(session, [id_])
                    return kept["type"], kept["data"]
                reply = await handler(errand, self.unit_of_work(session, outbox))
                if isinstance(reply, Refusal):
                    raise _Refused(reply)  # noqa: TRY301 - it is what rolls back
                kind, data = _told(errand, reply)
                await inbox.keep_replies(session, {id_: {"type": kind, "data": data}})
                sends = bool(outbox.rows)
                await outbox.write(session)
        except _Refused as refused:
            return _told(errand, refused.reply)
        if sends:
            self.committed()
        return kind, data

    def _wrap(self, asked: Envelope, kind: str, data: dict[str, Any]) -> Envelope:
        return Envelope.model_construct(
            None,
            id=new_id(),
            source=f"/tradecounter/{self.subscriptions.service}",
            type=kind,
            time=utc_now(),
            causationid=str(asked.id),
            traceparent=asked.traceparent,
            data=data,
        )


def _told(question: Question, reply: Reply | None) -> tuple[str, dict[str, Any]]:
    if reply is None:
        raise Permanent(f"{question.type} was given no reply")
    return reply.type, reply.model_dump(mode="json", exclude_none=True)
