"""How promotions take something off lines: whole minor units, to the cent (CP-6, CP-7, TO-1).

All amounts are minor units of one currency. The order of the lines makes no difference.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

WHOLE = 10_000
"""Basis points of all of it."""


class Kind(StrEnum):
    """What a promotion does."""

    PERCENT = "percent"
    AMOUNT = "amount"
    FREE_SHIPPING = "free-shipping"


@dataclass(frozen=True, slots=True)
class Goods:
    """A line that something may be taken off.

    Attributes:
        names: SKU, product code, and categories as ``category:<code>``.
        amount: Unit price times units; not negative.
        discountable: False where its price list says so (CP-4).
    """

    line_id: int
    names: frozenset[str]
    amount: int
    discountable: bool = True


@dataclass(frozen=True, slots=True)
class Deal:
    """What one promotion, or a coupon for it, would do.

    Attributes:
        key: Tells deals apart: two coupons for one promotion are two deals.
        code: Of the promotion; of two deals with one code only the first takes effect.
        value: Basis points or minor units, as the kind is; 0 for free shipping.
        minimum: Amount of discountable goods of the request from which it applies.
        covers: Names of goods that it is for; none: all goods.
    """

    key: str
    code: str
    kind: Kind
    value: int = 0
    minimum: int = 0
    covers: frozenset[str] | None = None
    combinable: bool = True
    priority: int = 0

    @property
    def order(self) -> tuple[int, str, str]:
        """Give its place among others: priority, then code."""
        return self.priority, self.code, self.key


class Verdict(StrEnum):
    """What became of a deal."""

    APPLIED = "applied"
    MINIMUM_NOT_REACHED = "minimum-not-reached"
    NOT_COMBINABLE = "not-combinable"
    WITHOUT_EFFECT = "without-effect"


@dataclass(frozen=True, slots=True)
class Off:
    """What one deal takes off one line; above zero."""

    key: str
    line_id: int
    amount: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What deals do to goods: ``off`` in the order in which it was taken, and a verdict each."""

    off: tuple[Off, ...]
    verdicts: Mapping[str, Verdict]
    free_shipping: frozenset[str]

    def of(self, key: str) -> int:
        """Give what a deal takes off all lines together."""
        return sum(off.amount for off in self.off if off.key == key)


def discount(goods: Sequence[Goods], deals: Iterable[Deal], *, standing: int = 0) -> Outcome:
    """Apply deals to goods; ``standing`` is what other goods are worth, which count for minimums.

    Those that are combinable are taken together, by priority, then code, each from what the ones
    before have left. One that is not stands alone. Of these choices the one that takes most off is
    made; if two take the same, one with free shipping, then the combinable ones, then the first by
    code.
    """
    worth = standing + sum(line.amount for line in goods if line.discountable)
    verdicts = dict[str, Verdict]()
    able = list[Deal]()
    for deal in sorted(deals, key=lambda deal: deal.order):
        if any(other.code == deal.code for other in able):
            verdicts[deal.key] = Verdict.NOT_COMBINABLE
        elif worth < deal.minimum:
            verdicts[deal.key] = Verdict.MINIMUM_NOT_REACHED
        else:
            able.append(deal)
    together = [deal for deal in able if deal.combinable]
    choices = [together, *([deal] for deal in able if not deal.combinable)]
    outcomes = [_taken(goods, chosen) for chosen in choices]
    # The first of equals: the combinable ones stand before the others, which are in order.
    best = max(outcomes, key=lambda o: (sum(off.amount for off in o.off), bool(o.free_shipping)))
    for deal in able:
        verdicts[deal.key] = best.verdicts.get(deal.key) or _loser(deal, outcomes)
    return Outcome(best.off, verdicts, best.free_shipping)


def withheld(
    goods: Sequence[Goods], deals: Sequence[Deal], outcome: Outcome, keys: Container[str]
) -> tuple[Off, ...]:
    """Give what those of ``keys`` would take off what an outcome leaves, had they their minimum.

    Nothing where they could not have stood beside what took effect.
    """
    applied = [deal for deal in deals if outcome.verdicts[deal.key] is Verdict.APPLIED]
    if not all(deal.combinable for deal in applied):
        return ()
    short = [
        replace(deal, minimum=0)
        for deal in deals
        if deal.key in keys
        and outcome.verdicts[deal.key] is Verdict.MINIMUM_NOT_REACHED
        and (deal.combinable or not applied)
    ]
    taken = Counter[int]()
    for off in outcome.off:
        taken[off.line_id] += off.amount
    left = [replace(line, amount=line.amount - taken[line.line_id]) for line in goods]
    return discount(left, short).off


def _loser(deal: Deal, outcomes: Iterable[Outcome]) -> Verdict:
    mine = next(outcome for outcome in outcomes if deal.key in outcome.verdicts)
    found = mine.verdicts[deal.key]
    return found if found is Verdict.WITHOUT_EFFECT else Verdict.NOT_COMBINABLE


def _taken(goods: Sequence[Goods], deals: Iterable[Deal]) -> Outcome:
    left = {line.line_id: line.amount for line in goods if line.discountable}
    off, verdicts, free = list[Off](), dict[str, Verdict](), set[str]()
    for deal in deals:
        covered = {line.line_id: left[line.line_id] for line in goods if _covers(deal, line)}
        parts = _parts(deal, covered)
        for line_id, amount in parts.items():
            left[line_id] -= amount
            off.append(Off(deal.key, line_id, amount))
        if deal.kind is Kind.FREE_SHIPPING and covered:
            free.add(deal.key)
        works = parts or deal.key in free
        verdicts[deal.key] = Verdict.APPLIED if works else Verdict.WITHOUT_EFFECT
    return Outcome(tuple(off), verdicts, frozenset(free))


def _covers(deal: Deal, line: Goods) -> bool:
    return line.discountable and (deal.covers is None or not deal.covers.isdisjoint(line.names))


def _parts(deal: Deal, left: Mapping[int, int]) -> dict[int, int]:
    if deal.kind is Kind.PERCENT:
        parts = {line: percent_of(amount, deal.value) for line, amount in left.items()}
    elif deal.kind is Kind.AMOUNT:
        parts = shared(min(deal.value, sum(left.values())), left)
    else:
        parts = {}
    return {line: part for line, part in sorted(parts.items()) if part}


def percent_of(amount: int, basis_points: int) -> int:
    """Give a part of an amount in minor units, half of one rounded up."""
    return (amount * basis_points + WHOLE // 2) // WHOLE


def shared(whole: int, weights: Mapping[int, int]) -> dict[int, int]:
    """Share minor units out in proportion to the weights, to the last one.

    The largest remainders are rounded up; of equal ones, those of the lowest line first. No share
    is above its weight as long as ``whole`` is not above their sum.
    """
    total = sum(weights.values())
    if total == 0:
        return {}
    shares = {line: whole * weight // total for line, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda line: (-(whole * weights[line] % total), line))
    for line in by_remainder[: whole - sum(shares.values())]:
        shares[line] += 1
    return shares
