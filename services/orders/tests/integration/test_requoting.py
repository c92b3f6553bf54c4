"""A draft is priced once more when it is handed in (CP-9, SU-10)."""

from uuid import UUID, uuid4

from contracts.catalog.commands import RedeemCoupons, ReserveStock
from contracts.customers.commands import VerifyCustomer
from contracts.customers.questions import DescribeCustomer
from contracts.customers.replies import CustomerRefused
from contracts.values import CustomerId, CustomerSetId

from services.orders.tests.driving import ALL, Orders, gbp, problem


async def test_a_price_that_changed_stops_the_submission(orders: Orders) -> None:
    """CP-9: a diff per line; accepted in the next call, or by itself before."""
    order = await orders.full_draft(await orders.site())
    orders.shop.prices["MUG"] = 1300
    key = uuid4().hex
    found = problem(await orders.submit(order, key), 409, "PRICE_CHANGED", "/lines/0")
    line = found["differences"]["lines"][0]
    assert (line["sku"], line["was"]["unit_price"], line["now"]["unit_price"]) == (
        "MUG",
        gbp(1200),
        gbp(1300),
    )
    assert (found["differences"]["total_was"], found["differences"]["total_now"]) == (
        gbp(2400),
        gbp(2600),
    )
    assert await orders.get(order) == order

    accepted = await orders.done("PUT", f"/{order['id']}/quote")
    assert (accepted["totals"]["total"], accepted["version"]) == (gbp(2600), 2)
    entries = (await orders.get(order, "/changes"))["items"]
    assert (entries[-1]["before"], entries[-1]["after"]) == (gbp(2400), gbp(2600))
    assert (await orders.submit(order, key)).status_code == 202


async def test_prices_may_be_accepted_with_the_submission(orders: Orders) -> None:
    order = await orders.full_draft(await orders.site())
    orders.shop.prices["MUG"] = 1100
    path = f"/{order['id']}/submission"
    handed = await orders.done("POST", path, {"accept_prices": True}, Idempotency_Key=uuid4().hex)
    assert (handed["state"], handed["totals"]["total"]) == ("submitting", gbp(2200))


async def test_a_manual_price_is_not_compared(orders: Orders) -> None:
    """CP-9: unless the line was manually priced."""
    price = {"unit": gbp(1000), "reason": "price match"}
    lines = [{"sku": "MUG", "units": 1, "price": price}]
    order = await orders.full_draft(await orders.site(), lines=lines)
    orders.shop.prices["MUG"] = 1300
    assert (await orders.submit(order)).status_code == 202


async def test_what_is_no_longer_sold_is_told_as_a_difference(orders: Orders) -> None:
    """SU-10: set, price, stock and coupon are checked again; nothing is handed in."""
    orders.shop.coupons["SAVE10"] = 10
    order = await orders.full_draft(await orders.site(), coupons=["save10"])
    del orders.shop.prices["MUG"]
    orders.shop.coupons.clear()
    found = problem(await orders.submit(order), 409, "PRICE_CHANGED")
    assert found["differences"]["lines"][0]["unavailable"]["code"] == "UNKNOWN_PRODUCT"
    assert found["differences"]["coupons"][0]["refusal"] == "UNKNOWN_COUPON"
    accepted = await orders.done("PUT", f"/{order['id']}/quote")
    assert [one["code"] for one in accepted["missing"]] == ["UNKNOWN_PRODUCT", "UNKNOWN_COUPON"]
    refused = await orders.submit(order)
    problem(refused, 422, "INVALID_ORDER", "/lines/0", "/coupons/0")


async def test_a_level_that_changed_changes_the_prices(orders: Orders) -> None:
    """CP-1, SU-10: what is known of the customer is asked again."""
    orders.shop.levels["MUG", "trade"] = 1000
    order = await orders.full_draft(await orders.site())
    id_ = CustomerId(UUID(order["customer"]["id"]))
    known = orders.shop.customers[id_]
    orders.shop.customers[id_] = known.model_copy(update={"level": "trade"})
    problem(await orders.submit(order), 409, "PRICE_CHANGED", "/lines/0")


async def test_a_customer_who_moved_to_another_set_is_refused(orders: Orders) -> None:
    """CS-5: the draft stays readable, and staff may choose another customer."""
    order = await orders.full_draft(await orders.site())
    id_ = CustomerId(UUID(order["customer"]["id"]))
    orders.shop.customers[id_] = CustomerRefused(
        code="CUSTOMER_SET_MISMATCH", detail="another set", customer_id=id_
    )
    problem(await orders.submit(order), 422, "CUSTOMER_SET_MISMATCH", "/customer_id")
    assert (await orders.get(order))["state"] == "draft"
    other = {"customer_id": orders.shop.customer()}
    await orders.done("PUT", f"/{order['id']}/customer", other)
    assert (await orders.submit(order)).status_code == 202


async def test_a_draft_whose_site_moved_is_readable_and_goes_elsewhere(orders: Orders) -> None:
    """CS-5: checked at submission, in the saga too; staff may change the site instead."""
    site = await orders.site()
    sister = await orders.site(customer_set_id=site.customer_set_id)
    order = await orders.full_draft(site)
    id_ = CustomerId(UUID(order["customer"]["id"]))
    known = orders.shop.customers[id_]
    await orders.handle(
        site.model_copy(update={"version": 2, "customer_set_id": CustomerSetId(uuid4())})
    )
    refusal = {"code": "CUSTOMER_SET_MISMATCH", "detail": "another set"}
    orders.shop.says[VerifyCustomer] = lambda command: CustomerRefused(
        customer_id=command.customer_id, **refusal
    )
    # Who asks just before it moves is told that the customer may: the saga asks again.
    assert (await orders.submit(order)).status_code == 202
    await orders.carry()
    found = await orders.get(order)
    assert (found["state"], found["refusals"][0]["code"]) == ("draft", "CUSTOMER_SET_MISMATCH")
    assert found["lines"] == order["lines"]

    orders.shop.says.clear()
    orders.shop.customers[id_] = CustomerRefused(customer_id=id_, **refusal)
    problem(await orders.submit(found), 422, "CUSTOMER_SET_MISMATCH", "/customer_id")
    assert (await orders.get(order))["state"] == "draft"
    orders.shop.customers[id_] = known
    body = {"site": sister.code, "accept": True}
    moved = await orders.done("PUT", f"/{order['id']}/site", body)
    assert (moved["order"]["site"], moved["customer_kept"]) == (sister.code, True)
    assert moved["order"]["customer"]["id"] == str(id_)
    assert (await orders.submit(order)).status_code == 202


async def test_an_order_made_and_handed_in_at_once_is_quoted_once(orders: Orders) -> None:
    """It has just been priced; the saga uses its coupons up (CP-7)."""
    orders.shop.coupons["SAVE10"] = 10
    order = await orders.full_draft(await orders.site(), coupons=["save10"], submit=True)
    assert [one.owner() for one in orders.shop.asked] == ["customers", "catalog"]
    assert isinstance(orders.shop.asked[0], DescribeCustomer)
    await orders.carry()
    assert (await orders.get(order))["state"] == "submitted"
    redeemed = next(one for one in orders.shop.heard if isinstance(one, RedeemCoupons))
    assert (str(redeemed.submission_id), redeemed.coupons) == (order["submission_id"], ("SAVE10",))
    told = (await orders.take("evt."))[-1].data
    assert (told["discounts"], told["coupons"], told["lines"][0]["net"]) == (
        gbp(240),
        ["SAVE10"],
        2160,
    )


async def test_a_backorder_is_taken_as_policy_and_permission_say(orders: Orders) -> None:
    """SU-7, IN-9: all or nothing unless the site asks staff; a permission may go beyond."""
    site = await orders.site()
    order = await orders.full_draft(site)
    path = f"/{order['id']}/submission"
    refused = await orders.call("POST", path, {"backorder_rest": True}, Idempotency_Key=uuid4().hex)
    problem(refused, 422, "PARTIAL_STOCK_REFUSED", "/backorder_rest")
    boss = orders.staff(permissions=(*ALL, "sites.write", "orders.backorder"))
    headers = {"Authorization": f"Bearer {boss.token}"}
    policy = f"/api/orders/v1/sites/{site.code}/policy"
    await orders.client.put(policy, json={"partial_stock": "ask"}, headers=headers)
    await boss.done("POST", path, {"backorder_rest": True}, Idempotency_Key=uuid4().hex)
    await orders.carry()
    reserve = next(one for one in orders.shop.heard if isinstance(one, ReserveStock))
    assert (reserve.backorder_rest, reserve.may_backorder) == (True, True)
