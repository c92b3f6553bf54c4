"""A million lines through the rules of discounts (``make fuzz``; fewer in the usual run)."""

from collections import Counter
from random import Random

import pytest
from catalog.domain.discounts import WHOLE, Deal, Goods, Kind, Verdict, discount, shared
from hypothesis import given

from tests.fuzz import fuzzed, minor, seeded, seeds, sizes

_NAMES = ("A", "B", "category:x", "category:y")


def _goods(random: Random, line_id: int) -> Goods:
    names = frozenset(random.sample(_NAMES, random.randrange(3)))
    return Goods(line_id, names, minor(random, 11), discountable=random.random() < 0.9)


def _deal(random: Random, number: int) -> Deal:
    kind = random.choice((Kind.PERCENT, Kind.PERCENT, Kind.AMOUNT, Kind.FREE_SHIPPING))
    values = {Kind.PERCENT: random.randint(0, WHOLE), Kind.AMOUNT: minor(random, 11)}
    covered = frozenset(random.sample(_NAMES, random.randint(1, 2)))
    return Deal(
        key=f"key {number}",
        code=f"code {random.randrange(5)}",
        kind=kind,
        value=values.get(kind, 0),
        minimum=minor(random, 9) if random.random() < 0.2 else 0,
        covers=covered if random.random() < 0.4 else None,
        combinable=random.random() < 0.7,
        priority=random.randrange(3),
    )


@pytest.mark.timeout(3600)
@given(seed=seeds)
@fuzzed
def test_no_line_gives_more_than_it_costs_and_every_deal_is_judged(seed: int) -> None:
    """TO-1, CP-4, CP-6, CP-7: whole minor units, none twice, whatever is combined."""
    random = seeded(seed)
    for lines in sizes(random):
        goods = [_goods(random, number) for number in range(1, lines + 1)]
        deals = [_deal(random, number) for number in range(random.randrange(6))]
        outcome = discount(goods, deals)
        off = Counter[int]()
        for one in outcome.off:
            assert one.amount > 0
            off[one.line_id] += one.amount
        for line in goods:
            assert off[line.line_id] <= (line.amount if line.discountable else 0)
        assert outcome.verdicts.keys() == {deal.key for deal in deals}
        for deal in deals:
            if deal.kind is Kind.AMOUNT:
                assert outcome.of(deal.key) <= deal.value
            if outcome.verdicts[deal.key] is not Verdict.APPLIED:
                assert outcome.of(deal.key) == 0


@pytest.mark.timeout(3600)
@given(seed=seeds)
@fuzzed
def test_an_amount_is_shared_out_to_the_last_cent(seed: int) -> None:
    """TO-1, CP-6: the shares add up, each within one unit of its exact part."""
    random = seeded(seed)
    for lines in sizes(random):
        weights = {number: minor(random, 12) for number in range(lines)}
        total = sum(weights.values())
        whole = random.randint(0, total)
        shares = shared(whole, weights)
        assert sum(shares.values()) == (whole if total else 0)
        for line, share in shares.items():
            assert 0 <= share <= weights[line]
            assert abs(share * total - whole * weights[line]) < total
