"""How often a webhook is tried, and when an endpoint is given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Rest after the first failed attempt, the second, ...: what Standard Webhooks suggests."""


@dataclass(frozen=True, slots=True)
class Retries:
    """The rules.

    Attributes:
        schedule: The rest after each failed attempt of an event; after the last rest's attempt the
            event is parked.
        give_up_after: An endpoint that has taken nothing for so long is disabled.
    """

    schedule: tuple[timedelta, ...] = SCHEDULE
    give_up_after: timedelta = timedelta(days=5)

    def rest_after(
        self, attempt: int, jitter: float, asked_for: timedelta | None = None
    ) -> timedelta | None:
        """Give the rest after the ``attempt``th failure (from 1); none: park the event.

        Args:
            attempt: How often the event was tried.
            jitter: 0 to 1; the rest is drawn out by up to a tenth, so that events which failed
                together do not come again together.
            asked_for: What the endpoint's ``Retry-After`` said; heeded when it is longer, up to
                the longest rest of the schedule.
        """
        if attempt > len(self.schedule):
            return None
        rest = self.schedule[attempt - 1] * (1 + jitter / 10)
        if asked_for is None:
            return rest
        return max(rest, min(asked_for, max(self.schedule)))

    def gives_up(self, failing_since: datetime, now: datetime) -> bool:
        """Tell whether an endpoint has failed for too long."""
        return now - failing_since >= self.give_up_after
