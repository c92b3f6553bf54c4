"""Answers questions: reads, replies, and leaves no trace.

A question is answered on a connection that cannot write. A handler that fails is answered too, with
``FAILED``, so that the asker need not wait for its time-out.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

import structlog
from contracts.message import Question, Reply
from contracts.values import new_id
from opentelemetry import trace
from opentelemetry.trace import SpanKind
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from messaging.consumer import UnitOfWorkFactory
from messaging.envelope import BadEnvelope, Envelope, decode, utc_now
from messaging.failures import Permanent
from messaging.outbox import Outbox, current_traceparent
from messaging.registry import message_class
from messaging.subscriptions import Subscriptions
from messaging.tables import MessagingTables
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


@dataclass(frozen=True, slots=True)
class QuestionAnswerer(Generic[U]):
    """Answers with the handlers that a service lists under ``Subscriptions.tells``.

    Attributes:
        sessions: They cannot write; so they need no transaction either.
    """

    subscriptions: Subscriptions[U]
    unit_of_work: UnitOfWorkFactory[U]
    sessions: async_sessionmaker[AsyncSession]
    tables: MessagingTables

    async def answer(self, body: bytes) -> bytes:
        """Give the encoded reply envelope to an encoded question envelope.

        Raises:
            BadEnvelope: The question's envelope cannot be read, so nobody can be answered.
        """
        asked = decode(body)
        try:
            reply = await self._reply(asked)
            kind, data = reply.type, reply.model_dump(mode="json", exclude_none=True)
        except Exception as error:  # noqa: BLE001 - told to the asker, and logged
            _log.exception("question failed", type=asked.type)
            kind, data = FAILED, {"error": type(error).__name__}
        return self._wrap(asked, kind, data).encode()

    async def _reply(self, asked: Envelope) -> Reply:
        subscription = self.subscriptions.by_type.get(asked.type)
        if subscription is None or not issubclass(subscription.message, Question):
            raise Permanent(f"{self.subscriptions.service} is not asked {asked.type}")
        question = subscription.message.model_validate(asked.data)
        with _tracer.start_as_current_span(
            f"answer {asked.type}", context=context_of(asked.traceparent), kind=SpanKind.SERVER
        ):
            async with self.sessions() as session:
                outbox = Outbox(self.subscriptions.service, self.tables.outbox)
                reply = await subscription.handler(question, self.unit_of_work(session, outbox))
        if reply is None:
            raise Permanent(f"{asked.type} was given no reply")
        return reply

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
