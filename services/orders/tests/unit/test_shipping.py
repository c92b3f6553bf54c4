"""Which shipping methods an order can have, and what they cost (FU-2 to FU-4, FU-7)."""

from dataclasses import replace

import pytest
from orders.domain import extras
from orders.domain.adjustments import Adjustment
from orders.domain.completeness import missing_from
from orders.domain.errors import NotAcceptable
from orders.domain.order import Order
from orders.domain.parts import Shipping
from orders.domain.shipping import offers
from orders.domain.site_terms import Basis, Policy, ShippingMethod, SiteTerms, Tier

from services.orders.tests.builders import ADDRESS, CLERK, a_line, an_order, gbp

POST = ShippingMethod("post", "Royal post", flat=395, handling=50, free_over=5000)
PARCEL = ShippingMethod(
    "parcel",
    "Parcel",
    basis=Basis.WEIGHT,
    tiers=(Tier(1000, 500), Tier(5000, 900)),
    countries=("GB", "IE"),
)
VALUE = ShippingMethod(
    "value", "By value", basis=Basis.SUBTOTAL, tiers=(Tier(99, 900), Tier(None, 100))
)
TERMS = SiteTerms(methods=(POST, PARCEL, VALUE))


def a_draft(grams: int | None = 400, units: int = 1, **policy: object) -> Order:
    order = an_order(lines=0)
    order.terms = replace(TERMS, policy=Policy(**policy))  # pyright: ignore[reportArgumentType]
    order.add_line(replace(a_line(100, units), weight_grams=grams))
    return order


def offered(order: Order) -> dict[str, int]:
    return {one.code: one.cost.minor for one in offers(order.content, order.site, order.terms)}


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        (1, {"post": 395, "parcel": 500, "value": 100}),
        (3, {"post": 395, "parcel": 900, "value": 100}),
        (13, {"post": 395, "value": 100}),
        (50, {"post": 0, "value": 100}),
    ],
)
def test_a_method_is_offered_by_weight_and_price(units: int, expected: dict[str, int]) -> None:
    """FU-3: by the items."""
    assert offered(a_draft(units=units)) == expected


def test_a_method_is_offered_by_country() -> None:
    """FU-3, FU-7: by the address, within the countries of method and site."""
    order = a_draft()
    order.set_addresses(None, replace(ADDRESS, country="FR"))
    assert set(offered(order)) == {"post", "value"}
    order = a_draft(shipping_countries=("GB",))
    with pytest.raises(NotAcceptable) as refused:
        order.set_addresses(None, replace(ADDRESS, country="FR"))
    assert refused.value.faults[0].code == "SHIPPING_COUNTRY_NOT_SERVED"
    order.set_addresses(replace(ADDRESS, country="FR"), ADDRESS)  # the billing address may differ


def test_no_method_is_offered_when_nothing_ships() -> None:
    """FU-2."""
    order = an_order(lines=0)
    order.terms = TERMS
    order.add_line(a_line(collected=True))
    assert offered(order) == {}


def test_a_chosen_method_follows_the_goods() -> None:
    """FU-3: the choice sets the price, and handling stays when shipping is free."""
    order = a_draft()
    extras.choose_shipping(order, "post")
    assert (order.content.totals().shipping, order.content.totals().handling) == (gbp(395), gbp(50))
    order.change_line(1, a_line(100, 50))
    assert (order.content.totals().shipping, order.content.totals().handling) == (gbp(0), gbp(50))


def test_a_method_that_is_no_longer_offered_stops_the_submission() -> None:
    order = a_draft()
    extras.choose_shipping(order, "parcel")
    order.change_line(1, replace(a_line(100, 20), weight_grams=400))
    assert order.content.totals().shipping == gbp(500)
    assert [fault.code for fault in missing_from(order)] == ["SHIPPING_METHOD_NOT_OFFERED"]
    with pytest.raises(NotAcceptable):
        extras.choose_shipping(order, "parcel")


def test_a_site_with_methods_wants_one_chosen() -> None:
    """FU-2: if any line ships; a cost of staff's own will do as well."""
    order = a_draft()
    assert [fault.code for fault in missing_from(order)] == ["SHIPPING_METHOD_MISSING"]
    order.set_shipping(Shipping(gbp(100), "bicycle"))
    assert missing_from(order) == []


def test_shipping_is_offered_and_charged_again() -> None:
    """FU-4: zero whatever the method, and back when switched off."""
    order = a_draft()
    extras.choose_shipping(order, "post")
    extras.offer_shipping(order, offered=True)
    assert order.content.totals().shipping == gbp(0)
    extras.choose_shipping(order, "parcel")
    assert order.content.totals().shipping == gbp(0)
    extras.offer_shipping(order, offered=False)
    assert order.content.totals().shipping == gbp(500)


def test_the_shipping_cost_is_adjusted_by_amount_or_percent() -> None:
    """CP-6: never below zero."""
    order = a_draft()
    extras.choose_shipping(order, "post")
    extras.adjust_shipping(order, Adjustment("late", CLERK, None, -5000))
    assert order.content.totals().shipping == gbp(197)
    extras.adjust_shipping(order, Adjustment("heavy", CLERK, gbp(105)))
    assert order.content.totals().shipping == gbp(500)
    with pytest.raises(NotAcceptable) as refused:
        extras.adjust_shipping(order, Adjustment("too kind", CLERK, gbp(-396)))
    assert refused.value.faults[0].code == "ADJUSTMENT_BELOW_ZERO"
    extras.adjust_shipping(order, None)
    assert order.content.totals().shipping == gbp(395)
