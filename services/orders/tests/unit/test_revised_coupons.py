"""Free shipping by a coupon goes with its minimum, and comes back with it."""

from dataclasses import replace

from contracts.values import Money
from orders.domain.content import Content
from orders.domain.pricing import Coupon
from orders.domain.revised_coupons import ENDED, settled_coupons

NOTHING = Money(0, "GBP")


def a_coupon(refusal: str | None = None, *, free: bool = False) -> Coupon:
    return Coupon("SHIP", refusal=refusal, discount=NOTHING, free_shipping=free)


def test_free_shipping_comes_back_with_its_coupon() -> None:
    """CP-7, SU-11: also where what is added is not for the coupon."""
    before = Content("GBP", coupons=(a_coupon(free=True),), free_shipping=True)
    short = settled_coupons(before, [a_coupon(ENDED)], keep=False)
    assert (short.free_shipping, short.coupons[0].refusal) == (False, ENDED)
    still = settled_coupons(short, [a_coupon(ENDED)], keep=False)
    again = settled_coupons(still, [a_coupon("COUPON_WITHOUT_EFFECT")], keep=False)
    assert again == before
    assert settled_coupons(before, [a_coupon(ENDED)], keep=True) == before


def test_a_coupon_that_never_made_shipping_free_does_not_begin_to() -> None:
    """CP-7, SU-11."""
    before = Content("GBP", coupons=(replace(a_coupon(), free_shipping=False),))
    short = settled_coupons(before, [a_coupon(ENDED)], keep=False)
    assert settled_coupons(short, [a_coupon("COUPON_WITHOUT_EFFECT")], keep=False) == before
