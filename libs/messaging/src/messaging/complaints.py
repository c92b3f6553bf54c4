"""Says once what would otherwise be said every second while something is away."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

AGAIN_AFTER = 60.0
"""Seconds after which the same complaint is made once more."""


@dataclass(slots=True)
class Complaints:
    """What one loop has complained about since it last worked.

    Attributes:
        clock: Seconds that only grow.
    """

    clock: Callable[[], float] = time.monotonic
    _made: dict[str, float] = field(default_factory=dict[str, float])

    def is_due(self, reason: str) -> bool:
        """Tell whether to say this: not while the same was said less than a minute ago."""
        now = self.clock()
        if now - self._made.get(reason, now - AGAIN_AFTER) < AGAIN_AFTER:
            return False
        self._made[reason] = now
        return True

    def settle(self) -> bool:
        """Note that it works again; tells whether anything was complained about."""
        had, self._made = bool(self._made), {}
        return had
