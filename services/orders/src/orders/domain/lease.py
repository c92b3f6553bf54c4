"""Who is working on a draft just now (SN-2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.values import StaffId

MOST = timedelta(hours=1)
USUAL = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to edit a draft alone, until it ends by itself.

    Attributes:
        until: UTC.
    """

    staff_id: StaffId
    until: datetime

    def keeps_out(self, staff_id: StaffId, now: datetime) -> bool:
        """Tell whether somebody must wait or take over."""
        return self.staff_id != staff_id and now < self.until
