"""The page on which a customer reviews, changes, pays and submits their order."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from contracts.message import Reply
from contracts.payments.commands import AuthorisePayment, CapturePayment, VoidPayment
from contracts.payments.replies import PaymentDeclined
from contracts.values import PaymentId

from services.orders.tests.driving import Orders, gbp
from services.orders.tests.visiting import Customer, mailed


def authorised(orders: Orders, order: dict[str, Any]) -> list[AuthorisePayment]:
    """Give what payments were asked for this order; others' processes may go on beside it."""
    heard = [one for one in orders.shop.heard if isinstance(one, AuthorisePayment)]
    return [one for one in heard if str(one.order_id) == order["id"]]


def asked(
    orders: Orders, order: dict[str, Any], kind: type[CapturePayment | VoidPayment]
) -> list[PaymentId]:
    """Give the payments of this order that were to be captured, or voided."""
    own = {one.payment_id for one in authorised(orders, order)}
    heard = [one for one in orders.shop.heard if isinstance(one, kind)]
    return [one.payment_id for one in heard if one.payment_id in own]


async def state_of(orders: Orders, order: dict[str, Any]) -> str:
    return (await orders.get(order))["state"]


async def test_a_customer_reviews_pays_and_submits(orders: Orders) -> None:
    """PA-5: on a plain page; SC-2: the audit says who did it and with which link."""
    order = await orders.full_draft(await orders.site(name="Shop <b>"), staff_note="difficult")
    customer = await mailed(orders, order)
    page = await customer.look()
    assert page.status == 200, page.text
    assert "Fine MUG" in page.text
    assert "24.00 GBP" in page.text
    assert "Shop &lt;b&gt;" in page.text
    assert "difficult" not in page.text, "GI-3: staff's notes stay with staff"

    waiting = await customer.send(page, method="card")
    assert waiting.status == 200
    assert 'http-equiv="refresh"' in waiting.text
    assert await state_of(orders, order) == "submitting"
    await orders.carry()
    thanks = await customer.look("/result")
    assert "Thank you" in thanks.text
    assert 'http-equiv="refresh"' not in thanks.text
    (payment,) = authorised(orders, order)
    assert (payment.method, payment.token) == ("card", "tok_ok")
    assert payment.amount.minor == 2400
    begun = (await orders.get(order, "/changes"))["items"][-2]
    assert begun["staff_id"] == f"customer:{order['customer']['id']}"
    link = await orders.get(order, "/hand-over")
    assert begun["after"]["link_id"] == link["link_id"]
    assert (link["state"], link["used_at"] is not None) == ("handed-in", True)


async def test_nothing_of_the_page_leaks(orders: Orders) -> None:
    """PA-5: the address holds a secret: no cache keeps it, and no other site is told of it."""
    customer = await mailed(orders, await orders.full_draft(await orders.site()))
    for path in ("", "/result"):
        headers = (await customer.look(path)).response.headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
    page = await customer.look()
    assert "<script" not in page.text
    assert page.response.headers["content-type"] == "text/html; charset=utf-8"
    added = await orders.client.get(customer.path + "?utm_source=mail")
    assert added.status_code == 200, "mail programs add to links"


async def test_every_field_has_a_label(orders: Orders) -> None:
    """PA-5: the page can be used by ear and by keyboard alone."""
    page = await (await mailed(orders, await orders.full_draft(await orders.site()))).look()
    shown = re.findall(r'<(?:input|select)[^>]*\bid="([^"]+)"', page.text)
    labelled = set(re.findall(r'<label for="([^"]+)"', page.text))
    assert shown
    assert set(shown) == labelled
    assert '<html lang="en">' in page.text


async def test_a_customer_changes_units_lines_and_shipping(orders: Orders) -> None:
    """PA-5: priced anew and shown; what is changed is not paid for before it was looked at."""
    site = await orders.site()
    boss = orders.staff(permissions=("sites.write",))
    method = f"/api/orders/v1/sites/{site.code}/shipping-methods/post"
    headers = {"Authorization": f"Bearer {boss.token}"}
    body = {"name": "Post", "flat": gbp(300)}
    assert (await orders.client.put(method, json=body, headers=headers)).is_success
    lines = [{"sku": "MUG", "units": 2}, {"sku": "TEE", "units": 1}]
    order = await orders.full_draft(site, lines=lines)
    customer = await mailed(orders, order)
    changed = {"units_1": "3", "units_2": "0", "shipping": "post"}
    page = await customer.send(await customer.look(), do="pay", method="card", **changed)
    assert page.status == 200
    now = await orders.get(order)
    assert [(line["sku"], line["units"]) for line in now["lines"]] == [("MUG", 3)]
    assert (now["state"], now["totals"]["total"]) == ("draft", gbp(3900))
    assert "39.00 GBP" in page.text
    entry = (await orders.get(order, "/changes"))["items"][-1]
    assert entry["action"] == "changed by the customer"
    assert entry["staff_id"] == f"customer:{order['customer']['id']}"
    assert entry["after"]["units"] == {"1": 3}
    await customer.send(page, method="bank-transfer")
    assert await state_of(orders, order) == "submitting"


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"units_1": "many"}, "fault-units-1"),
        ({"units_1": "-1"}, "fault-units-1"),
        ({"units_1": "99999999999"}, "fault-units-1"),
        ({"units_1": "0"}, "at least one line"),
        ({}, "fault-method"),
        ({"method": "store-credit"}, "fault-method"),
        ({"method": "card", "token": "tok_other"}, "fault-token"),
        ({"method": "purchase-order"}, "fault-number"),
        ({"method": "purchase-order", "number": "4111 1111 1111 1111"}, "fault-number"),
        ({"method": "purchase-order", "number": "a\0b"}, "fault-number"),
        ({"shipping": "balloon", "method": "card"}, "is not offered"),
    ],
)
async def test_what_is_wrong_is_told_at_the_field(
    orders: Orders, typed: dict[str, str], fault: str
) -> None:
    """PA-5, PA-2: with the form as it was sent; nothing is changed or charged."""
    order = await orders.full_draft(await orders.site())
    customer = await mailed(orders, order)
    before = await orders.get(order)
    page = await customer.send(await customer.look(), **typed)
    assert page.status == 422
    assert fault in page.text
    assert 'role="alert"' in page.text
    assert "4111" not in page.text or typed["number"] in page.text
    assert await orders.get(order) == before


async def test_a_form_that_is_no_form_is_refused(orders: Orders) -> None:
    """PA-5: nothing that is sent there breaks the page."""
    customer = await mailed(orders, await orders.full_draft(await orders.site()))
    for body in (b"\xff\xfe=%ff", b"a&" * 3000, b"{}", b""):
        answer = await orders.client.post(customer.path, content=body)
        assert answer.status_code in {409, 422}, answer.text
        assert answer.headers["content-type"].startswith("text/html")


async def test_staff_edit_while_the_customer_does(orders: Orders) -> None:
    """SN-4, PA-5: what the customer has not seen they do not pay for."""
    order = await orders.full_draft(await orders.site())
    customer = await mailed(orders, order)
    page = await customer.look()
    await orders.done("PATCH", f"/{order['id']}/lines/1", {"units": 5})
    stale = await customer.send(page, method="card")
    assert (stale.status, authorised(orders, order)) == (409, [])
    assert "changed in the meantime" in stale.text
    await orders.done("PUT", f"/{order['id']}/lease", {})
    busy = await customer.send(await customer.look(), method="card")
    assert (busy.status, await state_of(orders, order)) == (409, "draft")
    assert "working on your order" in busy.text


async def test_a_price_that_changed_is_shown_before_it_is_paid(orders: Orders) -> None:
    """CP-9, PA-5."""
    order = await orders.full_draft(await orders.site())
    customer = await mailed(orders, order)
    page = await customer.look()
    orders.shop.prices["MUG"] = 1500
    dearer = await customer.send(page, method="card")
    assert dearer.status == 409
    assert "30.00 GBP" in dearer.text
    assert (await orders.get(order))["totals"]["total"] == gbp(3000)
    await customer.send(await customer.look(), method="card")
    assert await state_of(orders, order) == "submitting"


async def test_a_link_is_not_paid_twice(orders: Orders) -> None:
    """PA-5: the second form finds the order handed in."""
    order = await orders.full_draft(await orders.site())
    customer = await mailed(orders, order)
    first, second = await customer.look(), await customer.look()
    await customer.send(first, method="card")
    again = await customer.send(second, method="card")
    assert again.status == 410
    assert "already handed in" in again.text
    await orders.carry()
    again = await customer.send(second, method="card")
    assert again.status == 410
    (payment,) = authorised(orders, order)
    assert asked(orders, order, CapturePayment) == [payment.payment_id]


async def test_a_payment_that_is_declined_may_be_tried_again(orders: Orders) -> None:
    """PA-5, SU-5: the reason is shown, and the other payment takes the place of the first."""
    order = await orders.full_draft(await orders.site())
    customer = await mailed(orders, order)

    def declined(command: AuthorisePayment) -> Reply:
        return PaymentDeclined(
            payment_id=command.payment_id, code="PAYMENT_DECLINED", detail="the bank declined"
        )

    orders.shop.says[AuthorisePayment] = declined
    await customer.send(await customer.look(), method="card")
    await orders.carry()
    page = await customer.look("/result")
    assert page.response.headers["location"] == customer.path
    page = await customer.look()
    assert "the bank declined" in page.text
    assert "How you pay 24.00 GBP" in page.text
    del orders.shop.says[AuthorisePayment]
    await customer.send(page, method="bank-transfer")
    await orders.carry()
    now = await orders.get(order)
    assert [one["method"] for one in now["payments"]] == ["bank-transfer"]
    assert now["state"] == "submitted"


async def test_what_staff_have_put_on_is_not_paid_again(orders: Orders) -> None:
    """PA-5, PA-8: where nothing is left to pay the customer sends the order off."""
    order = await orders.full_draft(await orders.site(), payments=[{"method": "check"}])
    customer = await mailed(orders, order)
    page = await customer.look()
    assert "nothing left to pay" in page.text
    await customer.send(page)
    assert await state_of(orders, order) == "submitting"


async def aged(orders: Orders, order: dict[str, Any], by: timedelta) -> None:
    await orders.sql(
        "UPDATE link SET expires_at = expires_at - CAST(:by AS interval) "
        "WHERE order_id = :id RETURNING link_id",
        id=UUID(order["id"]),
        by=by,
    )


async def closed(customer: Customer, words: str) -> None:
    page = await customer.look()
    assert page.status == 410
    assert words in page.text
    assert (await customer.look("/result")).status == 410


async def test_a_link_that_works_no_longer_says_why(orders: Orders) -> None:
    """PA-5: revoked, replaced, expired, cancelled: a clear page, and nothing is charged."""
    order = await orders.full_draft(await orders.site())
    first = await mailed(orders, order)
    open_page = await first.look()
    second = await mailed(orders, order)
    await closed(first, "a newer one")
    assert (await first.send(open_page, method="card")).status == 410
    await aged(orders, order, timedelta(hours=73))
    await closed(second, "has expired")
    assert (await orders.get(order, "/hand-over"))["state"] == "expired"
    third = await mailed(orders, order)
    await orders.done("DELETE", f"/{order['id']}/hand-over")
    await closed(third, "does not work any more")
    fourth = await mailed(orders, order)
    await orders.done("POST", f"/{order['id']}/cancellation")
    await closed(fourth, "was cancelled")
    assert authorised(orders, order) == []


async def test_a_link_that_ends_while_the_customer_pays_takes_nothing(orders: Orders) -> None:
    """PA-5: the form was open, the link has expired: no payment is begun."""
    order = await orders.full_draft(await orders.site())
    customer = await mailed(orders, order)
    page = await customer.look()
    await aged(orders, order, timedelta(hours=73))
    late = await customer.send(page, method="card")
    assert (late.status, await state_of(orders, order)) == (410, "draft")
    await orders.carry()
    assert authorised(orders, order) == []


async def test_another_customers_order_is_not_shown(orders: Orders) -> None:
    """PA-5: a link is its customer's own, also after staff have chosen another one."""
    order = await orders.full_draft(await orders.site())
    customer = await mailed(orders, order)
    body = {"customer_id": orders.shop.customer("Grace Hopper")}
    await orders.done("PUT", f"/{order['id']}/customer", body)
    await closed(customer, "does not work any more")


async def test_what_was_not_signed_here_leads_nowhere(orders: Orders) -> None:
    """PA-5."""
    customer = await mailed(orders, await orders.full_draft(await orders.site()))
    head, claims, _ = customer.path.split(".")
    for path in (
        "/checkout/x",
        f"{head}.{claims}.x",
        customer.path[:-3],
        "/checkout/" + "a" * 2000,
    ):
        answer = await orders.client.get(path)
        assert answer.status_code == 404, path
        assert "text/html" in answer.headers["content-type"]


async def test_staff_cancel_while_the_customer_pays(orders: Orders) -> None:
    """PA-5, SU-8: the payment that comes late is voided; the customer is told."""
    order = await orders.full_draft(await orders.site())
    customer = await mailed(orders, order)
    await customer.send(await customer.look(), method="card")
    answer = await orders.call("POST", f"/{order['id']}/cancellation")
    assert answer.status_code == 202, answer.text
    await orders.carry()
    assert await state_of(orders, order) == "cancelled"
    begun = {one.payment_id for one in authorised(orders, order)}
    assert begun == set(asked(orders, order, VoidPayment))
    assert asked(orders, order, CapturePayment) == []
    assert (await customer.look("/result")).status == 410


async def test_while_the_payments_service_is_away_the_page_says_so(orders: Orders) -> None:
    """PA-5: 503, not a broken page."""
    customer = await mailed(orders, await orders.full_draft(await orders.site()))
    orders.shop.away.add("payments")
    page = await customer.look()
    assert page.status == 503
    assert "try again" in page.text
