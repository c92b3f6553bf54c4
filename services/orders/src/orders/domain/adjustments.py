"""What staff take off a price or put on it, and why (CP-6)."""

from dataclasses import dataclass

from contracts.values import Money, StaffId

from orders.domain.amounts import half_up
from orders.domain.errors import Fault

WHOLE = 10_000
"""Basis points of 100 %."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A change of a line's amount, of the order's or of the shipping cost, up or down.

    Attributes:
        amount: Added to what is adjusted; negative takes off. None: ``basis_points`` says it.
        basis_points: Hundredths of a percent of what is adjusted; ``-10_000`` is 100 % off.
        staff_id: Who made it.
    """

    reason: str
    staff_id: StaffId
    amount: Money | None = None
    basis_points: int | None = None

    def on(self, base: int) -> int:
        """Give what is added to ``base`` minor units: at least ``-base``.

        A percentage is rounded half up, away from zero. What is adjusted never goes below zero,
        also when it has become less since the adjustment was made.
        """
        if self.amount is not None:
            change = self.amount.minor
        else:
            change = half_up(base * (self.basis_points or 0), WHOLE)
        return max(change, -base)

    def fault(self, at: str, base: int, currency: str) -> Fault | None:
        """Say why it cannot be made on ``base`` minor units; ``at`` points to it."""
        if self.amount is None:
            return None
        if self.amount.currency != currency:
            detail = f"the site's currency is {currency}, not {self.amount.currency}"
            return Fault(f"{at}/amount/currency", "CURRENCY_MISMATCH", detail)
        if self.amount.minor < -base:
            detail = f"{-self.amount.minor} cannot be taken off {base}: nothing goes below zero"
            return Fault(f"{at}/amount/minor", "ADJUSTMENT_BELOW_ZERO", detail)
        return None
