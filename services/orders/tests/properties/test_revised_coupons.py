"""Taking a coupon off what a revision keeps: never more than what is taken away was worth."""

from dataclasses import replace

from contracts.values import Money
from hypothesis import given
from hypothesis import strategies as st
from orders.domain.lines import Line
from orders.domain.pricing import PriceStep
from orders.domain.revised_coupons import restored, taken_by, without
from orders.domain.revisions import with_fewer

from services.orders.tests.builders import a_line

steps = st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 500)), max_size=3)
bought = st.lists(
    st.tuples(st.integers(1, 9), st.integers(0, 900), steps, st.integers(0, 9)), max_size=5
)
"""Units, unit price, what coupons take off, and the units that are kept."""


def _line(number: int, units: int, price: int, off: list[tuple[str, int]]) -> Line:
    trace = [PriceStep("promotion", Money(1, "GBP"), "sale")] if price else []
    left = price * units - len(trace)
    for code, amount in off:
        taken = min(amount, left)
        left -= taken
        trace += [PriceStep("coupon", Money(taken, "GBP"), code)] if taken else []
    terms = replace(a_line(price, units), trace=tuple(trace))
    return Line(number, terms)


def _cost(lines: list[Line]) -> int:
    off = sum(step.amount.minor for line in lines for step in line.terms.discounts)
    return sum(line.amount.minor for line in lines) - off


@given(bought=bought, codes=st.frozensets(st.sampled_from("ab")))
def test_what_is_kept_never_costs_more_than_all_did(
    bought: list[tuple[int, int, list[tuple[str, int]], int]], codes: frozenset[str]
) -> None:
    """CP-7, SU-11: the discount goes as far as it may, to the cent, and no other changes."""
    before = [_line(at, units, price, off) for at, (units, price, off, _) in enumerate(bought)]
    kept = [
        with_fewer(line, min(more, line.terms.units))
        for line, (*_, more) in zip(before, bought, strict=True)
        if more
    ]
    after = without(kept, codes, before)

    lost = _cost(after) - _cost(kept)
    theirs = sum(taken_by(kept, code) for code in codes)
    assert lost == min(theirs, max(_cost(before) - _cost(kept), 0))
    for code in {"A", "B"} - {code.upper() for code in codes}:
        assert taken_by(after, code) == taken_by(kept, code)
    assert all(
        step.amount.minor or step.withheld for line in after for step in line.terms.discounts
    )
    assert restored(after, codes) == kept
    assert restored(after, frozenset()) == after


@given(bought=bought, codes=st.frozensets(st.sampled_from("AB")))
def test_what_a_coupon_holds_back_shrinks_with_its_line(
    bought: list[tuple[int, int, list[tuple[str, int]], int]], codes: frozenset[str]
) -> None:
    """CP-7, SU-11: ended first and less of it kept then, or the other way round: all one."""
    for at, (units, price, off, more) in enumerate(bought):
        line, fewer = _line(at, units, price, off), min(more, units)
        if not fewer:
            continue
        [ended] = without([line], codes, [line, _line(99, 1, 10**6, [])])
        assert restored([with_fewer(ended, fewer)], codes) == [with_fewer(line, fewer)]
