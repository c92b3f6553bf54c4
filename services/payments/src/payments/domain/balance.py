"""What an order's payments amount to, and what is left to pay."""

from collections.abc import Iterable
from dataclasses import dataclass

from contracts.values import Money

from payments.domain.amounts import Amounts
from payments.domain.asked import Asked
from payments.domain.methods import No
from payments.domain.operations import Kind
from payments.domain.record import Record


@dataclass(frozen=True, slots=True)
class Balance:
    """The sums of an order's payments, in minor units.

    Attributes:
        expected: Announced from outside and not here yet; it counts for nothing until it is.
        set_aside: Held by gateways and not taken.
        captured: Taken, or come from outside; so ``refunded`` and ``voided``.
    """

    expected: int = 0
    set_aside: int = 0
    captured: int = 0
    refunded: int = 0
    voided: int = 0

    @property
    def paid(self) -> int:
        """Give what was taken and not given back."""
        return self.captured - self.refunded

    def due(self, total: int) -> int:
        """Give what is left to pay; negative when there is more than the order costs (PA-8)."""
        return total - self.paid - self.set_aside


def exceeding(wanted: Money, total: Money, others: Iterable[Record]) -> No | None:
    """Say why an order that costs ``total`` takes no further payment of so much (PA-8)."""
    if wanted.currency != total.currency:
        return No("CURRENCY_MISMATCH", f"the order is in {total.currency}, not {wanted.currency}")
    claimed = sum(one.claim for one in others)
    if claimed + wanted.minor <= total.minor:
        return None
    left = max(total.minor - claimed, 0)
    return No("PAYMENTS_EXCEED_TOTAL", f"{left} minor units of the order are left to pay")


def left_to_take(total: int, payment: Asked, others: Iterable[Record]) -> int:
    """Give how much of what an order costs was neither taken nor is about to be (PA-8).

    Of the others only what was taken is known: it is they who are limited by this one's.
    """
    taken = sum(one.amounts.refundable for one in (payment, *others))
    return max(total - taken - payment.asked_for(Kind.CAPTURE), 0)


def balance(shares: Iterable[tuple[bool, Amounts]]) -> Balance:
    """Add up payments, each with whether its money comes from outside."""
    expected = set_aside = captured = refunded = voided = 0
    for from_outside, sums in shares:
        expected += sums.open if from_outside else 0
        set_aside += 0 if from_outside else sums.open
        captured += sums.captured
        refunded += sums.refunded
        voided += sums.voided
    return Balance(expected, set_aside, captured, refunded, voided)
