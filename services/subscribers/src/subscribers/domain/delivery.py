"""One event on its way to one endpoint, and what came of each attempt."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

MOST_RESPONSE = 1024
"""Bytes of an endpoint's answer that are kept."""
GONE = 410
"""The status by which an endpoint says that it wants nothing more."""


class State(Enum):
    """What has become of a delivery.

    waiting: it is its endpoint's next, or stands behind it. delivered: taken. parked: every attempt
    failed. skipped: staff let it go. superseded: a replay brings it again.
    """

    WAITING = "waiting"
    DELIVERED = "delivered"
    PARKED = "parked"
    SKIPPED = "skipped"
    SUPERSEDED = "superseded"


class NotWaiting(Exception):
    """Only what waits can be skipped."""


class StillWaiting(Exception):
    """What waits is sent in its turn, and not out of it."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event for an endpoint.

    Attributes:
        body: The CloudEvents document, as it is sent.
        attempts: How often it was tried.
        position: In the archive; none for a test.
    """

    delivery_id: int
    endpoint_id: UUID
    event_id: UUID
    type: str
    body: bytes
    state: State = State.WAITING
    attempts: int = 0
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Test:
    """An event that was made for one endpoint, to see whether it answers."""

    endpoint_id: UUID
    event_id: UUID
    type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt.

    Attributes:
        status: The HTTP status; none when there was no answer.
        error: Why it failed; none when it was taken.
        response: The beginning of the answer, at most ``MOST_RESPONSE`` bytes as text.
        retry_after: What the answer asked for.
    """

    at: datetime
    took: timedelta
    status: int | None = None
    error: str | None = None
    response: str = ""
    retry_after: timedelta | None = None

    @property
    def taken(self) -> bool:
        """Whether the endpoint took it: a status of 200 to 299."""
        return self.error is None

    @property
    def gone(self) -> bool:
        """Whether the endpoint says that it wants nothing more."""
        return self.status == GONE
