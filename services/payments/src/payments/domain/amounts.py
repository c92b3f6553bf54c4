"""What of a payment is set aside, taken, given back and let go, in minor units."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Amounts:
    """The four sums of one payment; none is negative, and they always fit one another.

    Attributes:
        authorised: Set aside at first; of an offline payment what is expected.
        captured: Of that, taken.
        refunded: Of what was taken, given back.
        voided: Of what was set aside, let go.

    Raises:
        ValueError: More is captured and voided than authorised, or more refunded than captured.
    """

    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    voided: int = 0

    def __post_init__(self) -> None:
        if min(self.authorised, self.captured, self.refunded, self.voided) < 0:
            raise ValueError(f"{self} has a negative amount")
        if self.captured + self.voided > self.authorised:
            raise ValueError(f"{self} takes and lets go of more than is set aside")
        if self.refunded > self.captured:
            raise ValueError(f"{self} gives back more than was taken")

    @property
    def open(self) -> int:
        """Give what is set aside and neither taken nor let go."""
        return self.authorised - self.captured - self.voided

    @property
    def refundable(self) -> int:
        """Give what was taken and not given back."""
        return self.captured - self.refunded

    @property
    def held(self) -> int:
        """Give what the customer is without: set aside or taken."""
        return self.open + self.refundable

    def take(self, amount: int) -> "Amounts":
        """Take a part of what is open."""
        return replace(self, captured=self.captured + amount)

    def give_back(self, amount: int) -> "Amounts":
        """Give back a part of what was taken."""
        return replace(self, refunded=self.refunded + amount)

    def lower(self, amount: int) -> "Amounts":
        """Expect so much less, of what is open."""
        return replace(self, voided=self.voided + amount)

    def let_go(self) -> "Amounts":
        """Let go of everything: what is open is released, what was taken is given back."""
        return replace(self, voided=self.voided + self.open, refunded=self.captured)

    def heard(self, captured: int, refunded: int, voided: int) -> "Amounts":
        """Take the gateway's sums, which never shrink: a late answer knows less than we do."""
        captured = min(max(captured, self.captured), self.authorised - self.voided)
        voided = min(max(voided, self.voided), self.authorised - captured)
        refunded = min(max(refunded, self.refunded), captured)
        return Amounts(self.authorised, captured, refunded, voided)
