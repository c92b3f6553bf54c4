"""What becomes of an order's coupons in a revision; over the real API, database and saga."""

from typing import Any

import pytest
from contracts.catalog.commands import RedeemCoupons
from contracts.catalog.questions import QuoteLines
from contracts.orders.events import OrderRevised

from services.orders.tests.driving import Orders, gbp, problem
from services.orders.tests.integration.test_revision import CARD, asked, revised, submitted

REST = CARD
"""Pays whatever is more to pay."""


@pytest.fixture
async def order(orders: Orders) -> dict[str, Any]:
    """Submit two mugs of 12 pounds, with a tenth off for 20 pounds or more; paid."""
    orders.shop.coupons["TEN"], orders.shop.minimums["TEN"] = 10, 2000
    return await submitted(orders, payments=[CARD], coupons=["TEN"])


async def preview(orders: Orders, order: dict[str, Any], **body: object) -> dict[str, Any]:
    path = f"/{order['id']}/revision/preview"
    return dict(await orders.done("POST", path, body))


async def test_the_orders_coupons_take_something_off_what_is_added(
    orders: Orders, order: dict[str, Any]
) -> None:
    """CP-7, SU-11: on the terms of the submission, told before; used up once."""
    body: dict[str, Any] = {"lines": [{"sku": "TEE", "units": 1}], "payments": [REST]}
    shown = await preview(orders, order, **body)
    [coupon] = shown["coupons"]
    assert (coupon["code"], coupon["was"], coupon["now"]) == ("TEN", gbp(240), gbp(380))
    assert (shown["total_was"], shown["total_now"]) == (gbp(2160), gbp(3420))
    question = next(one for one in reversed(orders.shop.asked) if isinstance(one, QuoteLines))
    assert question.standing is not None
    assert str(question.standing.submission_id) == order["submission_id"]
    assert question.standing.worth.minor == 2400
    assert {code: money.minor for code, money in question.standing.taken.items()} == {"TEN": 240}

    assert (await revised(orders, order, **body))["difference"] == shown
    found = await orders.get(order)
    assert found["totals"]["discounts"] == gbp(380)
    assert (found["coupons"][0]["discount"], found["coupons"][0]["refusal"]) == (gbp(380), None)
    assert orders.shop.till.paid() == 3420
    assert len([one for one in orders.shop.heard if isinstance(one, RedeemCoupons)]) == 1


async def test_more_of_the_same_goes_onto_its_line_with_its_discount(
    orders: Orders, order: dict[str, Any]
) -> None:
    """CP-7, SU-11: priced just alike; and one fewer again gives back what one more cost."""
    await revised(orders, order, lines=[{"line_id": 1, "units": 3}], payments=[REST])
    [line] = (await orders.get(order))["lines"]
    assert (line["units"], line["discount"], line["net"]) == (3, gbp(360), gbp(3240))
    revision = await revised(orders, order, lines=[{"line_id": 1, "units": 2}])
    assert revision["difference"]["total_now"] == gbp(2160)


async def test_a_coupon_whose_minimum_is_not_reached_any_more_ends(
    orders: Orders, order: dict[str, Any]
) -> None:
    """CP-7, SU-11: the preview says so; less goes back, and a later revision may reach it again."""
    body = {"lines": [{"line_id": 1, "units": 1}]}
    shown = await preview(orders, order, **body)
    [coupon] = shown["coupons"]
    assert (coupon["refusal"], coupon["now"]) == ("COUPON_MINIMUM_NOT_REACHED", gbp(0))
    assert (shown["total_now"], shown["to_give_back"][0]["amount"]) == (gbp(1200), gbp(960))
    await revised(orders, order, **body)
    found = await orders.get(order)
    assert found["coupons"][0]["refusal"] == "COUPON_MINIMUM_NOT_REACHED"
    assert (found["totals"]["discounts"], orders.shop.till.paid()) == (gbp(0), 1200)

    again = await preview(orders, order, lines=[{"sku": "TEE", "units": 1}])
    [coupon] = again["coupons"]
    assert (coupon["refusal"], coupon["was"], coupon["now"]) == (None, gbp(0), gbp(260))
    await orders.done("POST", f"/{order['id']}/cancellation")
    await orders.carry()
    assert orders.shop.till.paid() == 0


async def test_a_coupon_comes_back_with_its_minimum_for_all_goods(
    orders: Orders, order: dict[str, Any]
) -> None:
    """CP-7, SU-11, EV-1: in however many revisions, an order costs what it does in one."""
    await revised(orders, order, lines=[{"line_id": 1, "units": 1}])
    orders.shop.prices["TEE"] = 200
    await revised(orders, order, lines=[{"sku": "TEE", "units": 1}], payments=[REST])
    found = await orders.get(order)
    assert (found["totals"]["total"], found["totals"]["discounts"]) == (gbp(1400), gbp(0))
    held = [line["price_trace"][-1]["withheld"] for line in found["lines"]]
    assert held == [gbp(120), gbp(20)]
    assert found["parts"]["discounts"] == []

    body: dict[str, Any] = {"lines": [{"line_id": 1, "units": 2}], "payments": [REST]}
    shown = await preview(orders, order, **body)
    [coupon] = shown["coupons"]
    assert (coupon["refusal"], coupon["was"], coupon["now"]) == (None, gbp(0), gbp(260))
    await revised(orders, order, **body)
    found = await orders.get(order)
    assert (found["totals"]["total"], found["totals"]["balance"]) == (gbp(2340), gbp(0))
    assert orders.shop.till.paid() == 2340
    assert [line["units"] for line in found["lines"]] == [2, 1]
    told = [event.data for event in await orders.take("evt.") if event.type == OrderRevised.type]
    assert [event.get("coupons") for event in told] == [None, None, ["TEN"]]


async def test_taking_something_away_never_makes_the_rest_dearer(
    orders: Orders, order: dict[str, Any]
) -> None:
    """CP-7, SU-11: so much of the discount stays that nothing more is to be paid."""
    orders.shop.prices["TEE"] = 100
    await revised(orders, order, lines=[{"sku": "TEE", "units": 1}], payments=[REST])
    assert (await orders.get(order))["totals"]["total"] == gbp(2250)
    orders.shop.minimums["TEN"] = 2500
    shown = await preview(orders, order, lines=[{"line_id": 2, "units": 0}])
    assert shown["total_was"] == shown["total_now"] == gbp(2250)
    [coupon] = shown["coupons"]
    assert (coupon["refusal"], coupon["now"]) == ("COUPON_MINIMUM_NOT_REACHED", gbp(150))
    assert (shown["to_give_back"], shown["left_to_pay"]) == ([], gbp(0))


async def test_staff_who_may_adjust_prices_let_a_coupon_go_on(
    orders: Orders, order: dict[str, Any]
) -> None:
    """CP-6, CP-7, SC-3."""
    body = {"lines": [{"line_id": 1, "units": 1}], "keep_coupons": True}
    shown = await preview(orders, order, **body)
    assert shown["total_now"] == gbp(1080)
    [coupon] = shown["coupons"]
    assert (coupon["refusal"], coupon["now"]) == (None, gbp(120))
    without = orders.staff(permissions=["orders.read", "orders.write"])
    problem(await asked(without, order, body), 403, "PERMISSION_DENIED")


async def test_a_revision_without_goods_asks_nothing_of_the_catalog(
    orders: Orders, order: dict[str, Any]
) -> None:
    """SU-11: what stands on the order is enough to send it dearer."""
    orders.shop.away.add("catalog")
    shown = await preview(orders, order, shipping={"cost": gbp(100)})
    assert (shown["total_now"], shown["coupons"]) == (gbp(2260), [])
