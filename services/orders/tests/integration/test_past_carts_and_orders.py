"""Past carts and orders as the basis of a draft (HI-1 to HI-4)."""

from typing import Any
from uuid import uuid4

import httpx2
from contracts.customers.events import SiteChanged

from services.orders.tests.driving import Orders, gbp, problem

CARTS = "/api/orders/v1/carts"


async def call(orders: Orders, method: str, path: str, body: object = None) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {orders.token}", "Idempotency-Key": uuid4().hex}
    return await orders.client.request(method, CARTS + path, json=body, headers=headers)


async def a_cart(orders: Orders, site: SiteChanged, **more: object) -> dict[str, Any]:
    body = {
        "site": site.code,
        "reference": "cart-1",
        "customer_id": orders.shop.customer(),
        "lines": [
            {"sku": "MUG", "units": 2, "unit_price": gbp(1100)},
            {"sku": "TEE", "units": 1, "unit_price": gbp(1400)},
            {"sku": "GONE", "units": 1},
        ],
        "abandoned_at": "2026-11-01T10:00:00Z",
        **more,
    }
    answer = await call(orders, "POST", "", body)
    assert answer.status_code == 201, answer.text
    return {**body, **answer.json()}


async def test_abandoned_carts_are_received_and_listed(orders: Orders) -> None:
    """HI-1: per site and customer; sent again, a cart is replaced. SC-1: only one's own sites."""
    site, other = await orders.site(), await orders.site()
    cart = await a_cart(orders, site)
    again = await a_cart(
        orders, site, customer_id=cart["customer_id"], lines=[{"sku": "MUG", "units": 9}]
    )
    assert again["id"] == cart["id"]
    await a_cart(orders, other)
    listed = (await call(orders, "GET", f"?customer_id={cart['customer_id']}")).json()["items"]
    assert [(one["id"], one["lines"][0]["units"]) for one in listed] == [(cart["id"], 9)]
    assert len((await call(orders, "GET", f"?site={site.code}")).json()["items"]) == 1
    stranger = orders.staff(other.site_id)
    hidden = await call(stranger, "GET", f"?customer_id={cart['customer_id']}")
    assert hidden.json()["items"] == []
    problem(await call(stranger, "GET", f"?site={site.code}"), 404, "UNKNOWN_SITE")


async def test_a_cart_is_that_of_a_customer_of_the_site(orders: Orders) -> None:
    """HI-1, CS-2, CS-3, CU-7, SE-5: whoever cannot be ordered for leaves none, and it is said."""
    site, shop = await orders.site(), orders.shop
    body = {"site": site.code, "lines": [{"sku": "MUG", "units": 1}]}
    body |= {"reference": "c", "abandoned_at": "2026-11-01T10:00:00Z"}
    unknown = await call(orders, "POST", "", {**body, "customer_id": str(uuid4())})
    problem(unknown, 422, "UNKNOWN_CUSTOMER", "/customer_id")
    for code in ("CUSTOMER_SET_MISMATCH", "CUSTOMER_IS_STAFF", "CUSTOMER_DISABLED"):
        refused = await call(
            orders, "POST", "", {**body, "customer_id": shop.customer(refused=code)}
        )
        problem(refused, 422, code, "/customer_id")
    for never in ("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", 1793538000):
        refused = await call(
            orders, "POST", "", {**body, "customer_id": shop.customer(), "abandoned_at": never}
        )
        problem(refused, 422, "INVALID_REQUEST", "/abandoned_at")
    closed = shop.customer(refused="SITE_INACTIVE")
    problem(await call(orders, "POST", "", {**body, "customer_id": closed}), 422, "SITE_INACTIVE")
    assert (await call(orders, "GET", f"?site={site.code}")).json()["items"] == []

    incomplete = shop.customer(refused="CUSTOMER_INCOMPLETE")
    cart = await a_cart(orders, site, customer_id=incomplete, reference="new-here")
    shop.away.add("customers")
    away = await call(orders, "POST", "", {**body, "customer_id": incomplete})
    problem(away, 503, "SERVICE_UNANSWERED")
    listed = (await call(orders, "GET", f"?site={site.code}")).json()["items"]
    assert [one["id"] for one in listed] == [cart["id"]]


async def test_a_cart_is_the_basis_of_a_draft(orders: Orders) -> None:
    """HI-2: what is gone or costs something else is kept, marked, priced anew, and shown."""
    site = await orders.site()
    cart = await a_cart(orders, site)
    order = await orders.draft(site, based_on={"cart_id": cart["id"]})
    assert order["customer"]["id"] == cart["customer_id"]
    assert [(line["sku"], line["units"]) for line in order["lines"]] == [
        ("MUG", 2),
        ("TEE", 1),
        ("GONE", 1),
    ]
    assert order["lines"][2]["unavailable"]["code"] == "UNKNOWN_PRODUCT"
    basis = order["basis"]
    assert (basis["kind"], basis["id"], basis["left_out"]) == ("cart", cart["id"], [])
    found = [(one["sku"], one["was"]["unit_price"], one["pointer"]) for one in basis["differences"]]
    assert found[0] == ("MUG", gbp(1100), "/lines/0")
    assert basis["differences"][0]["now"]["unit_price"] == gbp(1200)
    assert [one["sku"] for one in basis["differences"]] == ["MUG", "GONE"]


async def test_an_earlier_order_is_the_basis_of_a_draft(orders: Orders) -> None:
    """HI-3: lines and addresses, not number or payments; what is gone is left out and named."""
    site = await orders.site()
    orders.shop.coupons["SAVE10"] = 10
    before = await orders.full_draft(
        site,
        lines=[{"sku": "TEE", "units": 1}, {"sku": "MUG", "units": 3}],
        payments=[{"method": "check"}],
        coupons=["save10"],
    )
    del orders.shop.prices["TEE"]
    order = await orders.draft(site, based_on={"order_id": before["id"]})
    assert [(line["sku"], line["units"]) for line in order["lines"]] == [("MUG", 3)]
    assert [(one["sku"], one["code"]) for one in order["basis"]["left_out"]] == [
        ("TEE", "UNKNOWN_PRODUCT")
    ]
    assert (order["payments"], order["coupons"]) == ([], [])
    assert order["number"] != before["number"]
    assert order["shipping_address"] == before["shipping_address"]


async def test_a_basis_must_be_known_sold_here_and_the_customers(orders: Orders) -> None:
    """HI-4: of another site only where its products are sold on this one."""
    site, other = await orders.site(), await orders.site()
    cart = await a_cart(orders, other, lines=[{"sku": "GONE", "units": 1}])
    body: dict[str, Any] = {"site": site.code, "based_on": {"cart_id": cart["id"]}}
    problem(await orders.post(body), 422, "BASIS_NOT_SOLD_HERE", "/based_on")
    stranger = {**body, "customer_id": orders.shop.customer()}
    problem(await orders.post(stranger), 422, "BASIS_OF_ANOTHER_CUSTOMER", "/based_on")
    unknown = {"site": site.code, "based_on": {"order_id": str(uuid4())}}
    problem(await orders.post(unknown), 422, "UNKNOWN_BASIS", "/based_on/order_id")
    problem(await orders.post({"site": site.code, "based_on": {}}), 422, "INVALID_REQUEST")


async def test_only_what_this_site_sells_is_offered(orders: Orders) -> None:
    """HI-4, HI-1: a cart or order of another site is listed only where something of it is sold."""
    site, other = await orders.site(), await orders.site()
    ada = orders.shop.customer()
    here = await a_cart(orders, site, customer_id=ada, lines=[{"sku": "GONE", "units": 1}])
    orders.shop.prices["LAMP"] = 900
    lamp = await orders.full_draft(other, customer_id=ada, lines=[{"sku": "LAMP", "units": 1}])
    mug = await orders.full_draft(other, customer_id=ada)
    sold = await a_cart(orders, other, customer_id=ada)
    await a_cart(
        orders, other, customer_id=ada, reference="c2", lines=[{"sku": "GONE", "units": 1}]
    )
    del orders.shop.prices["LAMP"]
    path = f"/api/orders/v1/bases?site={site.code}&customer_id={ada}"
    headers = {"Authorization": f"Bearer {orders.token}"}
    found = (await orders.client.get(path, headers=headers)).json()
    assert [one["id"] for one in found["carts"]] == [sold["id"], here["id"]]
    assert [one["id"] for one in found["orders"]] == [mug["id"]]
    assert lamp["id"] not in str(found)
    stranger = orders.staff(site.site_id)
    headers = {"Authorization": f"Bearer {stranger.token}"}
    seen = (await orders.client.get(path, headers=headers)).json()
    assert ([one["id"] for one in seen["carts"]], seen["orders"]) == ([here["id"]], [])
    unknown = await orders.client.get(path.replace(site.code, "nowhere"), headers=headers)
    problem(unknown, 404, "UNKNOWN_SITE")


async def test_what_is_out_of_stock_is_kept_and_marked(orders: Orders) -> None:
    """HI-2: by line, with what there is; where the line comes from counts."""
    site = await orders.site()
    orders.shop.stock["MUG"] = 3
    lines = [{"sku": "MUG", "units": 2}, {"sku": "MUG", "units": 2}, {"sku": "TEE", "units": 1}]
    cart = await a_cart(orders, site, lines=lines)
    order = await orders.draft(site, based_on={"cart_id": cart["id"]})
    assert [line["units"] for line in order["lines"]] == [2, 2, 1]
    [short] = order["basis"]["short"]
    assert (short["pointer"], short["sku"], short["wanted"], short["available"]) == (
        "/lines/1",
        "MUG",
        2,
        1,
    )
    pickup = {"sku": "MUG", "units": 4, "fulfilment": "pickup", "location": "soho"}
    before = await orders.full_draft(site, lines=[pickup])
    order = await orders.draft(site, based_on={"order_id": before["id"]})
    assert [one["available"] for one in order["basis"]["short"]] == [3]


async def test_a_promotion_that_is_over_is_not_applied_again(orders: Orders) -> None:
    """HI-3: nor is what staff took off; every line costs what it costs today."""
    site = await orders.site()
    orders.shop.sale, orders.shop.coupons["TEN"] = 50, 10
    price = {"unit": gbp(700), "reason": "scratched"}
    lines = [{"sku": "MUG", "units": 1}, {"sku": "TEE", "units": 1, "price": price}]
    before = await orders.full_draft(site, lines=lines, coupons=["TEN"])
    assert before["totals"]["discounts"]["minor"] > 0
    orders.shop.sale = 0
    order = await orders.draft(site, based_on={"order_id": before["id"]})
    assert (order["totals"]["goods"], order["totals"]["total"]) == (gbp(2600), gbp(2600))
    assert (order["coupons"], order["totals"]["discounts"]) == ([], gbp(0))
    steps = [step["source"] for line in order["lines"] for step in line["price_trace"]]
    assert (steps, order["lines"][1]["manual_price"]) == (["list", "list"], None)
