"""How what is due is split among what a customer pays with: cards that hold money first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contracts.gift_cards import CodeDigest
from contracts.values import Money

from orders.domain.payments import GIFT_CARD, STORE_CREDIT, PaymentTerms


@dataclass(frozen=True, slots=True)
class Purse:
    """What a customer has with the shop, in minor units.

    Attributes:
        credit: Store credit.
        gift_cards: What is left on each, by its code's digest; none that there is not.
    """

    credit: int = 0
    gift_cards: Mapping[CodeDigest, int] = field(default_factory=dict[CodeDigest, int])


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


def split(due: Money, purse: Purse, cards: Sequence[CodeDigest], *, credit: bool) -> Split:
    """Split what is due, with nothing paid twice and nothing more than is due.

    Args:
        due: More than nothing, or nothing is paid.
        purse: What there is.
        cards: Digests of the codes of the gift cards to be used, in that order.
        credit: Whether store credit is to be used.
    """
    parts: list[PaymentTerms] = []
    rest = max(due.minor, 0)
    for card in dict.fromkeys(cards):
        if taken := min(purse.gift_cards.get(card, 0), rest):
            amount = Money(taken, due.currency)
            parts.append(PaymentTerms(GIFT_CARD, amount, code_digest=card))
            rest -= taken
    if credit and (taken := min(purse.credit, rest)) > 0:
        parts.append(PaymentTerms(STORE_CREDIT, Money(taken, due.currency)))
        rest -= taken
    return Split(tuple(parts), rest)
