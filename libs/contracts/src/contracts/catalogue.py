"""Every message there is; importing this module makes them all known."""

import importlib
import pkgutil

import contracts
from contracts.message import Command, Event, Message, Question, Refusal, Reply, all_messages

for _module in pkgutil.walk_packages(contracts.__path__, "contracts."):
    if _module.name.rpartition(".")[2] in {"commands", "questions", "replies", "events"}:
        importlib.import_module(_module.name)

KINDS: tuple[type[Message], ...] = (Command, Question, Reply, Event)


def every_message() -> list[type[Message]]:
    """List every message of this project, by type."""
    return [cls for cls in all_messages() if cls.__module__.startswith("contracts.")]


def kind_of(cls: type[Message]) -> str:
    """Name a message's kind: command, question, reply, refusal or event."""
    if issubclass(cls, Refusal):
        return "refusal"
    return next(kind.__name__.lower() for kind in KINDS if issubclass(cls, kind))
