"""A draft is priced by the catalog as a whole, and adjusted by staff; over HTTP."""

from typing import Any

from contracts.catalog.questions import QuoteLines, TellAvailability
from contracts.catalog.quotes import Customisation

from services.orders.tests.driving import Orders, gbp, problem

VAT = {"country": "GB", "name": "VAT", "ppm": 200_000, "on_shipping": True}


async def a_draft(orders: Orders, **more: object) -> dict[str, Any]:
    return await orders.full_draft(await orders.site(), **more)


async def test_the_customers_level_decides_the_price(orders: Orders) -> None:
    """CP-1, CP-5, CU-14: each line keeps how its price came about."""
    orders.shop.levels["MUG", "trade"] = 1000
    order = await a_draft(orders)
    assert order["lines"][0]["unit_price"] == gbp(1200)
    trade = orders.shop.customer(level="trade", tax_exempt=True)
    order = await orders.done("PUT", f"/{order['id']}/customer", {"customer_id": trade})
    line = order["lines"][0]
    assert (line["list_price"], line["unit_price"], line["amount"]) == (
        gbp(1200),
        gbp(1000),
        gbp(2000),
    )
    assert [step["source"] for step in line["price_trace"]] == ["list", "level"]
    assert (order["buyer"]["level"], order["buyer"]["tax_exempt"]) == ("trade", True)


async def test_a_change_of_one_line_prices_all_of_them_alike(orders: Orders) -> None:
    """CP-5: level and price list stay; discounts depend on the whole."""
    orders.shop.levels["MUG", "vip"] = 900
    orders.shop.price_lists.add("vip")
    order = await a_draft(orders)
    path = f"/{order['id']}"
    order = await orders.done("PUT", path + "/price-list", {"price_list": "vip"})
    assert order["lines"][0]["unit_price"] == gbp(900)
    order = await orders.done("POST", path + "/lines", {"sku": "TEE", "units": 1})
    asked = orders.shop.asked[-1]
    assert isinstance(asked, QuoteLines)
    assert [line.sku for line in asked.lines] == ["MUG", "TEE"]
    assert order["lines"][0]["unit_price"] == gbp(900)
    unknown = await orders.call("PUT", path + "/price-list", {"price_list": "other"})
    problem(unknown, 422, "UNKNOWN_PRICE_LIST", "/price_list")
    order = await orders.done("PUT", path + "/price-list", {"price_list": None})
    assert (order["price_list"], order["lines"][0]["unit_price"]) == (None, gbp(1200))


async def test_a_coupon_is_added_or_says_why_not(orders: Orders) -> None:
    """CP-7: an invalid one leaves the order as it was."""
    orders.shop.coupons["SAVE10"] = 10
    order = await a_draft(orders)
    path = f"/{order['id']}/coupons"
    problem(await orders.call("PUT", path + "/nope"), 422, "UNKNOWN_COUPON")
    assert await orders.get(order) == order
    order = await orders.done("PUT", path + "/save10")
    order = await orders.done("PUT", path + "/SAVE10")
    assert [one["code"] for one in order["coupons"]] == ["SAVE10"]
    assert (order["totals"]["discounts"], order["totals"]["total"]) == (gbp(240), gbp(2160))
    assert order["parts"]["discounts"] == [
        {"source": "coupon", "code": "SAVE10", "name": None, "amount": gbp(240)}
    ]
    assert order["lines"][0]["discount"] == gbp(240)
    order = await orders.done("DELETE", path + "/Save10")
    assert (order["coupons"], order["totals"]["total"]) == ([], gbp(2400))
    problem(await orders.call("DELETE", path + "/save10"), 404, "NOT_FOUND")
    empty = await orders.draft(await orders.site())
    problem(await orders.call("PUT", f"/{empty['id']}/coupons/save10"), 422, "NO_LINES")


async def test_a_coupon_that_ends_stays_on_the_draft_with_its_reason(orders: Orders) -> None:
    orders.shop.coupons["SAVE10"] = 10
    order = await a_draft(orders, coupons=["save10"])
    orders.shop.coupons.clear()
    order = await orders.done("PATCH", f"/{order['id']}/lines/1", {"units": 3})
    assert (order["coupons"][0]["refusal"], order["totals"]["discounts"]) == (
        "UNKNOWN_COUPON",
        gbp(0),
    )
    assert [one["pointer"] for one in order["missing"]] == ["/coupons/0"]


async def test_line_total_and_shipping_are_adjusted(orders: Orders) -> None:
    """CP-6: amount or percent, up or down, with reason and author; the parts add up."""
    order = await a_draft(orders, shipping={"cost": gbp(500)})
    path = f"/{order['id']}"
    less = {"basis_points": -1000, "reason": "scratched"}
    await orders.done("PATCH", path + "/lines/1", {"adjustment": less})
    await orders.done("PUT", path + "/adjustment", {"amount": gbp(-160), "reason": "sorry"})
    await orders.done("PUT", path + "/shipping/adjustment", {"amount": gbp(100), "reason": "far"})
    order = await orders.get(order)
    totals = order["totals"]
    assert (totals["goods"], totals["adjustments"]) == (gbp(2400), gbp(-400))
    assert (totals["shipping"], totals["total"]) == (gbp(600), gbp(2600))
    assert order["adjustment"]["staff_id"] == "clerk"
    assert (order["parts"]["line_adjustments"], order["parts"]["order_adjustment"]) == (
        gbp(-240),
        gbp(-160),
    )
    problem(
        await orders.call("PUT", path + "/adjustment", {"amount": gbp(-2161), "reason": "x"}),
        422,
        "ADJUSTMENT_BELOW_ZERO",
        "/amount/minor",
    )
    problem(await orders.call("PUT", path + "/adjustment", {"reason": "x"}), 422, "INVALID_REQUEST")
    await orders.done("DELETE", path + "/adjustment")
    await orders.done("DELETE", path + "/shipping/adjustment")
    order = await orders.done("PATCH", path + "/lines/1", {"adjustment": None})
    assert order["totals"]["total"] == gbp(2900)


async def test_adjusting_needs_its_permission(orders: Orders) -> None:
    """SC-3."""
    order = await a_draft(orders)
    clerk, path = orders.staff(permissions=["orders.read", "orders.write"]), f"/{order['id']}"
    for what in ("/adjustment", "/shipping/adjustment"):
        body = {"basis_points": -1, "reason": "x"}
        problem(await clerk.call("PUT", path + what, body), 403, "PERMISSION_DENIED")
        problem(await clerk.call("DELETE", path + what), 403, "PERMISSION_DENIED")
    offer = await clerk.call("PUT", path + "/shipping/offer", {"offered": True})
    problem(offer, 403, "PERMISSION_DENIED")


async def test_a_line_takes_the_customers_text_and_a_gift_message(orders: Orders) -> None:
    """CP-2, CP-3, GI-1, GI-2."""
    orders.shop.texts["MUG"] = Customisation(label="Name", max_length=5, required=True)
    orders.shop.with_options.add("SHIRT")
    order = await orders.draft(await orders.site())
    path = f"/{order['id']}/lines"
    for body, code, pointer in (
        ({"sku": "MUG", "units": 1}, "TEXT_MISSING", "/text"),
        ({"sku": "MUG", "units": 1, "text": "Augusta"}, "TEXT_TOO_LONG", "/text"),
        ({"sku": "TEE", "units": 1, "text": "Ada"}, "TEXT_NOT_WANTED", "/text"),
        ({"sku": "SHIRT", "units": 1}, "OPTIONS_MISSING", "/sku"),
    ):
        problem(await orders.call("POST", path, body), 422, code, pointer)
    line = {"sku": "MUG", "units": 1, "text": "Ada", "gift_message": "Well done"}
    order = await orders.done("POST", path, line)
    assert (order["lines"][0]["text"], order["lines"][0]["gift_message"]) == ("Ada", "Well done")
    asked = len(orders.shop.asked)
    order = await orders.done("PUT", f"/{order['id']}/gift", {"message": "Happy birthday"})
    assert (order["gift_message"], len(orders.shop.asked)) == ("Happy birthday", asked)
    order = await orders.done("PATCH", path + "/1", {"text": "Bob", "gift_message": None})
    assert (order["lines"][0]["text"], order["lines"][0]["gift_message"]) == ("Bob", None)


async def test_what_is_no_longer_sold_stays_on_the_draft_and_is_marked(orders: Orders) -> None:
    """Nothing typed is lost; the order is not submitted with it."""
    order = await a_draft(orders)
    del orders.shop.prices["MUG"]
    order = await orders.done("POST", f"/{order['id']}/lines", {"sku": "TEE", "units": 1})
    assert order["lines"][0]["unavailable"]["code"] == "UNKNOWN_PRODUCT"
    assert [(one["pointer"], one["code"]) for one in order["missing"]] == [
        ("/lines/0", "UNKNOWN_PRODUCT")
    ]
    problem(await orders.submit(order), 422, "UNKNOWN_PRODUCT", "/lines/0")
    order = await orders.done("DELETE", f"/{order['id']}/lines/1")
    assert order["missing"] == []


async def test_a_summary_is_read_before_finishing(orders: Orders) -> None:
    """TO-2: and it says what stands in the way."""
    order = await a_draft(orders, shipping={"method": "by bicycle", "cost": gbp(500)})
    short = await orders.get(order, "/summary")
    assert (short["customer"], short["units"], short["shipping"]) == ("Ada Byron", 2, "by bicycle")
    assert [(line["name"], line["net"]) for line in short["lines"]] == [("Fine MUG", gbp(2400))]
    assert (short["totals"], short["ready"]) == (order["totals"], True)
    assert [one["code"] for one in short["warnings"]] == ["PAYMENT_MISSING"]
    order = await orders.done("DELETE", f"/{order['id']}/lines/1")
    short = await orders.get(order, "/summary")
    assert (short["ready"], [one["code"] for one in short["missing"]]) == (False, ["NO_LINES"])
    stranger = orders.staff((await orders.site()).site_id)
    problem(await stranger.call("GET", f"/{order['id']}/summary"), 404, "NOT_FOUND")


async def test_many_lines_are_quoted_at_once_and_their_places_in_parts(orders: Orders) -> None:
    """An answer with every location of every product would not fit a message."""
    orders.shop.prices |= {f"SKU-{n}": n for n in range(150)}
    lines = [
        {"sku": f"SKU-{n}", "units": 1, "fulfilment": "pickup", "location": "soho"}
        for n in range(150)
    ]
    order = await orders.draft(await orders.site(), lines=lines)
    assert {line["location"]["code"] for line in order["lines"]} == {"soho"}
    parts = [len(one.skus) for one in orders.shop.asked if isinstance(one, TellAvailability)]
    assert (sum(isinstance(one, QuoteLines) for one in orders.shop.asked), parts) == (1, [100, 50])


async def test_two_edits_at_once_are_both_priced(orders: Orders) -> None:
    """What was asked ahead is asked again when somebody else edited in the meantime."""
    orders.shop.coupons["HALF"] = 50
    order = await a_draft(orders)
    path, ask = f"/{order['id']}", orders.shop.ask
    done = False

    async def ask_slowly(question: Any, *, timeout: float = 5.0) -> Any:  # noqa: ANN401, ASYNC109
        nonlocal done
        if not done:
            done = True
            await orders.done("PUT", path + "/coupons/half")
        return await ask(question, timeout=timeout)

    orders.runtime.asker.ask = ask_slowly
    order = await orders.done("POST", path + "/lines", {"sku": "TEE", "units": 1})
    assert [line["discount"] for line in order["lines"]] == [gbp(1200), gbp(700)]


async def test_a_price_list_is_judged_when_it_is_put_on_an_empty_draft(orders: Orders) -> None:
    """CP-4: not only once there is a line."""
    site = await orders.site()
    orders.shop.price_lists.add("vip")
    order = await orders.draft(site)
    path = f"/{order['id']}/price-list"
    problem(
        await orders.call("PUT", path, {"price_list": "other"}),
        422,
        "UNKNOWN_PRICE_LIST",
        "/price_list",
    )
    assert (await orders.get(order))["price_list"] is None
    assert (await orders.done("PUT", path, {"price_list": "vip"}))["price_list"] == "vip"
    assert (await orders.done("PUT", path, {"price_list": None}))["price_list"] is None
    begun = await orders.post({"site": site.code, "price_list": "other"})
    problem(begun, 422, "UNKNOWN_PRICE_LIST", "/price_list")
