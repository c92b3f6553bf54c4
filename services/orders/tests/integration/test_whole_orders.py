"""Orders with everything on them at once: what is shown adds up, and reaches whom it should."""

from typing import Any

import pytest
from contracts.catalog.commands import ReserveStock
from contracts.catalog.questions import QuoteLines
from contracts.payments.commands import AuthorisePayment

from services.orders.tests.driving import Orders, gbp, problem
from services.orders.tests.integration.test_sites import done as decided
from services.orders.tests.visiting import mailed

RATES = [
    {"country": "GB", "name": "VAT", "ppm": 175_000, "on_shipping": True},
    {"country": "GB", "name": "Levy", "ppm": 33_333},
    {"country": "GB", "name": "Duty", "ppm": 12_345, "levy": "duty"},
]
POST = {"name": "Post", "flat": gbp(395), "handling": gbp(55)}


def minor(amounts: Any) -> int:  # noqa: ANN401 - JSON
    return sum(amount["minor"] for amount in amounts)


@pytest.mark.parametrize("inclusive", [False, True])
async def test_every_total_is_the_sum_of_its_parts(orders: Orders, inclusive: bool) -> None:
    """TO-1: discounts, adjustments, handling, several rates of tax, and duty; to the cent."""
    site = await orders.site()
    await decided(orders, "PUT", f"/{site.code}/tax-rates", {"rates": RATES})
    await decided(orders, "PUT", f"/{site.code}/policy", {"tax_inclusive": inclusive})
    await decided(orders, "PUT", f"/{site.code}/shipping-methods/post", POST)
    orders.shop.prices |= {"MUG": 1237, "TEE": 333}
    orders.shop.coupons["TEN"], orders.shop.sale = 10, 3
    order = await orders.full_draft(
        site,
        lines=[{"sku": "MUG", "units": 3}, {"sku": "TEE", "units": 7}],
        coupons=["TEN"],
        shipping={"method": "post"},
    )
    path = f"/{order['id']}"
    less = {"basis_points": -333, "reason": "sorry"}
    await orders.done("PATCH", path + "/lines/1", {"adjustment": less})
    await orders.done("PUT", path + "/adjustment", {"amount": gbp(-101), "reason": "sorry"})
    far = {"amount": gbp(7), "reason": "far"}
    order = await orders.done("PUT", path + "/shipping/adjustment", far)

    lines, parts = order["lines"], order["parts"]
    totals = {name: one["minor"] for name, one in order["totals"].items() if name != "tax_included"}
    assert totals["goods"] == minor(line["amount"] for line in lines) == 3 * 1237 + 7 * 333
    assert totals["discounts"] == minor(line["discount"] for line in lines)
    assert totals["discounts"] == minor(one["amount"] for one in parts["discounts"])
    assert {one["source"] for one in parts["discounts"]} == {"promotion", "coupon"}
    by_staff = parts["line_adjustments"]["minor"] + parts["order_adjustment"]["minor"]
    assert totals["adjustments"] == minor(line["adjusted"] for line in lines) == by_staff
    assert totals["shipping"] == 395 + parts["shipping_adjustment"]["minor"] == 402
    assert totals["handling"] == order["shipping"]["handling"]["minor"] == 55
    for levy in ("tax", "duty"):
        of_rates = [one["amount"] for one in parts["levies"] if one["levy"] == levy]
        assert totals[levy] == minor(of_rates) > 0
    net = minor(line["net"] for line in lines)
    assert net == totals["goods"] - totals["discounts"] + totals["adjustments"]
    on_top = 0 if inclusive else totals["tax"]
    whole = net + totals["shipping"] + totals["handling"] + on_top + totals["duty"]
    assert (totals["total"], order["totals"]["tax_included"]) == (whole, inclusive)
    short = await orders.get(order, "/summary")
    assert short["totals"] == order["totals"]
    assert [line["net"] for line in short["lines"]] == [line["net"] for line in lines]


async def test_a_free_order_is_submitted_and_nobody_is_charged(orders: Orders) -> None:
    """CP-6: 100 % off is a valid free order; the card on it is left alone."""
    card = {"method": "card", "token": "tok_ok"}
    order = await orders.full_draft(await orders.site(), payments=[card])
    path = f"/{order['id']}"
    free = {"basis_points": -10_000, "reason": "goodwill"}
    order = await orders.done("PUT", path + "/adjustment", free)
    assert (order["totals"]["total"], order["warnings"]) == (gbp(0), [])
    assert (await orders.submit(order)).status_code == 202
    await orders.carry()
    assert (await orders.get(order))["state"] == "submitted"
    assert not any(isinstance(one, AuthorisePayment) for one in orders.shop.heard)


async def test_an_order_mixes_every_way_to_the_customer(orders: Orders) -> None:
    """FU-1, FU-2: shipped, collected and delivered; each comes from where its line says."""
    site = await orders.site()
    lines: list[dict[str, object]] = [
        {"sku": "MUG", "units": 1},
        {"sku": "MUG", "units": 2, "fulfilment": "pickup", "location": "soho"},
        {"sku": "TEE", "units": 3, "fulfilment": "delivery", "location": "depot"},
    ]
    order = await orders.full_draft(site, lines=lines, shipping={"cost": gbp(395)})
    told = [
        (one["fulfilment"], one["location"] and one["location"]["code"]) for one in order["lines"]
    ]
    assert told == [("ship", None), ("pickup", "soho"), ("delivery", "depot")]
    short = await orders.get(order, "/summary")
    assert [(one["fulfilment"], one["location"]) for one in short["lines"]] == told
    assert order["totals"]["shipping"] == gbp(395)
    assert (await orders.submit(order)).status_code == 202
    await orders.carry()
    reserve = next(one for one in orders.shop.heard if isinstance(one, ReserveStock))
    froms = {(line.sku, line.units, line.location_id is not None) for line in reserve.lines}
    assert froms == {("MUG", 1, False), ("MUG", 2, True), ("TEE", 3, True)}
    event = next(one for one in await orders.take("evt.") if "submitted" in one.type)
    assert [line["fulfilment"] for line in event.data["lines"]] == ["ship", "pickup", "delivery"]
    other = {"sku": "MUG", "units": 1, "fulfilment": "pickup"}
    problem(await orders.post({"site": site.code, "lines": [other]}), 422, "LOCATION_MISSING")


async def test_gifts_and_notes_reach_whom_they_are_for(orders: Orders) -> None:
    """GI-1, GI-2, GI-3: staff notes go neither to the customer's page nor into any event."""
    order = await orders.full_draft(
        await orders.site(),
        lines=[{"sku": "MUG", "units": 1, "gift_message": "Well done"}, {"sku": "TEE", "units": 1}],
        gift_message="Happy birthday",
        customer_note="ring twice",
        staff_note="difficult caller",
    )
    customer = await mailed(orders, order)
    page = await customer.look()
    assert page.status == 200
    assert "difficult caller" not in page.text
    await orders.done("DELETE", f"/{order['id']}/hand-over")
    assert (await orders.submit(await orders.get(order))).status_code == 202
    await orders.carry()
    events = await orders.take("evt.")
    told = next(one for one in events if one.type == "orders.order-submitted.v1").data
    assert (told["gift_message"], told["customer_note"]) == ("Happy birthday", "ring twice")
    assert [line.get("gift_message") for line in told["lines"]] == ["Well done", None]
    assert "difficult caller" not in str(events)
    assert "difficult caller" not in str(orders.shop.heard)
    assert (await orders.get(order))["staff_note"] == "difficult caller"


async def test_no_edit_switches_what_prices_go_by(orders: Orders) -> None:
    """CP-5: site, level and price list stay, whatever the units, shipping or address."""
    orders.shop.price_lists.add("vip")
    orders.shop.levels |= {("MUG", "vip"): 900, ("TEE", "vip"): 1000}
    trade = orders.shop.customer(level="trade")
    site = await orders.site()
    order = await orders.full_draft(site, customer_id=trade, price_list="vip")
    path, basis = f"/{order['id']}", (str(site.site_id), "trade", "vip")
    france = {"name": "A", "lines": ["1 Rue"], "city": "Paris", "country": "FR"}
    for method, part, body in (
        ("PATCH", "/lines/1", {"units": 500}),
        ("PUT", "/shipping", {"cost": gbp(100)}),
        ("PUT", "/addresses", {"shipping": france, "billing": france}),
        ("POST", "/lines", {"sku": "TEE", "units": 1}),
    ):
        order = await orders.done(method, path + part, body)
        asked = [one for one in orders.shop.asked if isinstance(one, QuoteLines)][-1]
        assert (str(asked.site_id), asked.level, asked.price_list) == basis
        assert order["lines"][0]["unit_price"] == gbp(900), part
    less = {"basis_points": -1000, "reason": "scratched"}
    order = await orders.done("PATCH", path + "/lines/1", {"adjustment": less})
    made = order["lines"][0]["adjustment"]
    assert (made["staff_id"], made["reason"]) == ("clerk", "scratched")
    sources = [step["source"] for step in order["lines"][0]["price_trace"]]
    assert sources == ["list", "price-list"]


async def test_a_move_tells_what_the_other_site_does_not_have(orders: Orders) -> None:
    """CS-8: visibility, shipping and stock are looked at anew; dropped, nothing has changed."""
    site = await orders.site()
    other = await orders.site(customer_set_id=site.customer_set_id)
    await decided(orders, "PUT", f"/{site.code}/shipping-methods/post", POST)
    await decided(orders, "PUT", f"/{other.code}/policy", {"hold_minutes": 15})
    order = await orders.full_draft(
        site,
        lines=[{"sku": "MUG", "units": 1, "gift_message": "Well done"}, {"sku": "TEE", "units": 1}],
        shipping={"method": "post"},
    )
    del orders.shop.prices["TEE"]
    path = f"/{order['id']}/site"
    shown = await orders.done("PUT", path, {"site": other.code})
    [gone] = shown["differences"]["lines"]
    assert (gone["pointer"], gone["unavailable"]["code"]) == ("/lines/1", "UNKNOWN_PRODUCT")
    assert shown["dropped"] == ["shipping"]
    assert await orders.get(order) == order
    moved = (await orders.done("PUT", path, {"site": other.code, "accept": True}))["order"]
    assert moved["lines"][0]["gift_message"] == "Well done"
    assert (moved["totals"]["shipping"], moved["totals"]["handling"]) == (gbp(0), gbp(0))
    assert (order["hold_id"], moved["hold_id"] is not None) == (None, True)
