"""What a message is: its base classes, its wire name, and where it belongs.

A message's ``type`` is its wire name, ``<owner>.<name>.v<n>``; it outlives the name of the class.
Within a version a message only grows by optional fields (docs/decisions/0006).

Message
    Command     asks the owner of the type to change something; answered by a Reply
    Question    asks the owner of the type for a fact; answered by a Reply, never stored
        Errand  asks it to change something now, while the asker waits
    Reply       answers a command or a question
        Refusal     the answer "no", with a code and a reason
    Event       says that something has happened; ``type`` is owned by the publisher
"""

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """A fact or a wish that travels between services; a reader skips fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]

    @classmethod
    def owner(cls) -> str:
        """Name the service that defines this message: the first part of its type."""
        return cls.type.partition(".")[0]


class Command(Message):
    """A wish; its owner does it once, however often it is delivered, and replies."""


class Question(Message):
    """A request for a fact that changes nothing; not persisted, answered in time or not at all."""


class Errand(Question):
    """A wish that is fulfilled while the asker waits, in time or not at all as far as they know.

    Its owner does it once, however often it is asked under the same ``errand_id``, and answers the
    same; a refusal leaves nothing behind, so that it may be asked again (docs/decisions/0016).
    """

    errand_id: UUID


class Reply(Message):
    """The answer to a command or a question."""


class Refusal(Reply):
    """A business "no".

    Attributes:
        code: Why, as an upper-case name that programs can rely on (``OUT_OF_STOCK``).
        detail: Why, as a sentence for people.
    """

    code: str
    detail: str


class Event(Message):
    """A past change that anyone may follow; it carries what a reader needs."""

    @property
    @abstractmethod
    def subject(self) -> UUID:
        """Give the id of the aggregate that changed; events of one subject keep their order."""


def all_messages() -> Iterator[type[Message]]:
    """List every message class that has a type, once its modules are imported, by type."""
    found: dict[str, type[Message]] = {}
    waiting: list[type[Message]] = [Message]
    while waiting:
        cls = waiting.pop()
        waiting.extend(cls.__subclasses__())
        if "type" in cls.__dict__:
            if cls.type in found and found[cls.type] is not cls:
                raise TypeError(f"two messages are called {cls.type}")
            found[cls.type] = cls
    for _, cls in sorted(found.items()):
        yield cls
