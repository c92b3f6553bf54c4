"""Drafts over HTTP: begun, edited, kept as they are typed."""

from typing import Any
from uuid import uuid4

import pytest
from contracts.customers.replies import CustomerDescribed
from orders.domain.numbers import understood

from services.orders.tests.driving import Orders, gbp, problem

HOME: dict[str, Any] = {
    "name": "Grace",
    "lines": ["2 Lane"],
    "city": "Leeds",
    "country": "GB",
    "postal_code": "LS1 1AA",
    "phone": "+49 1512 3456789",
}
CARD = "4111 1111 1111 1111"


async def test_a_draft_is_built_step_by_step(orders: Orders) -> None:
    """TO-1, TO-3: every change is saved as it is made, and the parts add up."""
    site = await orders.site()
    order = await orders.draft(site)
    assert (order["state"], order["version"], order["customer"]) == ("draft", 1, None)
    assert understood(order["number"].lower().replace("-", " ")) == order["number"]
    path = f"/{order['id']}"
    await orders.done("PUT", path + "/customer", {"customer_id": orders.shop.customer()})
    await orders.done("POST", path + "/lines", {"sku": "MUG", "units": 2})
    price = {"unit": gbp(1000), "reason": "price match"}
    await orders.done("POST", path + "/lines", {"sku": "TEE", "units": 3, "price": price})
    await orders.done("PUT", path + "/addresses", {"billing": HOME})
    await orders.done("PUT", path + "/shipping", {"method": "courier", "cost": gbp(495)})
    await orders.done("POST", path + "/payments", {"method": "check", "amount": gbp(5000)})
    await orders.done("POST", path + "/payments", {"method": "bank-transfer"})
    await orders.done("PUT", path + "/notes", {"customer_note": "ring twice"})

    found = await orders.get(order)

    assert found["totals"] == {
        "goods": gbp(5400),
        "discounts": gbp(0),
        "adjustments": gbp(0),
        "shipping": gbp(495),
        "handling": gbp(0),
        "tax": gbp(0),
        "duty": gbp(0),
        "total": gbp(5895),
        "paid": gbp(5895),
        "balance": gbp(0),
        "tax_included": False,
    }
    assert [line["amount"] for line in found["lines"]] == [gbp(2400), gbp(3000)]
    assert found["lines"][1]["manual_price"] == {**price, "staff_id": "clerk"}
    assert found["lines"][1]["list_price"] == gbp(1400)
    assert [one["amount"] for one in found["payments"]] == [gbp(5000), gbp(895)]
    assert (found["billing_address"]["city"], found["shipping_address"]["city"]) == (
        "Leeds",
        "London",
    )
    assert (found["customer_note"], found["version"], found["warnings"]) == ("ring twice", 9, [])


async def test_lines_and_payments_are_changed_and_removed(orders: Orders) -> None:
    order = await orders.full_draft(await orders.site(), payments=[{"method": "check"}])
    path = f"/{order['id']}"
    price = {"unit": gbp(1), "reason": "damaged"}
    changed = await orders.done("PATCH", path + "/lines/1", {"units": 5, "price": price})
    assert (changed["totals"]["goods"], changed["payments"][0]["amount"]) == (gbp(5), gbp(5))
    changed = await orders.done("PATCH", path + "/lines/1", {"price": None})
    assert changed["totals"]["goods"] == gbp(6000)
    problem(await orders.call("DELETE", path + "/lines/2"), 404, "NOT_FOUND")
    problem(await orders.call("PATCH", path + "/lines/7", {"location": "soho"}), 404, "NOT_FOUND")
    problem(await orders.call("DELETE", path + "/payments/9"), 404, "NOT_FOUND")
    await orders.done("DELETE", path + "/payments/1")
    gone = await orders.done("DELETE", path + "/lines/1")
    assert (gone["lines"], gone["payments"]) == ([], [])
    again = await orders.done("POST", path + "/lines", {"sku": "TEE", "units": 1})
    assert again["lines"][0]["id"] == 2


async def test_the_customer_brings_their_addresses(orders: Orders) -> None:
    """FU-5: prefilled; what was typed before the first customer stays."""
    shop, site = orders.shop, await orders.site()
    order = await orders.draft(site, shipping_address=HOME)
    path = f"/{order['id']}/customer"
    first = await orders.done("PUT", path, {"customer_id": shop.customer("Ada Byron")})
    assert (first["billing_address"]["city"], first["shipping_address"]["city"]) == (
        "London",
        "Leeds",
    )
    other = shop.customer("Grace Hopper")
    second = await orders.done("PUT", path, {"customer_id": other})
    assert (second["customer"]["name"], second["shipping_address"]["city"]) == (
        "Grace Hopper",
        "London",
    )


async def test_payments_that_are_too_much_stop_the_submission(orders: Orders) -> None:
    """PA-8: a line is removed after the payment was agreed."""
    order = await orders.full_draft(
        await orders.site(),
        lines=[{"sku": "MUG", "units": 1}, {"sku": "TEE", "units": 1}],
        payments=[{"method": "check", "amount": gbp(2600)}],
    )
    less = await orders.done("DELETE", f"/{order['id']}/lines/2")
    assert less["totals"]["balance"] == gbp(-1400)
    problem(await orders.submit(order), 422, "PAYMENTS_EXCEED_TOTAL", "/payments")


async def test_an_unknown_site_is_named(orders: Orders) -> None:
    """CS-9: a site is needed, and must be one of the caller's."""
    problem(await orders.post({"site": "nowhere"}), 422, "UNKNOWN_SITE", "/site")
    site, mine = await orders.site(), await orders.site()
    problem(
        await orders.staff(mine.site_id).post({"site": site.code}), 422, "UNKNOWN_SITE", "/site"
    )
    problem(await orders.post({}), 422, "INVALID_REQUEST", "/site")


@pytest.mark.parametrize("service", ["catalog", "customers"])
async def test_a_service_that_does_not_answer_is_named(orders: Orders, service: str) -> None:
    order = await orders.full_draft(await orders.site())
    orders.shop.away.add(service)
    path = f"/{order['id']}"
    answer = (
        await orders.call("POST", path + "/lines", {"sku": "MUG", "units": 1})
        if service == "catalog"
        else await orders.call("PUT", path + "/customer", {"customer_id": str(uuid4())})
    )
    assert problem(answer, 503, "SERVICE_UNANSWERED")["service"] == service
    assert await orders.get(order) == order


async def test_a_stale_edit_is_refused_with_the_current_state(orders: Orders) -> None:
    """SN-4: nothing is overwritten silently."""
    order = await orders.full_draft(await orders.site())
    path = f"/{order['id']}/shipping"
    first = await orders.call("PUT", path, {"cost": gbp(1)}, If_Match='"1"')
    assert first.headers["etag"] == '"2"'
    second = await orders.call("PUT", path, {"cost": gbp(2)}, If_Match='"1"')
    found = problem(second, 412, "STALE")
    assert found["current"]["shipping"]["cost"] == gbp(1)
    assert found["current"] == await orders.get(order)


async def test_adjusting_a_price_and_keying_a_card_need_permissions(orders: Orders) -> None:
    """SC-3, PA-4."""
    site = await orders.site()
    clerk = orders.staff(permissions=["orders.read", "orders.write"])
    price = {"unit": gbp(1), "reason": "friend"}
    line = {"sku": "MUG", "units": 1, "price": price}
    refused = await clerk.post({"site": site.code, "lines": [line]})
    assert problem(refused, 403, "PERMISSION_DENIED")["permission"] == "orders.adjust-price"
    order = await orders.full_draft(site)
    path = f"/{order['id']}"
    for refused in (
        await clerk.call("POST", path + "/lines", line),
        await clerk.call("PATCH", path + "/lines/1", {"price": price}),
        await clerk.call("POST", path + "/payments", {"method": "card", "token": "tok_ok"}),
    ):
        problem(refused, 403, "PERMISSION_DENIED")
    reader = orders.staff(permissions=["orders.read"])
    problem(await reader.post({"site": site.code}), 403, "PERMISSION_DENIED")
    assert await orders.get(order) == order


async def test_the_audit_names_who_changed_what(orders: Orders) -> None:
    """SC-2: staff, customer, time, before and after; a token is not kept there."""
    order = await orders.full_draft(await orders.site())
    other, path = orders.staff(name="boss"), f"/{order['id']}"
    await other.done("PATCH", path + "/lines/1", {"units": 3})
    await other.done("POST", path + "/payments", {"method": "card", "token": "tok_secret"})
    entries = (await orders.get(order, "/changes"))["items"]
    assert [(one["action"], one["staff_id"], one["version"]) for one in entries] == [
        ("started", "clerk", 1),
        ("line changed", "boss", 2),
        ("payment added", "boss", 3),
    ]
    changed = entries[1]
    assert (changed["before"]["terms"]["units"], changed["after"]["terms"]["units"]) == (2, 3)
    assert changed["customer_id"] == order["customer"]["id"]
    assert "tok_secret" not in str(entries)
    assert "tok_secret" not in str(await orders.get(order))


async def test_an_external_reference_is_unique_on_its_site(orders: Orders) -> None:
    site, other = await orders.site(), await orders.site()
    order = await orders.draft(site, external_reference="536365")
    again = await orders.post({"site": site.code, "external_reference": "536365"})
    found = problem(again, 409, "EXTERNAL_REFERENCE_TAKEN", "/external_reference")
    assert found["order_id"] == order["id"]
    await orders.draft(other, external_reference="536365")


async def test_a_thousand_lines_fit_and_one_more_does_not(orders: Orders) -> None:
    lines = [{"sku": "MUG", "units": 1}] * 1000
    order = await orders.draft(await orders.site(), lines=lines)
    assert order["totals"]["goods"] == gbp(1_200_000)
    more = await orders.call("POST", f"/{order['id']}/lines", {"sku": "MUG", "units": 1})
    problem(more, 422, "TOO_MANY_LINES")


async def test_a_customers_facts_are_asked_for_once_and_together(orders: Orders) -> None:
    await orders.full_draft(await orders.site(), lines=[{"sku": "MUG", "units": 1}] * 3)
    assert sorted(one.owner() for one in orders.shop.asked) == ["catalog", "customers"]
    assert isinstance(next(iter(orders.shop.customers.values())), CustomerDescribed)
