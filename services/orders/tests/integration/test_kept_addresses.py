"""Addresses that go into the customer's book as well, only when that is ticked."""

from typing import Any
from uuid import UUID

from services.orders.tests.driving import Orders, problem

HOME: dict[str, Any] = {
    "name": "Grace",
    "lines": ["2 Lane"],
    "city": "Leeds",
    "country": "GB",
    "postal_code": "LS1 1AA",
}


async def test_an_address_is_kept_at_the_customer_when_that_is_ticked(orders: Orders) -> None:
    """FU-5: an edit changes the order only, unless "also in the address book" is ticked."""
    order = await orders.full_draft(await orders.site())
    path, customer = f"/{order['id']}/addresses", UUID(order["customer"]["id"])
    await orders.done("PUT", path, {"billing": HOME})
    assert orders.shop.books == {}

    body = {"billing": HOME, "shipping": {**HOME, "city": "York", "keep": True}}
    changed = await orders.done("PUT", path, body)

    assert changed["shipping_address"]["city"] == "York"
    assert "keep" not in changed["shipping_address"]
    assert [kept.city for kept in orders.shop.books[customer]] == ["York"]


async def test_what_the_book_refuses_changes_nothing(orders: Orders) -> None:
    """FU-5, CU-4: the address breaks the rules of its country; the field is named."""
    order = await orders.full_draft(await orders.site())
    path = f"/{order['id']}/addresses"
    wrong = {**HOME, "postal_code": "wrong", "keep": True}
    body = {"billing": {**HOME, "keep": True}, "shipping": wrong}

    answer = await orders.call("PUT", path, body)

    problem(answer, 422, "ADDRESS_INVALID", "/shipping/postal_code")
    assert (await orders.get(order))["version"] == order["version"]
    assert orders.shop.books == {}
    unticked = await orders.call("PUT", path, {"shipping": {**wrong, "keep": False}})
    assert unticked.status_code == 200


async def test_nothing_is_kept_of_a_change_that_the_order_refuses(orders: Orders) -> None:
    """FU-5, FU-7, SN-4: no customer, no draft, a stale version, or nobody there to keep it."""
    site = await orders.site()
    kept = {"billing": {**HOME, "keep": True}}
    nobody = await orders.draft(site)
    answer = await orders.call("PUT", f"/{nobody['id']}/addresses", kept)
    problem(answer, 422, "CUSTOMER_MISSING", "/billing/keep")
    order = await orders.full_draft(site)
    path = f"/{order['id']}/addresses"
    problem(await orders.call("PUT", path, kept, If_Match='"9"'), 412, "STALE")
    orders.shop.away.add("customers")
    problem(await orders.call("PUT", path, kept), 503, "SERVICE_UNANSWERED")
    assert (await orders.done("PUT", path, {"billing": HOME}))["billing_address"]["city"] == "Leeds"
    orders.shop.away.clear()
    await orders.done("POST", f"/{order['id']}/cancellation")
    problem(await orders.call("PUT", path, kept), 409, "ORDER_NOT_DRAFT")
    assert orders.shop.books == {}
