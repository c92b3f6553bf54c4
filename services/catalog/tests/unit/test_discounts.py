"""What promotions take off: to the cent, never below zero, in whatever order the lines are."""

from collections import Counter
from collections.abc import Sequence

import pytest
from catalog.domain.discounts import (
    Deal,
    Goods,
    Kind,
    Outcome,
    Verdict,
    discount,
    percent_of,
    shared,
)
from hypothesis import given
from hypothesis import strategies as st

NAMES = ("A", "B", "category:x")
goods_of_orders = st.lists(
    st.builds(
        Goods,
        line_id=st.integers(1, 1000),
        names=st.frozensets(st.sampled_from(NAMES), max_size=2),
        amount=st.integers(0, 10**12),
        discountable=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda line: line.line_id,
)


def _deal(kind: Kind, value: int, **more: object) -> Deal:
    return Deal(kind=kind, value=value, **more)  # pyright: ignore[reportArgumentType]


values = {
    Kind.PERCENT: st.integers(1, 10_000),
    Kind.AMOUNT: st.integers(1, 10**12),
    Kind.FREE_SHIPPING: st.just(0),
}
some_deals = st.lists(
    st.sampled_from(Kind).flatmap(
        lambda kind: st.builds(
            _deal,
            kind=st.just(kind),
            value=values[kind],
            key=st.sampled_from("abcdefgh"),
            code=st.sampled_from("pqrst"),
            minimum=st.integers(0, 10**6),
            covers=st.none() | st.frozensets(st.sampled_from(NAMES), max_size=2),
            combinable=st.booleans(),
            priority=st.integers(0, 3),
        )
    ),
    max_size=6,
    unique_by=lambda deal: deal.key,
)


def off_lines(outcome: Outcome) -> Counter[int]:
    off = Counter[int]()
    for part in outcome.off:
        off[part.line_id] += part.amount
    return off


@given(goods=goods_of_orders, deals=some_deals)
def test_no_line_goes_below_zero_and_only_discountable_lines_change(
    goods: Sequence[Goods], deals: Sequence[Deal]
) -> None:
    """CP-6, CP-4."""
    off = off_lines(discount(goods, deals))

    assert all(part.amount > 0 for part in discount(goods, deals).off)
    for line in goods:
        assert 0 <= off[line.line_id] <= (line.amount if line.discountable else 0)


@given(goods=goods_of_orders, deals=some_deals, data=st.data())
def test_the_order_of_lines_and_deals_makes_no_difference(
    goods: Sequence[Goods], deals: Sequence[Deal], data: st.DataObject
) -> None:
    """TO-1: the same goods cost the same."""
    other_goods = data.draw(st.permutations(goods))
    other_deals = data.draw(st.permutations(deals))

    first, second = discount(goods, deals), discount(other_goods, other_deals)

    assert off_lines(first) == off_lines(second)
    assert (first.verdicts, first.free_shipping) == (second.verdicts, second.free_shipping)


@given(goods=goods_of_orders, deals=some_deals)
def test_every_deal_has_a_verdict_that_fits_what_it_does(
    goods: Sequence[Goods], deals: Sequence[Deal]
) -> None:
    """CP-7: a code that does nothing says why."""
    outcome = discount(goods, deals)

    assert outcome.verdicts.keys() == {deal.key for deal in deals}
    for deal in deals:
        does = outcome.of(deal.key) > 0 or deal.key in outcome.free_shipping
        assert does == (outcome.verdicts[deal.key] is Verdict.APPLIED)


@given(
    whole=st.integers(0, 10**12),
    weights=st.dictionaries(st.integers(), st.integers(0, 10**12), max_size=8),
)
def test_shares_add_up_to_the_cent_and_are_in_proportion(
    whole: int, weights: dict[int, int]
) -> None:
    """TO-1: largest remainder."""
    total = sum(weights.values())
    whole = min(whole, total)

    shares = shared(whole, weights)

    assert sum(shares.values()) == whole
    for line, share in shares.items():
        assert 0 <= share <= weights[line]
        assert abs(share * total - whole * weights[line]) < total


def test_half_a_cent_is_rounded_up() -> None:
    """TO-1: the stated rounding rule."""
    assert [percent_of(amount, 1000) for amount in (4, 5, 14, 15)] == [0, 1, 1, 2]
    assert percent_of(999, 10_000) == 999


def test_a_hundred_percent_and_an_amount_above_the_goods_leave_zero() -> None:
    """CP-6: 100 % off is a valid free order."""
    goods = [Goods(1, frozenset(), 999), Goods(2, frozenset(), 1)]

    assert discount(goods, [Deal("k", "c", Kind.PERCENT, 10_000)]).of("k") == 1000
    assert discount(goods, [Deal("k", "c", Kind.AMOUNT, 5000)]).of("k") == 1000


def test_combinable_deals_go_one_after_the_other_by_priority_then_code() -> None:
    """CP-5: each takes from what those before have left."""
    goods = [Goods(1, frozenset(), 10_000)]
    deals = [
        Deal("b", "b", Kind.PERCENT, 1000, priority=1),
        Deal("a", "a", Kind.AMOUNT, 1000, priority=1),
        Deal("z", "z", Kind.PERCENT, 5000, priority=0),
    ]

    outcome = discount(goods, deals)

    assert [(off.key, off.amount) for off in outcome.off] == [
        ("z", 5000),
        ("a", 1000),
        ("b", 400),
    ]


def test_what_is_not_combinable_stands_alone_and_the_best_choice_is_made() -> None:
    """CP-7: the best for the customer; ties by code."""
    goods = [Goods(1, frozenset(), 10_000)]
    alone = Deal("alone", "alone", Kind.PERCENT, 3000, combinable=False)
    twin = Deal("twin", "twin", Kind.AMOUNT, 3000, combinable=False)
    small = Deal("small", "small", Kind.PERCENT, 1000)

    assert discount(goods, [small, twin, alone]).verdicts == {
        "small": Verdict.NOT_COMBINABLE,
        "twin": Verdict.NOT_COMBINABLE,
        "alone": Verdict.APPLIED,
    }
    large = Deal("large", "large", Kind.PERCENT, 2500)
    assert discount(goods, [small, large, alone]).of("alone") == 0


def test_a_promotion_takes_effect_once_however_many_coupons_are_for_it() -> None:
    """CP-7."""
    goods = [Goods(1, frozenset(), 10_000)]
    deals = [Deal(key, "same", Kind.PERCENT, 1000) for key in ("one", "two")]

    outcome = discount(goods, deals)

    assert (outcome.of("one"), outcome.verdicts["two"]) == (1000, Verdict.NOT_COMBINABLE)


@pytest.mark.parametrize(("minimum", "off"), [(10_000, 1000), (10_001, 0)])
def test_the_minimum_counts_discountable_goods(minimum: int, off: int) -> None:
    """CP-4, CP-7."""
    goods = [Goods(1, frozenset(), 10_000), Goods(2, frozenset(), 5000, discountable=False)]

    outcome = discount(goods, [Deal("k", "c", Kind.PERCENT, 1000, minimum)])

    assert outcome.of("k") == off
    assert (outcome.verdicts["k"] is Verdict.MINIMUM_NOT_REACHED) == (off == 0)


def test_a_deal_covers_the_goods_it_names_by_product_sku_or_category() -> None:
    """CP-7."""
    goods = [
        Goods(1, frozenset(["A", "category:x"]), 100),
        Goods(2, frozenset(["B"]), 100),
        Goods(3, frozenset(["C"]), 100),
    ]
    deal = Deal("k", "c", Kind.PERCENT, 5000, covers=frozenset(["B", "category:x"]))

    assert off_lines(discount(goods, [deal])) == {1: 50, 2: 50}
    ship = Deal("k", "c", Kind.FREE_SHIPPING, covers=frozenset(["D"]))
    assert discount(goods, [ship]).verdicts == {"k": Verdict.WITHOUT_EFFECT}
