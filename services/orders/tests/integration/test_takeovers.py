"""Staff edit a customer's cart and return it."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
from contracts.customers.events import SiteChanged

from services.orders.tests.driving import ALL, Orders, gbp, problem
from services.orders.tests.integration.test_past_carts_and_orders import CARTS, a_cart, call

TAKER = (*ALL, "carts.take-over")


async def taken(orders: Orders, cart: dict[str, Any]) -> dict[str, Any]:
    answer = await call(orders, "POST", f"/{cart['id']}/take-over")
    assert answer.status_code == 201, answer.text
    return answer.json()


async def sent_again(orders: Orders, site: SiteChanged, cart: dict[str, Any]) -> httpx2.Response:
    """What the storefront does when the customer changes their cart."""
    known = {name: cart[name] for name in ("reference", "customer_id", "abandoned_at")}
    body = {**known, "site": site.code, "lines": [{"sku": "TEE", "units": 7}]}
    return await call(orders, "POST", "", body)


async def shown(orders: Orders, cart: dict[str, Any]) -> dict[str, Any]:
    answer = await call(orders, "GET", f"/{cart['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def a_cart_of_two(orders: Orders, site: SiteChanged) -> dict[str, Any]:
    lines = [{"sku": "MUG", "units": 2, "unit_price": gbp(1100)}, {"sku": "TEE", "units": 1}]
    return await a_cart(orders, site, lines=lines)


async def test_a_cart_is_taken_over_edited_and_returned(orders: Orders) -> None:
    """SN-3, SC-2: the storefront waits meanwhile; the audit names staff and customer."""
    site = await orders.site()
    boss = orders.staff(permissions=TAKER, name="boss")
    cart = await a_cart_of_two(orders, site)
    order = await taken(boss, cart)
    assert order["takes_over"] == cart["id"]
    assert order["customer"]["id"] == cart["customer_id"]
    assert (await shown(boss, cart))["taken_over"]["staff_id"] == "boss"
    refused = problem(await sent_again(boss, site, cart), 409, "CART_TAKEN_OVER")
    assert refused["taken_over"] == {"staff_id": "boss", "order_id": order["id"]}

    await boss.done("PATCH", f"/{order['id']}/lines/1", {"units": 5})
    await boss.done("DELETE", f"/{order['id']}/lines/2")
    await orders.take("")
    ended = await boss.done("POST", f"/{order['id']}/return-cart")
    assert ended["state"] == "cancelled"
    now = await shown(boss, cart)
    assert now["taken_over"] is None
    assert [(one["sku"], one["units"], one["unit_price"]) for one in now["lines"]] == [
        ("MUG", 5, gbp(1200))
    ]
    told = await orders.take("evt.")
    assert [(one.type, one.sequence) for one in told] == [
        ("orders.cart-returned.v1", 2),
        ("orders.order-cancelled.v1", 3),
    ]
    assert told[0].data["lines"] == [{"sku": "MUG", "units": 5, "unit_price": 1200}]
    assert told[0].data["reference"] == cart["reference"]
    entries = (await orders.get(order, "/changes"))["items"]
    found = [(one["action"], one["staff_id"], one["customer_id"]) for one in entries]
    assert found[1] == ("cart taken over", "boss", cart["customer_id"])
    assert found[-1] == ("returned to the customer", "boss", cart["customer_id"])
    assert (await sent_again(boss, site, cart)).status_code == 201


async def test_a_takeover_that_is_dropped_leaves_the_cart_as_it_was(orders: Orders) -> None:
    """SN-3, SN-1."""
    site = await orders.site()
    boss = orders.staff(permissions=TAKER, name="boss")
    cart = await a_cart_of_two(orders, site)
    before = await shown(boss, cart)
    order = await taken(boss, cart)
    await boss.done("PATCH", f"/{order['id']}/lines/1", {"units": 5})
    await boss.done("POST", f"/{order['id']}/cancellation")
    assert await shown(boss, cart) == before
    again = await boss.call("POST", f"/{order['id']}/return-cart")
    assert problem(again, 409, "ORDER_NOT_DRAFT")["state"] == "cancelled"


async def test_a_cart_is_taken_over_by_one(orders: Orders) -> None:
    """SN-3: the second is told who has it; asked twice under one key it is taken once."""
    site = await orders.site()
    boss = orders.staff(permissions=TAKER, name="boss")
    cart = await a_cart_of_two(orders, site)
    headers = {"Authorization": f"Bearer {boss.token}", "Idempotency-Key": uuid4().hex}
    path = f"{CARTS}/{cart['id']}/take-over"
    first = await orders.client.post(path, headers=headers)
    again = await orders.client.post(path, headers=headers)
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    other = orders.staff(permissions=TAKER, name="other")
    late = problem(await call(other, "POST", f"/{cart['id']}/take-over"), 409, "CART_TAKEN_OVER")
    assert late["taken_over"]["staff_id"] == "boss"


async def test_a_takeover_is_a_mode_of_its_own(orders: Orders) -> None:
    """SN-3: neither submitted, nor handed over, nor moved, nor made another customer's."""
    site = await orders.site(storefront_url="https://shop.example")
    boss = orders.staff(permissions=TAKER, name="boss")
    order = await taken(boss, await a_cart_of_two(orders, site))
    path = f"/{order['id']}"
    problem(await boss.submit(order), 422, "CART_TAKEN_OVER", "/takes_over")
    key = uuid4().hex
    mailed = await boss.call("POST", path + "/hand-over", {}, Idempotency_Key=key)
    problem(mailed, 422, "CART_TAKEN_OVER", "/takes_over")
    led = await boss.call("POST", path + "/storefront-hand-over")
    problem(led, 422, "CART_TAKEN_OVER", "/takes_over")
    other = await orders.site(customer_set_id=site.customer_set_id)
    moved = await boss.call("PUT", path + "/site", {"site": other.code, "accept": True})
    problem(moved, 422, "CART_TAKEN_OVER", "/takes_over")
    grace = {"customer_id": orders.shop.customer("Grace Hopper")}
    problem(
        await boss.call("PUT", path + "/customer", grace), 422, "CART_TAKEN_OVER", "/customer_id"
    )


async def test_a_takeover_needs_its_permission_and_a_cart_in_reach(orders: Orders) -> None:
    """SN-3, SC-1, SC-3."""
    site, other = await orders.site(), await orders.site()
    cart = await a_cart_of_two(orders, site)
    denied = await call(orders, "POST", f"/{cart['id']}/take-over")
    assert problem(denied, 403, "PERMISSION_DENIED")["permission"] == "carts.take-over"
    stranger = orders.staff(other.site_id, permissions=TAKER)
    problem(await call(stranger, "POST", f"/{cart['id']}/take-over"), 404, "NOT_FOUND")
    problem(await call(stranger, "GET", f"/{cart['id']}"), 404, "NOT_FOUND")
    boss = orders.staff(permissions=TAKER)
    plain = await orders.full_draft(site)
    problem(await boss.call("POST", f"/{plain['id']}/return-cart"), 404, "NOT_FOUND")
    problem(await orders.call("POST", f"/{plain['id']}/return-cart"), 403, "PERMISSION_DENIED")
    problem(await call(boss, "POST", f"/{UUID(int=1)}/take-over"), 404, "NOT_FOUND")
