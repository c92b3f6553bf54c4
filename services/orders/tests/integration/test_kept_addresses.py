"""Addresses that go into the customer's book as well, only when that is ticked."""

from typing import Any
from uuid import UUID, uuid4

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


def new_order(orders: Orders, site: str, **more: object) -> dict[str, Any]:
    """Give an order whose shipping address is to be kept, and its billing address is not."""
    return {
        "site": site,
        "customer_id": orders.shop.customer(),
        "lines": [{"sku": "MUG", "units": 1}],
        "billing_address": HOME,
        "shipping_address": {**HOME, "city": "York", "keep": True},
        **more,
    }


async def test_an_address_of_a_new_order_is_kept(orders: Orders) -> None:
    """FU-5: also of one that is handed in at once; a repeated request keeps it once more only."""
    site = await orders.site()
    for submit in (False, True):
        body = new_order(orders, site.code, submit=submit)
        made = await orders.post(body)
        assert made.is_success, made.text
        assert made.json()["shipping_address"]["city"] == "York"
        kept = orders.shop.books[UUID(body["customer_id"])]
        assert [one.city for one in kept] == ["York"]


async def test_nothing_is_kept_of_an_order_that_is_not_begun(orders: Orders) -> None:
    """FU-5, SU-4: nor begun of one whose address the book refuses."""
    site = await orders.site()
    wrong = {**HOME, "postal_code": "wrong", "keep": True}
    refused = await orders.post(new_order(orders, site.code, shipping_address=wrong))
    problem(refused, 422, "ADDRESS_INVALID", "/shipping_address/postal_code")
    nobody = await orders.post(new_order(orders, site.code, customer_id=None))
    problem(nobody, 422, "CUSTOMER_MISSING", "/shipping_address/keep")
    unsold = await orders.post(
        new_order(orders, site.code, lines=[{"sku": "GONE", "units": 1}], submit=True)
    )
    assert unsold.status_code == 422
    orders.shop.away.add("customers")
    away = await orders.post(new_order(orders, site.code))
    problem(away, 503, "SERVICE_UNANSWERED")
    assert orders.shop.books == {}


async def test_addresses_of_imported_orders_are_kept(orders: Orders) -> None:
    """FU-5, OB-1: each row by itself; a dry run tells the same and keeps nothing."""
    site, path = await orders.site(), "/api/orders/v1/imports/orders"
    good = new_order(orders, site.code, external_reference=uuid4().hex)
    wrong = {**HOME, "postal_code": "wrong", "keep": True}
    bad = new_order(orders, site.code, external_reference=uuid4().hex, shipping_address=wrong)
    rows = [{"line": line, "order": order} for line, order in enumerate((good, bad), start=2)]
    headers = {"Authorization": f"Bearer {orders.token}"}

    dry = await orders.client.post(f"{path}?dry_run=true", json={"rows": rows}, headers=headers)
    assert (dry.status_code, orders.shop.books) == (200, {})
    report = (await orders.client.post(path, json={"rows": rows}, headers=headers)).json()

    assert [one["line"] for one in report["errors"]] == [3], report
    assert report["errors"][0]["pointer"] == "/shipping_address/postal_code"
    assert dry.json() == report
    assert list(orders.shop.books) == [UUID(good["customer_id"])]
