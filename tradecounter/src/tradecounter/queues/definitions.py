"""What the broker is told about a subscriber: user, rights, queue, bindings, limits.

The queue drops its oldest messages when it is full. To refuse new ones (``reject-publish``) would
make the publisher's relay send again and again, to everybody, because one outsider stopped reading.
What is dropped goes to the subscriber's dead-letter queue, where it is counted and seen, and can be
replayed from the archive.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contracts.patterns import Pattern
from messaging.rabbit.declare import dead_letters
from messaging.topology import DLX, SERVICES, Binding

PREFIX = "sub."
MAX_LENGTH = 100_000
"""Messages that may wait for a subscriber, if nothing else is said."""
MAX_DEAD = 10_000
"""Messages that may be in its dead-letter queue; the oldest make room."""
DELIVERY_LIMIT = 20
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class BadSubscriber(ValueError):
    """A subscriber cannot be made as it is described."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A system outside.

    Attributes:
        types: Patterns over event types; at least one.
        max_length: Messages that may wait.
        ttl: Milliseconds a message may wait; none: for ever.

    Raises:
        BadSubscriber: The name is not of small letters, digits and hyphens, or a pattern names no
            service.
    """

    name: str
    types: tuple[Pattern, ...]
    max_length: int = MAX_LENGTH
    ttl: int | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise BadSubscriber(f"name: {self.name!r} is not of small letters, digits and hyphens")
        if not self.types:
            raise BadSubscriber("types: give at least one")
        for pattern in self.types:
            if not list(_exchanges(pattern)):
                raise BadSubscriber(f"types: {pattern.text!r} names none of {', '.join(SERVICES)}")

    @property
    def queue(self) -> str:
        """Name its queue, which is also its user's name."""
        return f"{PREFIX}{self.name}"

    @property
    def bindings(self) -> list[Binding]:
        """List what leads to its queue."""
        return [
            Binding(exchange, pattern.text)
            for pattern in self.types
            for exchange in _exchanges(pattern)
        ]


def new_password() -> str:
    """Make a password that needs no escaping in a URL."""
    return secrets.token_urlsafe(24)


def document(subscriber: Subscriber, password: str, *, vhost: str = "/") -> dict[str, Any]:
    """Give the definitions, as RabbitMQ imports them; they add to what is there."""
    queue, dead = subscriber.queue, dead_letters(subscriber.queue)
    bindings = [*((queue, one) for one in subscriber.bindings), (dead, Binding(DLX, queue))]
    readable = rf"^{re.escape(queue)}(\.dlq)?$"
    return {
        "users": [
            {
                "name": queue,
                "password_hash": _hashed(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": "",
            }
        ],
        "permissions": [
            {"user": queue, "vhost": vhost, "configure": "^$", "write": "^$", "read": readable}
        ],
        "queues": [_queue(name, vhost) for name in (queue, dead)],
        "bindings": [_binding(name, one, vhost) for name, one in bindings],
        "policies": [
            _policy(queue, vhost, _limits(subscriber)),
            _policy(dead, vhost, {"max-length": MAX_DEAD, "overflow": "drop-head"}),
        ],
    }


def _exchanges(pattern: Pattern) -> Iterator[str]:
    """Give the exchanges whose events can match; a type begins with its service."""
    first = pattern.text.partition(".")[0]
    return (f"evt.{service}" for service in SERVICES if first in {"#", "*", service})


def _limits(subscriber: Subscriber) -> dict[str, Any]:
    limits: dict[str, Any] = {
        "max-length": subscriber.max_length,
        "overflow": "drop-head",
        "delivery-limit": DELIVERY_LIMIT,
        "dead-letter-exchange": DLX,
        "dead-letter-routing-key": subscriber.queue,
    }
    if subscriber.ttl is not None:
        limits["message-ttl"] = subscriber.ttl
    return limits


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _queue(name: str, vhost: str) -> dict[str, Any]:
    return {
        "name": name,
        "vhost": vhost,
        "durable": True,
        "auto_delete": False,
        "arguments": {"x-queue-type": "quorum"},
    }


def _binding(queue: str, binding: Binding, vhost: str) -> dict[str, Any]:
    return {
        "source": binding.exchange,
        "vhost": vhost,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": binding.key,
        "arguments": {},
    }


def _policy(queue: str, vhost: str, definition: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": queue,
        "vhost": vhost,
        "pattern": f"^{re.escape(queue)}$",
        "apply-to": "queues",
        "priority": 20,
        "definition": definition,
    }
