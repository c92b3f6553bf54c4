"""Vouchers made from inside an order, applied at once, one for each key."""

from typing import Any
from uuid import UUID

import httpx2
import pytest
from contracts.values import OrderId, StaffId
from orders.handlers.vouchers import voucher_code

from services.orders.tests.driving import ALL, Orders, gbp, problem

TERMS: dict[str, Any] = {"name": "Sorry", "kind": "percent", "basis_points": 2500}
MAKERS = (*ALL, "catalog.vouchers")


async def made(
    orders: Orders, order: dict[str, Any], key: str = "k", **body: object
) -> httpx2.Response:
    """Ask for a voucher under a key that no other order's request has."""
    clerk = orders.staff(permissions=MAKERS, name="clerk")
    body = body or {"terms": TERMS}
    return await clerk.call(
        "POST", f"/{order['id']}/vouchers", body, Idempotency_Key=order["id"] + key
    )


def code_of(order: dict[str, Any], key: str = "k") -> str:
    return voucher_code(OrderId(UUID(order["id"])), StaffId("clerk"), order["id"] + key)


async def test_a_voucher_is_made_and_applied_at_once(orders: Orders) -> None:
    """CP-7: for the order's customer, once, unless something else is said."""
    order = await orders.full_draft(await orders.site())

    answer = await made(orders, order)

    assert answer.status_code == 201, answer.text
    (coupon,) = answer.json()["coupons"]
    assert coupon["code"] == code_of(order)
    assert answer.json()["totals"]["discounts"] == gbp(600)
    errand = orders.shop.vouchers[coupon["code"]]
    assert (str(errand.customer_id), errand.limit_total) == (order["customer"]["id"], 1)
    assert errand.staff_id == "clerk"
    (*_, last) = (await orders.get(order, "/changes"))["items"]
    assert (last["action"], last["after"]) == ("voucher made", coupon["code"])


async def test_a_repeated_request_makes_one_voucher(orders: Orders) -> None:
    """CP-7, SU-3: the same key gives the same answer; another key another voucher."""
    order = await orders.full_draft(await orders.site())
    first, again = await made(orders, order), await made(orders, order)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await made(orders, order, key="l")
    assert len(other.json()["coupons"]) == 2
    assert {code_of(order, "k"), code_of(order, "l")} <= orders.shop.vouchers.keys()
    terms = {**TERMS, "basis_points": 100}
    problem(await made(orders, order, terms=terms), 422, "IDEMPOTENCY_KEY_REUSED")


async def test_without_an_answer_the_order_stays_and_repeating_is_safe(orders: Orders) -> None:
    """CP-7: the catalog is away, or has made the voucher and its answer is lost."""
    order = await orders.full_draft(await orders.site())
    orders.shop.away.add("catalog")
    problem(await made(orders, order), 503, "SERVICE_UNANSWERED")
    orders.shop.away.clear()
    orders.shop.forgotten.add(code_of(order))
    problem(await made(orders, order), 503, "SERVICE_UNANSWERED")
    assert code_of(order) in orders.shop.vouchers
    assert (await orders.get(order))["version"] == order["version"]

    changed = {**TERMS, "basis_points": 1}
    problem(await made(orders, order, terms=changed), 422, "IDEMPOTENCY_KEY_REUSED")
    answer = await made(orders, order)

    assert [coupon["code"] for coupon in answer.json()["coupons"]] == [code_of(order)]


async def test_an_order_that_takes_no_coupon_has_no_voucher_made(orders: Orders) -> None:
    """CP-7, SN-4."""
    site = await orders.site()
    empty = await orders.draft(site)
    problem(await made(orders, empty), 422, "NO_LINES")
    gone = await orders.full_draft(site)
    await orders.done("POST", f"/{gone['id']}/cancellation")
    problem(await made(orders, gone), 409, "ORDER_NOT_DRAFT")
    seen = await orders.full_draft(site)
    clerk = orders.staff(permissions=MAKERS)
    headers = {"If_Match": '"7"', "Idempotency_Key": seen["id"]}
    stale = await clerk.call("POST", f"/{seen['id']}/vouchers", {"terms": TERMS}, **headers)
    problem(stale, 412, "STALE")
    assert orders.shop.vouchers == {}


async def test_what_the_catalog_refuses_is_told_at_its_field(orders: Orders) -> None:
    """CP-7: the order stays as it was."""
    order = await orders.full_draft(await orders.site())
    refused = await made(orders, order, promotion="summer")
    problem(refused, 422, "UNKNOWN_PROMOTION", "/promotion")
    assert (await orders.get(order))["coupons"] == []


async def test_a_voucher_needs_a_permission(orders: Orders) -> None:
    """SC-3."""
    order = await orders.full_draft(await orders.site())
    path = f"/{order['id']}/vouchers"
    answer = await orders.call("POST", path, {"terms": TERMS}, Idempotency_Key=order["id"])
    assert problem(answer, 403, "PERMISSION_DENIED")["permission"] == "catalog.vouchers"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"promotion": "a", "terms": TERMS}, ""),
        ({"limit_total": 1}, ""),
        ({"terms": {**TERMS, "basis_points": 0}}, "/terms/basis_points"),
        ({"terms": {**TERMS, "kind": "amount"}}, "/terms"),
        ({"terms": {"name": "x", "kind": "amount", "amount": gbp(0)}}, "/terms"),
        ({"terms": TERMS, "limit_total": 0}, "/limit_total"),
        ({"terms": TERMS, "valid_until": "tomorrow"}, "/valid_until"),
        ({"terms": TERMS, "valid_until": 4102444800}, "/valid_until"),
        ({"terms": TERMS, "valid_until": "9999-12-31T23:59:59-12:00"}, "/valid_until"),
        ({"terms": TERMS, "valid_until": "0001-01-01T00:00:00+12:00"}, "/valid_until"),
        ({"terms": {**TERMS, "name": "4111 1111 1111 1111"}}, "/terms/name"),
    ],
)
async def test_what_is_no_voucher_is_refused(
    orders: Orders, body: dict[str, Any], pointer: str
) -> None:
    order = await orders.full_draft(await orders.site())
    answer = await made(orders, order, **body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
