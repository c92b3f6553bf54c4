"""A million lines through the rules of an order's money (``make fuzz``; fewer in the usual run)."""

from random import Random

import pytest
from contracts.values import Sku
from hypothesis import given
from orders.domain.adjustments import WHOLE, Adjustment
from orders.domain.content import Content
from orders.domain.lines import Line, LineTerms, ManualPrice
from orders.domain.parts import Shipping
from orders.domain.payments import Payment, PaymentTerms
from orders.domain.pricing import PriceStep
from orders.domain.taxes import Levy, Rate, TaxTerms

from services.orders.tests.builders import CLERK, gbp
from services.orders.tests.properties.adding_up import adds_up
from tests.fuzz import fuzzed, minor, seeded, seeds, sizes

_CATEGORIES = ("standard", "books", "food")
_SKU = Sku("MUG")


def _adjustment(random: Random, digits: int) -> Adjustment | None:
    match random.randrange(4):
        case 0:
            sign = random.choice((-1, 1))
            return Adjustment("kind", CLERK, gbp(sign * minor(random, digits)))
        case 1:
            return Adjustment("kind", CLERK, None, random.randint(-WHOLE, 2 * WHOLE))
        case _:
            return None


def _line(random: Random) -> LineTerms:
    by_hand = random.random() < 0.1
    off = [
        PriceStep(random.choice(("promotion", "coupon")), gbp(minor(random, 7)), "C")
        for _ in range(random.choice((0, 0, 0, 1, 2)))
    ]
    return LineTerms(
        sku=_SKU,
        name="Mug",
        units=1 + minor(random, 3),
        list_price=gbp(minor(random, 9)),
        manual=ManualPrice(gbp(minor(random, 9)), "kind", CLERK) if by_hand else None,
        adjustment=_adjustment(random, 9),
        trace=tuple(off),
        tax_category=random.choice(_CATEGORIES),
    )


def _tax(random: Random) -> TaxTerms:
    rates = [
        Rate(
            category=(category := random.choice(_CATEGORIES)),
            name=f"rate {number}",
            ppm=random.choice((0, 1, 50_000, 200_000, random.randrange(1_000_000))),
            on_shipping=category == "standard" and random.random() < 0.5,
            levy=random.choice((Levy.TAX, Levy.TAX, Levy.DUTY)),
        )
        for number in range(random.randrange(5))
    ]
    return TaxTerms(tuple(rates), inclusive=random.random() < 0.5)


def _payments(random: Random) -> tuple[Payment, ...]:
    return tuple(
        Payment(number, PaymentTerms("check", gbp(1 + minor(random, 8)) if number else None))
        for number in range(random.randrange(4))
    )


def _order(random: Random, lines: int) -> Content:
    handling = gbp(minor(random, 5)) if random.random() < 0.3 else None
    shipping = Shipping(gbp(minor(random, 6)), handling=handling)
    return Content(
        "GBP",
        lines=tuple(Line(number, _line(random)) for number in range(1, lines + 1)),
        lines_ever=lines,
        shipping=shipping if random.random() < 0.8 else None,
        adjustment=_adjustment(random, 11),
        shipping_adjustment=_adjustment(random, 6),
        offer_shipping=random.random() < 0.1,
        payments=_payments(random),
        tax=_tax(random),
    )


@pytest.mark.timeout(3600)
@given(seed=seeds)
@fuzzed
def test_every_order_adds_up_to_the_cent(seed: int) -> None:
    """TO-1, CP-6: discounts, adjustments shared out, tax and duty by line, inclusive or not."""
    random = seeded(seed)
    for lines in sizes(random):
        adds_up(_order(random, lines))
