"""Whatever stands on an order, its parts add up to the cent and nothing is below zero (TO-1)."""

from dataclasses import replace
from fractions import Fraction

import hypothesis.strategies as st
from contracts.values import Money, Sku
from hypothesis import given, settings
from orders.domain.adjustments import WHOLE, Adjustment
from orders.domain.amounts import half_up, spread
from orders.domain.content import Content
from orders.domain.lines import Fulfilment, Line, LineTerms, Place
from orders.domain.parts import Shipping
from orders.domain.pricing import PriceStep
from orders.domain.taxes import Levy, Rate, TaxTerms

from services.orders.tests.builders import CLERK, SHOP, gbp
from services.orders.tests.properties.adding_up import adds_up

small = st.integers(0, 10**7)
CATEGORIES = ("standard", "books")


def adjusted(draw_amount: st.SearchStrategy[int]) -> st.SearchStrategy[Adjustment | None]:
    by_amount = draw_amount.map(lambda minor: Adjustment("kind", CLERK, gbp(minor)))
    percent = st.integers(-WHOLE, 3 * WHOLE).map(lambda bp: Adjustment("kind", CLERK, None, bp))
    return st.none() | by_amount | percent


adjustments = adjusted(st.integers(-(10**8), 10**8))
rates = st.builds(
    Rate,
    category=st.sampled_from(CATEGORIES),
    name=st.sampled_from(["VAT", "County"]),
    ppm=st.integers(0, 400_000),
    levy=st.sampled_from(Levy),
).map(lambda rate: replace(rate, on_shipping=rate.category == "standard"))


@st.composite
def lines(draw: st.DrawFn) -> LineTerms:
    steps = draw(st.lists(st.tuples(st.sampled_from(["promotion", "coupon"]), small), max_size=3))
    collected = draw(st.booleans())
    return LineTerms(
        sku=Sku("MUG"),
        name="Mug",
        units=draw(st.integers(1, 1000)),
        list_price=gbp(draw(small)),
        fulfilment=Fulfilment.PICKUP if collected else Fulfilment.SHIP,
        place=Place(SHOP.location_id, SHOP.code) if collected else None,
        adjustment=draw(adjustments),
        trace=tuple(PriceStep(source, gbp(minor), "C") for source, minor in steps),
        tax_category=draw(st.sampled_from(CATEGORIES)),
    )


@st.composite
def contents(draw: st.DrawFn) -> Content:
    wanted = draw(st.lists(lines(), max_size=8))
    handling = draw(st.none() | small)
    return Content(
        "GBP",
        lines=tuple(Line(number, terms) for number, terms in enumerate(wanted, 1)),
        lines_ever=len(wanted),
        shipping=draw(
            st.none()
            | st.builds(
                Shipping,
                small.map(gbp),
                handling=st.just(None if handling is None else gbp(handling)),
            )
        ),
        adjustment=draw(adjustments),
        shipping_adjustment=draw(adjustments),
        offer_shipping=draw(st.booleans()),
        tax=TaxTerms(tuple(draw(st.lists(rates, max_size=4))), inclusive=draw(st.booleans())),
    )


@given(content=contents())
@settings(max_examples=400, deadline=None)
def test_the_parts_add_up_and_nothing_is_below_zero(content: Content) -> None:
    """TO-1, CP-6: goods, discounts, adjustments, shipping, handling, tax and duty make the total;
    no total, no line and no shipping cost goes below zero."""
    adds_up(content)


@given(content=contents())
@settings(max_examples=300, deadline=None)
def test_the_order_of_the_lines_does_not_change_what_is_paid_for_goods(content: Content) -> None:
    """TO-1: shares of the order's adjustment move by a cent at most, their sum not at all."""
    turned = replace(content, lines=content.lines[::-1])
    before, after = content.totals(), turned.totals()
    assert (before.goods, before.discounts, before.adjustments) == (
        after.goods,
        after.discounts,
        after.adjustments,
    )
    shares = {line.line_id: line.share for line in content.sums().lines}
    assert all(abs(line.share - shares[line.line_id]) <= 1 for line in turned.sums().lines)


@given(amount=st.integers(-(10**15), 10**15), weights=st.lists(small, min_size=1, max_size=50))
def test_a_share_is_fair_to_the_cent(amount: int, weights: list[int]) -> None:
    """CP-6: parts add up to the whole; each is within one unit of its exact part."""
    parts, whole = spread(amount, weights), sum(weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(amount * weight, whole) if whole else Fraction(amount, len(weights))
        assert abs(part - exact) < 1
        if 0 < abs(amount) <= whole:
            assert abs(part) <= weight


@given(numerator=st.integers(-(10**12), 10**12), denominator=st.integers(1, 10**7))
def test_a_half_is_rounded_away_from_zero(numerator: int, denominator: int) -> None:
    """TO-1: the stated rule."""
    rounded = half_up(numerator, denominator)
    exact = Fraction(numerator, denominator)
    assert abs(rounded - exact) <= Fraction(1, 2)
    if abs(rounded - exact) == Fraction(1, 2):
        assert abs(rounded) > abs(exact)


@given(base=small, change=adjustments)
def test_an_adjustment_never_takes_more_than_there_is(base: int, change: Adjustment | None) -> None:
    """CP-6: 100 % off is the most."""
    if change is not None:
        assert base + change.on(base) >= 0


def test_a_hundred_percent_off_is_a_free_order() -> None:
    """CP-6: valid, and with nothing to tax."""
    line = Line(1, LineTerms(sku=Sku("MUG"), name="Mug", units=3, list_price=gbp(333)))
    content = Content(
        "GBP",
        lines=(line,),
        adjustment=Adjustment("our mistake", CLERK, None, -WHOLE),
        tax=TaxTerms((Rate("standard", "VAT", 200_000),)),
    )
    totals = content.totals()
    assert (totals.total, totals.adjustments, totals.tax) == (gbp(0), gbp(-999), gbp(0))
    assert totals.balance == Money(0, "GBP")
