"""What a transport is: how outbox rows reach queues, and deliveries reach consumers.

``rabbit.py`` and ``embedded.py`` are the two; one conformance suite holds for both.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from contracts.message import Question, Reply

from messaging.consumer import Consumer
from messaging.failures import MessagingError


class Unanswered(MessagingError):
    """A question got no answer in time.

    Attributes:
        service: Who did not answer.
    """

    def __init__(self, service: str) -> None:
        super().__init__(f"the {service} service did not answer in time")
        self.service = service


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An outbox row on its way to the broker. ``exchange`` "" is straight to the queue named."""

    id: int
    message_id: UUID
    exchange: str
    routing_key: str
    type: str
    correlation_id: str | None
    reply_to: str | None
    traceparent: str | None
    attempt: int
    body: bytes


class Publisher(Protocol):
    """Takes outbox rows to their queues."""

    async def publish(self, rows: Sequence[Outgoing]) -> Mapping[int, Exception]:
        """Send the rows in order and wait until each is safe.

        Returns:
            The rows that are not known to be safe, by ``Outgoing.id``, each with its reason.
            Every other row may be deleted.

        Raises:
            InfrastructureDown: The broker cannot be reached; nothing was sent.
        """
        ...


class Answerer(Protocol):
    """Answers questions put to one service."""

    async def answer(self, body: bytes) -> bytes:
        """Give the encoded reply envelope to an encoded question envelope."""
        ...


class Asker(Protocol):
    """Puts questions to other services."""

    async def ask(self, question: Question, *, timeout: float = 5.0) -> Reply:  # noqa: ASYNC109
        """Put a question to the service that owns it and wait for the reply.

        The reply may be a ``Refusal``. Nothing is stored; a lost question is not repeated.

        Raises:
            Unanswered: No reply within ``timeout`` seconds.
        """
        ...


class Transport(Publisher, Protocol):
    """A connection to the broker, for one service process.

    Used as an asynchronous context manager; leaving it finishes what is being handled.
    """

    def consuming(
        self, consumers: Sequence[Consumer], answerer: Answerer | None
    ) -> AbstractAsyncContextManager[None]:
        """Deliver to these consumers, and questions to the answerer, until left.

        On leaving, no new batch is started, and running ones are waited for.
        """
        ...

    def asker(self, service: str) -> Asker:
        """Give what puts questions on behalf of ``service``."""
        ...

    @property
    def ready(self) -> str | None:
        """Say why messages cannot flow just now; none when they can."""
        ...
