"""An order handed to the checkout of its site's storefront, and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
from contracts.payments.commands import AuthorisePayment

from services.orders.tests.driving import Orders, gbp, problem
from services.orders.tests.visiting import mailed

SHOP = "https://shop.example/en"


@dataclass
class Storefront:
    """A storefront that a customer was led to; it has no staff token."""

    orders: Orders
    token: str

    async def call(
        self, method: str, part: str = "", body: object = None, **headers: str
    ) -> httpx2.Response:
        path = f"/api/orders/v1/storefront/orders/{self.token}{part}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.orders.client.request(method, path, json=body, headers=named)

    async def order(self) -> dict[str, Any]:
        answer = await self.call("GET")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def pay(self, **payment: object) -> httpx2.Response:
        return await self.call("POST", "/submission", {"payments": [payment] if payment else []})


async def led(orders: Orders, order: Mapping[str, Any]) -> Storefront:
    """Hand a draft over; gives the storefront that the customer is led to."""
    made = await orders.done("POST", f"/{order['id']}/storefront-hand-over")
    address, _, token = made["url"].partition("?token=")
    assert address == f"{SHOP}/checkout"
    return Storefront(orders, token)


async def a_draft(orders: Orders, **more: object) -> dict[str, Any]:
    return await orders.full_draft(await orders.site(storefront_url=SHOP), **more)


async def test_a_storefront_reads_the_order_and_submits_it(orders: Orders) -> None:
    """PA-6: by the token of the redirect alone; it is used once, then it tells what became."""
    order = await a_draft(orders, staff_note="difficult", customer_note="ring twice")
    shop = await led(orders, order)
    shown = await shop.order()
    assert (shown["number"], shown["state"]) == (order["number"], "draft")
    assert [(one["sku"], one["units"], one["net"]) for one in shown["lines"]] == [
        ("MUG", 2, gbp(2400))
    ]
    assert "staff_note" not in shown
    assert shown["customer_note"] == "ring twice"

    taken = await shop.pay(method="card", token="tok_shop")
    assert (taken.status_code, taken.json()["state"]) == (202, "submitting")
    problem(await shop.pay(method="card", token="tok_shop"), 410, "ORDER_HANDED_IN")
    await orders.carry()
    assert (await shop.order())["state"] == "submitted"
    authorised = [one for one in orders.shop.heard if isinstance(one, AuthorisePayment)]
    assert [one.token for one in authorised] == ["tok_shop"]
    entries = (await orders.get(order, "/changes"))["items"]
    who = f"customer:{order['customer']['id']}"
    assert [(one["action"], one["staff_id"]) for one in entries][-3:-1] == [
        ("handed over", "clerk"),
        ("submission begun", who),
    ]
    assert (await orders.get(order, "/hand-over"))["kind"] == "storefront"


async def test_a_changed_cart_comes_back(orders: Orders) -> None:
    """PA-6: lines that stay keep number and price; new ones cost what they cost today."""
    lines: list[dict[str, Any]] = [
        {"sku": "MUG", "units": 2, "price": {"unit": gbp(1000), "reason": "promised"}},
        {"sku": "TEE", "units": 1},
    ]
    order = await a_draft(orders, lines=lines)
    shop = await led(orders, order)
    orders.shop.prices["CAP"] = 500
    address = {"name": "Ada", "lines": ["2 Square"], "city": "Leeds", "country": "GB"}
    body = {
        "lines": [{"sku": "CAP", "units": 1}, {"sku": "MUG", "units": 3}],
        "shipping_address": address,
    }
    answer = await shop.call("PUT", "/cart", body)
    assert answer.status_code == 200, answer.text
    now = answer.json()
    assert [(one["id"], one["sku"], one["net"]) for one in now["lines"]] == [
        (1, "MUG", gbp(3000)),
        (3, "CAP", gbp(500)),
    ]
    assert now["shipping_address"]["city"] == "Leeds"
    assert now["billing_address"]["city"] == "London"
    kept = await orders.get(order)
    assert kept["lines"][0]["manual_price"]["reason"] == "promised"
    assert (await orders.get(order, "/changes"))["items"][-1]["action"] == (
        "changed at the storefront"
    )


async def test_what_does_not_fit_is_named_in_the_cart(orders: Orders) -> None:
    """PA-6, PA-2: and the order stays as it was."""
    order = await a_draft(orders)
    shop = await led(orders, order)
    before = await orders.get(order)
    gone = {"lines": [{"sku": "MUG", "units": 2}, {"sku": "GONE", "units": 1}]}
    problem(await shop.call("PUT", "/cart", gone), 422, "UNKNOWN_PRODUCT", "/lines/1/sku")
    nothing: dict[str, Any] = {"lines": []}
    problem(await shop.call("PUT", "/cart", nothing), 422, "INVALID_REQUEST", "/lines")
    unsent = {"lines": [{"sku": "MUG", "units": 2}], "shipping": "balloon"}
    problem(
        await shop.call("PUT", "/cart", unsent),
        422,
        "SHIPPING_METHOD_NOT_OFFERED",
        "/shipping/method",
    )
    card = {"method": "card", "token": "4111111111111111"}
    problem(await shop.pay(**card), 422, "INVALID_REQUEST", "/payments/0/token")
    much = {"method": "check", "amount": gbp(9999)}
    problem(await shop.pay(**much), 422, "PAYMENTS_EXCEED_TOTAL", "/payments/0/amount")
    assert await orders.get(order) == before


async def test_a_version_that_was_not_seen_is_refused(orders: Orders) -> None:
    """SN-4, PA-6: staff may have changed the order meanwhile."""
    order = await a_draft(orders)
    shop = await led(orders, order)
    tag = (await shop.call("GET")).headers["etag"]
    await orders.done("PATCH", f"/{order['id']}/lines/1", {"units": 5})
    body = {"payments": [{"method": "check"}]}
    stale = await shop.call("POST", "/submission", body, If_Match=tag)
    assert "staff_note" not in problem(stale, 412, "STALE").get("current", {})
    assert (await orders.get(order))["state"] == "draft"
    await orders.done("PUT", f"/{order['id']}/lease", {})
    busy = problem(await shop.pay(method="check"), 409, "ORDER_BEING_EDITED")
    assert "clerk" not in str(busy), "who works on it is not the customer's affair"


async def test_prices_that_changed_are_shown_first(orders: Orders) -> None:
    """CP-9, PA-6: the order is priced anew, and handed in at the second time."""
    shop = await led(orders, await a_draft(orders))
    orders.shop.prices["MUG"] = 1500
    changed = problem(await shop.pay(method="check"), 409, "PRICE_CHANGED", "/lines/0")
    assert changed["differences"]["total_now"] == gbp(3000)
    assert (await shop.order())["totals"]["total"] == gbp(3000)
    assert (await shop.pay(method="check")).status_code == 202


async def test_a_closed_link_says_why(orders: Orders) -> None:
    """PA-6: replaced, expired, revoked, cancelled; a mail's link is not one for storefronts."""
    order = await a_draft(orders)
    first = await led(orders, order)
    second = await led(orders, order)
    problem(await first.call("GET"), 410, "LINK_REVOKED")
    await orders.sql(
        "UPDATE link SET expires_at = expires_at - CAST(:by AS interval) "
        "WHERE order_id = :id RETURNING link_id",
        id=UUID(order["id"]),
        by=timedelta(hours=73),
    )
    problem(await second.pay(method="check"), 410, "LINK_EXPIRED")
    problem(
        await second.call("PUT", "/cart", {"lines": [{"sku": "MUG", "units": 1}]}),
        410,
        "LINK_EXPIRED",
    )
    third = await led(orders, order)
    customer = await mailed(orders, order)
    problem(await third.call("GET"), 410, "LINK_REVOKED")
    mails = Storefront(orders, customer.path.removeprefix("/checkout/"))
    problem(await mails.call("GET"), 404, "NOT_FOUND")
    fourth = await led(orders, order)
    assert (await orders.client.get(f"/checkout/{fourth.token}")).status_code == 404
    await orders.done("POST", f"/{order['id']}/cancellation")
    problem(await fourth.call("GET"), 410, "ORDER_CANCELLED")


async def test_without_a_storefront_there_is_nowhere_to_go(orders: Orders) -> None:
    """PA-6, SC-3."""
    order = await orders.full_draft(await orders.site())
    path = f"/{order['id']}/storefront-hand-over"
    problem(await orders.call("POST", path), 422, "STOREFRONT_UNKNOWN", "/site")
    assert (await orders.get(order))["hand_over_id"] is None
    reader = orders.staff(permissions=("orders.read",))
    problem(await reader.call("POST", path), 403, "PERMISSION_DENIED")
