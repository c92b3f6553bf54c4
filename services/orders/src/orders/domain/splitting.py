"""How what is due is split among what a customer pays with: cards that hold money first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contracts.values import Money

from orders.domain.payments import GIFT_CARD, STORE_CREDIT, PaymentTerms


@dataclass(frozen=True, slots=True)
class Purse:
    """What a customer has with the shop, in minor units.

    Attributes:
        credit: Store credit.
        gift_cards: What is left on each, by its code; a code that there is not is left out.
    """

    credit: int = 0
    gift_cards: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Split:
    """What each payment pays.

    Attributes:
        parts: Of gift cards, in the order in which they were named, then of store credit.
        rest: What is left for another way to pay, in minor units.
    """

    parts: tuple[PaymentTerms, ...]
    rest: int

    @property
    def mark(self) -> str:
        """Give what tells whether somebody has seen this split, or another."""
        paid = (f"{part.method}:{part.amount.minor}" for part in self.parts if part.amount)
        return " ".join([*paid, f"rest:{self.rest}"])


def split(due: Money, purse: Purse, cards: Sequence[str], *, credit: bool) -> Split:
    """Split what is due, with nothing paid twice and nothing more than is due.

    Args:
        due: More than nothing, or nothing is paid.
        purse: What there is.
        cards: Codes of the gift cards to be used, in that order.
        credit: Whether store credit is to be used.
    """
    parts: list[PaymentTerms] = []
    rest = max(due.minor, 0)
    for code in dict.fromkeys(cards):
        if taken := min(purse.gift_cards.get(code, 0), rest):
            parts.append(PaymentTerms(GIFT_CARD, Money(taken, due.currency), code))
            rest -= taken
    if credit and (taken := min(purse.credit, rest)) > 0:
        parts.append(PaymentTerms(STORE_CREDIT, Money(taken, due.currency)))
        rest -= taken
    return Split(tuple(parts), rest)
