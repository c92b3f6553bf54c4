"""The broker's definitions file: what code declares, and the policies it leaves to operators.

Import it with ``rabbitmqctl import_definitions FILE`` or ``load_definitions`` in the broker's
settings. On a broker without it everything works, but for this: a message that kills its consumer
is delivered for ever (on 3.10 to 3.13), as nothing limits deliveries or says where the dead go.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from messaging.rabbit.declare import dead_letters
from messaging.topology import (
    ARCHIVE,
    DLX,
    SERVICES,
    Binding,
    Queue,
    archive,
    commands_queue,
    exchanges,
    questions_queue,
)

DELIVERY_LIMIT = 20
"""Deliveries of one message before the broker gives it up; must outlive some deployments."""
MAX_COMMANDS = 100_000
"""Commands that may wait; more stay in their senders' outboxes. Events' queues have no limit, as
one slow follower would then stop the publisher for all."""
ARCHIVED = "7D"
"""How long every event can be replayed."""


def definitions(
    queues: Iterable[Queue],
    *,
    vhost: str = "/",
    archived: str = ARCHIVED,
    archive_bytes: int | None = None,
    password_hashes: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Give the definitions for these queues, as RabbitMQ imports them.

    Args:
        queues: Of all services.
        vhost: Where everything stands.
        archived: How long events are kept, as RabbitMQ writes it: ``7D``.
        archive_bytes: How much they may take; the oldest go first, in segments.
        password_hashes: RabbitMQ's hash of each service's password; with it the services' users and
            permissions are defined too.
    """
    queues = list(queues)
    kept: dict[str, Any] = {"max-age": archived}
    if archive_bytes is not None:
        kept["max-length-bytes"] = archive_bytes
    dead = [Queue(dead_letters(q.name), (Binding(DLX, q.name),)) for q in queues]
    typed = [(archive(), "stream"), *((queue, "quorum") for queue in [*queues, *dead])]
    questions = [(Queue(questions_queue(service), ()), "classic") for service in SERVICES]
    found: dict[str, Any] = {
        "vhosts": [{"name": vhost}],
        "exchanges": [_exchange(vhost, name, kind) for name, kind in exchanges().items()],
        "queues": [_queue(vhost, queue, kind) for queue, kind in [*typed, *questions]],
        "bindings": [
            _binding(vhost, queue.name, bound) for queue, _ in typed for bound in queue.bindings
        ],
        "policies": [_policy(vhost, ARCHIVE, kept)]
        + [_policy(vhost, queue.name, _limits(queue)) for queue in queues],
    }
    if password_hashes is not None:
        found["users"] = [_user(name, hashed) for name, hashed in sorted(password_hashes.items())]
        found["permissions"] = [_permission(vhost, name) for name in sorted(password_hashes)]
    return found


def _limits(queue: Queue) -> dict[str, Any]:
    limits: dict[str, Any] = {
        "delivery-limit": DELIVERY_LIMIT,
        "dead-letter-exchange": DLX,
        "dead-letter-routing-key": queue.name,
        "dead-letter-strategy": "at-least-once",
        "overflow": "reject-publish",
    }
    if queue.name in {commands_queue(service) for service in SERVICES}:
        limits["max-length"] = MAX_COMMANDS
    return limits


def _policy(vhost: str, queue: str, definition: dict[str, Any]) -> dict[str, Any]:
    return {
        "vhost": vhost,
        "name": queue,
        "pattern": f"^{re.escape(queue)}$",
        "apply-to": "queues",
        "priority": 10,
        "definition": definition,
    }


def _exchange(vhost: str, name: str, kind: str) -> dict[str, Any]:
    return {
        "vhost": vhost,
        "name": name,
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }


def _queue(vhost: str, queue: Queue, kind: str) -> dict[str, Any]:
    return {
        "vhost": vhost,
        "name": queue.name,
        "durable": True,
        "auto_delete": False,
        "arguments": {"x-queue-type": kind},
    }


def _binding(vhost: str, queue: str, binding: Binding) -> dict[str, Any]:
    return {
        "vhost": vhost,
        "source": binding.exchange,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": binding.key,
        "arguments": {},
    }


def _user(name: str, hashed: str) -> dict[str, Any]:
    return {
        "name": name,
        "password_hash": hashed,
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "",
    }


def _permission(vhost: str, service: str) -> dict[str, Any]:
    """Let a service read its own queues, and write to exchanges.

    Every service declares all exchanges and the archive, so it may configure those. The default
    exchange, over which a service sends to its own queues and answers questions, can reach any
    queue by name: RabbitMQ knows no finer right.
    """
    own = rf"{re.escape(service)}\..*|amq\.gen.*"
    shared = r"(cmd|rpl|evt)\..*|dlx"
    return {
        "user": service,
        "vhost": vhost,
        "configure": f"^({own}|{shared})$",
        "write": rf"^({own}|{shared}|amq\.default)$",
        "read": f"^({own}|{shared})$",
    }
