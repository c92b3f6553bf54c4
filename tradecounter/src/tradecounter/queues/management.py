"""What is asked of the broker's management API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2
from messaging.rabbit.declare import dead_letters

from tradecounter.queues.definitions import PREFIX

_TIMEOUT = 30.0


class BrokerSaysNo(Exception):
    """The management API could not be reached, or refused."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A subscriber as the broker has it.

    Attributes:
        waiting: Messages in its queue.
        dead: Messages in its dead-letter queue: dropped, expired, rejected or given up.
    """

    name: str
    types: tuple[str, ...]
    waiting: int
    dead: int
    consumers: int


class Management:
    """The management API of one broker, ``http://user:password@host:15672``."""

    def __init__(self, url: str, *, vhost: str = "/") -> None:
        self._client = httpx2.Client(base_url=f"{url.rstrip('/')}/api", timeout=_TIMEOUT)
        self._vhost = quote(vhost, safe="")

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def load(self, document: dict[str, Any]) -> None:
        """Import definitions; they add to what is there."""
        self._ask("POST", "/definitions", document)

    def knows(self, queue: str) -> bool:
        """Tell whether there is such a queue or user."""
        found = (f"/queues/{self._vhost}/{quote(queue)}", f"/users/{quote(queue)}")
        return any(self._ask("GET", path, missing=True) is not None for path in found)

    def types(self, queue: str) -> tuple[str, ...]:
        """Give the patterns that lead to a queue."""
        found = self._ask("GET", f"/queues/{self._vhost}/{quote(queue)}/bindings")
        return tuple(dict.fromkeys(one["routing_key"] for one in found if one["source"]))

    def subscribers(self) -> Sequence[Standing]:
        """List the subscribers by name."""
        queues = {one["name"]: one for one in self._ask("GET", f"/queues/{self._vhost}")}
        names = sorted(
            name for name in queues if name.startswith(PREFIX) and not name.endswith(".dlq")
        )
        return [self._standing(name, queues) for name in names]

    def remove(self, queue: str) -> None:
        """Forget a subscriber: user, queues, policies, and what waits."""
        self._ask("DELETE", f"/users/{quote(queue)}", missing=True)
        for name in (queue, dead_letters(queue)):
            for kind in ("queues", "policies"):
                self._ask("DELETE", f"/{kind}/{self._vhost}/{quote(name)}", missing=True)

    def _standing(self, queue: str, queues: dict[str, Any]) -> Standing:
        found, dead = queues[queue], queues.get(dead_letters(queue), {})
        return Standing(
            name=queue.removeprefix(PREFIX),
            types=self.types(queue),
            waiting=found.get("messages", 0),
            dead=dead.get("messages", 0),
            consumers=found.get("consumers", 0),
        )

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, missing: bool = False
    ) -> Any:  # noqa: ANN401 - whatever JSON it answers
        try:
            answer = self._client.request(method, path, json=body)
        except httpx2.TransportError as error:
            raise BrokerSaysNo(f"the management API does not answer: {error}") from error
        if answer.status_code == 404 and missing:
            return None
        if not answer.is_success:
            raise BrokerSaysNo(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content else {}
