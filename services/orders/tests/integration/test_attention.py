"""What does not get on by itself is shown, and an operator acts on it (SU-9)."""

from typing import Any
from uuid import UUID

import httpx2
from contracts.payments.commands import CapturePayment, LowerPayment, VoidPayment
from contracts.payments.replies import CaptureRefused, LowerRefused, VoidRefused
from contracts.values import SiteId

from services.orders.tests.driving import ALL, Orders, problem

ATTENTION = "/api/orders/v1/attention"
OPERATE = (*ALL, "messages.operate")


async def call(orders: Orders, method: str, path: str = "", body: object = None) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {orders.token}"}
    return await orders.client.request(method, ATTENTION + path, json=body, headers=headers)


async def stuck(orders: Orders) -> tuple[dict[str, Any], SiteId]:
    """Hand an order in whose first step nobody answers, until somebody should look."""
    site = await orders.site()
    order = await orders.full_draft(site, submit=True)
    runner = orders.runtime.sagas
    assert runner is not None
    for _ in range(5):
        await orders.sql(
            "UPDATE saga SET wake_at = now(), state = jsonb_set(state, '{open,0,resend_at}',"
            " to_jsonb(now() - interval '1 second')) WHERE id = :id RETURNING id",
            id=UUID(order["submission_id"]),
        )
        await runner.wake_due()
    await orders.take("cmd.")
    return order, site.site_id


async def test_what_needs_attention_is_listed_with_its_actions(orders: Orders) -> None:
    """SU-9: with age and reason; SC-1: only of one's own sites."""
    order, site_id = await stuck(orders)
    listed = (await call(orders, "GET", f"?site={order['site']}")).json()["items"]
    assert [(one["id"], one["order_number"], one["actions"]) for one in listed] == [
        (order["submission_id"], order["number"], ["ask-again", "cancel"])
    ]
    assert listed[0]["step"] == "verify the customer"
    assert listed[0]["code"] == "NO_ANSWER"
    assert "no answer after" in listed[0]["reason"]
    mine = orders.staff(site_id)
    assert len((await call(mine, "GET")).json()["items"]) == 1
    stranger = orders.staff((await orders.site()).site_id, permissions=OPERATE)
    assert (await call(stranger, "GET")).json()["items"] == []
    path = f"/{order['submission_id']}/actions"
    problem(await call(stranger, "POST", path, {"action": "cancel"}), 404, "NOT_FOUND")
    clerk = await call(orders, "POST", path, {"action": "cancel"})
    problem(clerk, 403, "PERMISSION_DENIED")


async def test_an_operator_asks_again(orders: Orders) -> None:
    """SU-9: under a new id; then it goes on, and the audit names who did it."""
    order, _ = await stuck(orders)
    boss = orders.staff(permissions=OPERATE, name="boss")
    path = f"/{order['submission_id']}/actions"
    assert (await call(boss, "POST", path, {"action": "ask-again"})).status_code == 202
    problem(await call(boss, "POST", path, {"action": "ask-again"}), 404, "NOT_FOUND")
    await orders.carry()
    assert (await orders.get(order))["state"] == "submitted"
    entries = (await orders.get(order, "/changes"))["items"]
    assert ("asked again by an operator", "boss") in [
        (one["action"], one["staff_id"]) for one in entries
    ]


async def refused(orders: Orders) -> dict[str, Any]:
    """Hand an order in whose payment is set aside, and then not taken."""
    orders.shop.says[CapturePayment] = lambda command: CaptureRefused(
        code="GATEWAY_REFUSED",
        detail="the authorisation has expired",
        payment_id=command.payment_id,
        operation_id=command.operation_id,
    )
    site = await orders.site()
    paid = [{"method": "card", "token": "tok_ok"}]
    order = await orders.full_draft(site, payments=paid, submit=True)
    await orders.carry()
    return order


async def test_a_refused_capture_is_listed_and_captured_anew(orders: Orders) -> None:
    """SU-9, PA-9: the order stands; asked again, what is left is taken by another operation."""
    order = await refused(orders)
    assert (await orders.get(order))["state"] == "submitted"
    boss = orders.staff(permissions=OPERATE, name="boss")
    [listed] = (await call(boss, "GET", f"?site={order['site']}")).json()["items"]
    assert (listed["step"], listed["actions"]) == ("capture payment", ["ask-again", "let-be"])
    assert "the authorisation has expired" in listed["reason"]
    path = f"/{listed['id']}/actions"
    cancel = await call(boss, "POST", path, {"action": "cancel"})
    told = problem(cancel, 409, "ACTION_NOT_ALLOWED")
    assert told["actions"] == ["ask-again", "let-be"]

    del orders.shop.says[CapturePayment]
    assert (await call(boss, "POST", path, {"action": "ask-again"})).status_code == 202
    await orders.carry()
    captures = [one for one in orders.shop.heard if isinstance(one, CapturePayment)]
    assert [one.operation_id is None for one in captures] == [True, False]
    shown = await orders.get(order, "/submission")
    assert (shown["status"], shown["attention"]) == ("completed", None)


async def test_a_refused_capture_is_let_be_with_a_reason(orders: Orders) -> None:
    """SU-9, SC-2: the process ends without it; the audit names who decided it, and why."""
    order = await refused(orders)
    boss = orders.staff(permissions=OPERATE, name="boss")
    path = f"/{order['submission_id']}/actions"
    unsaid = await call(boss, "POST", path, {"action": "let-be"})
    problem(unsaid, 422, "REASON_MISSING", "/reason")
    body = {"action": "let-be", "reason": "paid by cheque"}
    assert (await call(boss, "POST", path, body)).status_code == 202
    problem(await call(boss, "POST", path, body), 404, "NOT_FOUND")
    shown = await orders.get(order, "/submission")
    assert (shown["status"], shown["steps"][-1]["status"]) == ("completed", "skipped")
    entries = (await orders.get(order, "/changes"))["items"]
    [let] = [one for one in entries if one["action"] == "let be by an operator"]
    assert let["staff_id"] == "boss"
    assert let["after"] == {"process": order["submission_id"], "reason": "paid by cheque"}


async def test_an_operator_has_it_taken_back(orders: Orders) -> None:
    order, _ = await stuck(orders)
    boss = orders.staff(permissions=OPERATE, name="boss")
    path = f"/{order['submission_id']}/actions"
    assert (await call(boss, "POST", path, {"action": "cancel"})).status_code == 202
    await orders.carry()
    assert (await orders.get(order))["state"] == "cancelled"


async def test_a_refund_that_the_gateway_refuses_is_listed_as_that(orders: Orders) -> None:
    """SU-9, PA-9: a cancel whose money does not go back says so; asked again by another void."""
    orders.shop.says[VoidPayment] = lambda command: VoidRefused(
        code="GATEWAY_REFUSED",
        detail="refused by the gateway: the charge is too old",
        payment_id=command.payment_id,
        operation_id=command.operation_id,
    )
    paid = [{"method": "card", "token": "tok_ok"}]
    order = await orders.full_draft(await orders.site(), payments=paid, submit=True)
    await orders.carry()
    assert (await orders.call("POST", f"/{order['id']}/cancellation")).status_code == 202
    await orders.carry()
    boss = orders.staff(permissions=OPERATE, name="boss")
    [listed] = (await call(boss, "GET", f"?site={order['site']}")).json()["items"]
    assert (listed["process"], listed["step"]) == ("orders.cancel-order", "void payments")
    assert (listed["code"], listed["actions"]) == ("GATEWAY_REFUSED", ["ask-again", "let-be"])
    assert listed["reason"].endswith("refused by the gateway: the charge is too old")

    del orders.shop.says[VoidPayment]
    path = f"/{listed['id']}/actions"
    assert (await call(boss, "POST", path, {"action": "ask-again"})).status_code == 202
    await orders.carry()
    voids = [one for one in orders.shop.heard if isinstance(one, VoidPayment)]
    assert [one.operation_id is None for one in voids] == [True, False]
    assert (await orders.get(order))["cancellation"]["done"]


async def test_a_lowering_that_is_refused_is_asked_anew(orders: Orders) -> None:
    """SU-9, SU-11: what was refused is refused for good, so that it is asked under another id."""
    order = await orders.full_draft(
        await orders.site(), submit=True, payments=[{"method": "bank-transfer"}]
    )
    await orders.carry()
    orders.shop.says[LowerPayment] = lambda command: LowerRefused(
        code="AMOUNT_EXCEEDS_EXPECTED",
        detail="0 minor units are expected or have come",
        payment_id=command.payment_id,
        operation_id=command.operation_id,
    )
    fewer = {"lines": [{"line_id": 1, "units": 1}]}
    asked = await orders.call("POST", f"/{order['id']}/revision", fewer, Idempotency_Key="fewer")
    assert asked.status_code == 202, asked.text
    await orders.carry()

    boss = orders.staff(permissions=OPERATE, name="boss")
    [listed] = (await call(boss, "GET", f"?site={order['site']}")).json()["items"]
    assert (listed["step"], listed["code"]) == ("settle the difference", "AMOUNT_EXCEEDS_EXPECTED")
    del orders.shop.says[LowerPayment]
    path = f"/{listed['id']}/actions"
    assert (await call(boss, "POST", path, {"action": "ask-again"})).status_code == 202
    await orders.carry()
    asked_for = [one for one in orders.shop.heard if isinstance(one, LowerPayment)]
    assert len({one.operation_id for one in asked_for}) == len(asked_for) == 2
    assert orders.shop.till.set_aside() == 1200
