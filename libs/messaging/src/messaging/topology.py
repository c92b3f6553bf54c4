"""Exchanges, queues and bindings, derived from what services handle.

``cmd.<service>`` direct, ``rpl.<service>`` direct, ``evt.<service>`` topic; one quorum queue per
consumer; one ``<queue>.dlq`` each behind the exchange ``dlx``; the stream ``evt.archive``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.message import Command

from messaging.subscriptions import Subscriptions

SERVICES = ("customers", "catalog", "orders", "payments", "subscribers")
DLX = "dlx"
ARCHIVE = "evt.archive"
EVERYTHING = "#"
"""The binding key that lets every event of an exchange through."""


@dataclass(frozen=True, slots=True)
class Binding:
    """Messages of ``exchange`` with exactly (or, for a topic, matching) this key."""

    exchange: str
    key: str


@dataclass(frozen=True, slots=True)
class Queue:
    """Where one consumer's messages wait."""

    name: str
    bindings: tuple[Binding, ...]


def commands_queue(service: str) -> str:
    """Name the queue of a service's commands."""
    return f"{service}.commands"


def replies_queue(service: str) -> str:
    """Name the queue of the replies to a service's sagas."""
    return f"{service}.saga.replies"


def questions_queue(service: str) -> str:
    """Name the queue of questions to a service."""
    return f"{service}.questions"


def events_queue(service: str, publisher: str) -> str:
    """Name the queue in which a service follows a publisher's events."""
    return f"{service}.from.{publisher}"


def reply_address(service: str) -> str:
    """Give the reply address of a service's sagas: routing key and owner in one."""
    return f"{service}.saga"


def queues_of(subscriptions: Subscriptions[Any], *, sagas: bool) -> Sequence[Queue]:
    """List the queues that a service consumes; ``sagas`` when it also awaits replies."""
    service = subscriptions.service
    owned = [k for k, s in subscriptions.by_type.items() if issubclass(s.message, Command)]
    queues = [
        Queue(
            commands_queue(service), tuple(Binding(f"cmd.{service}", key) for key in sorted(owned))
        )
    ]
    if sagas:
        binding = Binding(f"rpl.{service}", reply_address(service))
        queues.append(Queue(replies_queue(service), (binding,)))
    publishers: dict[str, list[str]] = {}
    for key in subscriptions.events():
        publishers.setdefault(key.partition(".")[0], []).append(key)
    queues += [
        Queue(
            events_queue(service, publisher),
            tuple(Binding(f"evt.{publisher}", key) for key in sorted(keys)),
        )
        for publisher, keys in sorted(publishers.items())
    ]
    return queues


def archive() -> Queue:
    """Give the archive, which receives every event."""
    return Queue(ARCHIVE, tuple(Binding(f"evt.{service}", EVERYTHING) for service in SERVICES))


def exchanges(services: Iterable[str] = SERVICES) -> dict[str, str]:
    """Give every exchange and its kind."""
    found = {DLX: "direct"}
    for service in services:
        found |= {f"cmd.{service}": "direct", f"rpl.{service}": "direct"}
        found |= {f"evt.{service}": "topic"}
    return found
