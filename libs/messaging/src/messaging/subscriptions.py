"""The page that lists everything a service handles."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar

from contracts.message import Command, Errand, Event, Message, Question, Reply

U = TypeVar("U")
"""The service's unit of work."""
C = TypeVar("C", bound=Command)
E = TypeVar("E", bound=Event)
Q = TypeVar("Q", bound=Question)
X = TypeVar("X", bound=Errand)

Handler = Callable[[Any, Any], Awaitable[Reply | None]]
Beforehand = Callable[[Sequence[Message], Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """One message and who handles it."""

    message: type[Message]
    handler: Handler


@dataclass
class Subscriptions(Generic[U]):
    """What one service answers and follows; ``U`` is its unit of work.

    Attributes:
        beforehand: Called with the messages of a transaction that handles several, before the
            first is handled.

    Raises:
        ValueError: The same message is listed twice, or a command is not the service's own.
    """

    service: str
    by_type: dict[str, Subscription] = field(default_factory=dict[str, Subscription])
    beforehand: Beforehand | None = None

    def answers(self, command: type[C], handler: Callable[[C, U], Awaitable[Reply]]) -> Self:
        """List a command; the handler runs in the consumer's transaction and gives the reply."""
        self._own(command)
        return self._add(command, handler)

    def answers_later(
        self, command: type[C], handler: Callable[[C, U], Awaitable[Reply | None]]
    ) -> Self:
        """List a command that may be answered in a later transaction; see ``answer_later``."""
        self._own(command)
        return self._add(command, handler)

    def tells(self, question: type[Q], handler: Callable[[Q, U], Awaitable[Reply]]) -> Self:
        """List a question; the handler only reads, and gives the reply.

        Raises:
            ValueError: It is an errand, which changes something.
        """
        if issubclass(question, Errand):
            raise ValueError(f"{question.type} changes something: list it under carries_out")  # noqa: TRY004 - a wrong list, not a wrong type
        self._own(question)
        return self._add(question, handler)

    def carries_out(self, errand: type[X], handler: Callable[[X, U], Awaitable[Reply]]) -> Self:
        """List an errand; the handler runs in a transaction of its own and gives the reply."""
        self._own(errand)
        return self._add(errand, handler)

    def follows(self, event: type[E], handler: Callable[[E, U], Awaitable[None]]) -> Self:
        """List another service's event."""
        return self._add(event, handler)

    def locks(self, beforehand: Callable[[Sequence[Message], U], Awaitable[None]]) -> Self:
        """Name what locks whatever the messages of a batch need, in one order for all of them.

        Each handler locks in order, but one after the other: without this, two batches with the
        same rows in another order of messages would wait for each other.
        """
        self.beforehand = beforehand
        return self

    def events(self) -> list[str]:
        """Give the types of the events it follows."""
        return [kind for kind, sub in self.by_type.items() if issubclass(sub.message, Event)]

    def _own(self, message: type[Message]) -> None:
        if message.owner() != self.service:
            raise ValueError(f"{message.type} is not a message of {self.service}")

    def _add(self, message: type[Message], handler: Handler) -> Self:
        if message.type in self.by_type:
            raise ValueError(f"{message.type} is listed twice")
        self.by_type[message.type] = Subscription(message, handler)
        return self
