"""When something holds."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.errors import Fault


@dataclass(frozen=True, slots=True)
class Validity:
    """A span of time, UTC: from ``valid_from`` on, before ``valid_until``; none is without end."""

    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def faults(self) -> tuple[Fault, ...]:
        """Give what is wrong with it: it must not end before it begins."""
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            detail = "the end must be after the beginning"
            return (Fault("/valid_until", "VALIDITY_EMPTY", detail),)
        return ()

    def begun(self, at: datetime) -> bool:
        """Tell whether it has begun."""
        return self.valid_from is None or self.valid_from <= at

    def ended(self, at: datetime) -> bool:
        """Tell whether it is over."""
        return self.valid_until is not None and self.valid_until <= at

    def holds(self, at: datetime) -> bool:
        """Tell whether it holds at a time."""
        return self.begun(at) and not self.ended(at)


ALWAYS = Validity()
