"""A submitted order is cancelled: its stock, coupons and money go back; over the real API."""

import asyncio
from typing import Any

from contracts.catalog.commands import AllocateStock, ReturnCoupons, ReturnStock
from contracts.payments.commands import CapturePayment, VoidPayment

from services.orders.tests.driving import Orders, gbp, problem

CARD = {"method": "card", "token": "tok_ok"}


async def submitted(orders: Orders, **more: object) -> dict[str, Any]:
    order = await orders.full_draft(await orders.site(), submit=True, **more)
    await orders.carry()
    found = await orders.get(order)
    assert found["state"] == "submitted"
    return found


async def cancelled(orders: Orders, order: dict[str, Any]) -> dict[str, Any]:
    answer = await orders.call("POST", f"/{order['id']}/cancellation")
    assert answer.status_code == 202, answer.text
    return answer.json()


async def test_a_submitted_order_is_cancelled_with_all_it_has(orders: Orders) -> None:
    """SU-11, PA-9: cancelled at once, told once; the order says what went back."""
    orders.shop.coupons["TEN"] = 10
    order = await submitted(orders, payments=[CARD], coupons=["TEN"])
    await orders.take("evt.")

    answer = await cancelled(orders, order)
    assert (answer["state"], answer["cancellation"]["done"]) == ("cancelled", False)
    await orders.carry()

    done = (await orders.get(order))["cancellation"]
    assert (done["done"], done["asked_by"]) == (True, "clerk")
    assert [(one["sku"], one["units"]) for one in done["stock"]] == [("MUG", 2)]
    assert [(one["voided"], one["refunded"]) for one in done["payments"]] == [(gbp(0), gbp(2160))]
    assert [type(one) for one in orders.shop.heard[-3:]] == [
        ReturnStock,
        ReturnCoupons,
        VoidPayment,
    ]
    [event] = await orders.take("evt.")
    assert (event.type, event.sequence) == ("orders.order-cancelled.v1", 4)
    assert event.data["submission_id"] == order["submission_id"]
    assert event.staffid == "clerk"
    actions = [one["action"] for one in (await orders.get(order, "/changes"))["items"]]
    assert actions[-2:] == ["cancelled", "cancellation done"]


async def test_a_second_cancel_changes_nothing(orders: Orders) -> None:
    """SU-8: a double click gives everything back once."""
    order = await submitted(orders, payments=[CARD])
    path = f"/{order['id']}/cancellation"
    async with asyncio.TaskGroup() as clicks:
        both = [clicks.create_task(orders.call("POST", path)) for _ in range(2)]
    assert sorted(click.result().status_code for click in both) == [200, 202]
    await orders.carry()

    done = await orders.get(order)
    again = await orders.call("POST", path)
    assert (again.status_code, again.json()["version"]) == (200, done["version"])
    returns = [one for one in orders.shop.heard if isinstance(one, ReturnStock)]
    assert len({one.return_id for one in returns}) == 1
    types = [one.type for one in await orders.take("evt.")]
    assert types.count("orders.order-cancelled.v1") == 1


async def test_the_preview_says_what_is_voided_and_refunded(orders: Orders) -> None:
    """PA-9: never silently; looking changes nothing."""
    transfer = {"method": "bank-transfer", "amount": gbp(400)}
    order = await submitted(orders, payments=[transfer, CARD])

    preview = await orders.get(order, "/cancellation/preview")

    assert preview["stock"] == [{"sku": "MUG", "units": 2}]
    told = [(p["method"], p["to_void"], p["to_refund"], p["by_hand"]) for p in preview["payments"]]
    assert told == [
        ("bank-transfer", gbp(400), gbp(0), True),
        ("card", gbp(0), gbp(2000), False),
    ]
    assert (await orders.get(order))["version"] == order["version"]
    orders.shop.away.add("payments")
    away = await orders.call("GET", f"/{order['id']}/cancellation/preview")
    problem(away, 503, "SERVICE_UNANSWERED")


async def test_a_draft_has_nothing_to_give_back(orders: Orders) -> None:
    """PA-9."""
    draft = await orders.full_draft(await orders.site(), payments=[CARD])
    preview = await orders.get(draft, "/cancellation/preview")
    assert (preview["state"], preview["stock"], preview["payments"]) == ("draft", [], [])


async def test_a_cancel_wins_over_a_submission_that_has_not_ended(orders: Orders) -> None:
    """SU-8: past the pivot it is superseded; what it sent comes late and changes nothing."""
    order = await orders.full_draft(await orders.site(), submit=True, payments=[CARD])
    await orders.carry(hops=3)
    assert (await orders.get(order))["state"] == "submitted"
    [late] = await orders.take("cmd.")
    assert late.type == AllocateStock.type

    await cancelled(orders, order)
    await orders.carry()
    await orders.consumer().handle([orders.replied(late)])
    await orders.carry()

    found = await orders.get(order)
    assert (found["state"], found["cancellation"]["done"]) == ("cancelled", True)
    assert orders.shop.till.set_aside() == orders.shop.till.paid() == 0
    assert not any(isinstance(one, CapturePayment) for one in orders.shop.heard)
    shown = await orders.get(order, "/submission")
    assert shown["status"] == "completed"
    assert "superseded" in [entry["event"] for entry in shown["log"]]


async def test_a_cancel_ends_a_submission_that_is_stuck(orders: Orders) -> None:
    """SU-8, SU-9: nothing waits for attention once the order is cancelled."""
    order = await orders.full_draft(await orders.site(), submit=True)
    await orders.carry(hops=2)
    await orders.take("cmd.")
    stuck = "UPDATE saga SET attention = 'no answer' WHERE id = :id RETURNING id"
    assert await orders.sql(stuck, id=(await orders.get(order))["submission_id"])

    await cancelled(orders, order)
    await orders.carry()

    left = "SELECT id FROM saga WHERE subject_id = :id AND attention IS NOT NULL"
    assert await orders.sql(left, id=order["id"]) == []
    assert (await orders.get(order))["cancellation"]["done"]


async def test_cancelling_while_the_submission_ends_never_hangs(orders: Orders) -> None:
    """SU-8: a cancel and the pivot decide under one lock; either way the order ends cancelled."""
    for _ in range(5):
        order = await orders.full_draft(await orders.site(), submit=True, payments=[CARD])
        async with asyncio.TaskGroup() as race:
            cancel = race.create_task(orders.call("POST", f"/{order['id']}/cancellation"))
            race.create_task(orders.carry())
        await orders.carry()
        assert cancel.result().status_code == 202
        assert (await orders.get(order))["state"] == "cancelled"
        assert orders.shop.till.set_aside() == orders.shop.till.paid() == 0


async def test_a_cancel_that_has_not_seen_the_order_as_it_is_changes_nothing(
    orders: Orders,
) -> None:
    """SN-4, SC-3: an old version is stale, and the permission is needed."""
    order = await submitted(orders)
    path = f"/{order['id']}/cancellation"
    stale = await orders.call("POST", path, If_Match='"1"')
    problem(stale, 412, "STALE")
    without = orders.staff(permissions=["orders.read", "orders.write"])
    problem(await without.call("POST", path), 403, "PERMISSION_DENIED")
    assert (await orders.get(order))["state"] == "submitted"


async def test_an_answer_that_does_not_come_is_asked_for_again(orders: Orders) -> None:
    """SU-9: a cancel only goes forward; past any deadline, and then to the attention list."""
    order = await submitted(orders, payments=[CARD])
    await cancelled(orders, order)
    await orders.take("cmd.")
    due = """
        UPDATE saga SET wake_at = now(), state = jsonb_set(
            jsonb_set(state, '{open,0,resend_at}', '"2026-01-01T00:00:00Z"'),
            '{open,0,tries}', '4')
        WHERE subject_id = :id AND status = 'running' RETURNING id
    """
    assert await orders.sql(due, id=order["id"])
    runner = orders.runtime.sagas
    assert runner is not None
    await runner.wake_due()
    listed = await orders.sql(
        "SELECT attention FROM saga WHERE subject_id = :id AND attention IS NOT NULL",
        id=order["id"],
    )
    assert listed[0].attention.startswith("return stock: no answer")

    await orders.carry()
    assert (await orders.get(order))["cancellation"]["done"]


async def test_why_an_order_is_cancelled_is_shown_wherever_it_is(orders: Orders) -> None:
    """SC-2, SU-11: at the order, in the list, audit and event; staff's own words stay here."""
    order = await submitted(orders, payments=[CARD])
    reason = {"code": "changed-mind", "text": "bought it elsewhere"}
    path = f"/{order['id']}/cancellation"
    found = await orders.done("POST", path, {"reason": reason})
    assert found["cancel_reason"] == reason
    [listed] = (await orders.done("GET", f"?site={order['site']}"))["items"]
    assert (listed["state"], listed["cancel_reason"]) == ("cancelled", "changed-mind")
    assert (listed["giving_back"], listed["submitted_at"]) == (True, order["submitted_at"])
    entry = (await orders.get(order, "/changes"))["items"][-1]
    assert (entry["action"], entry["after"]["reason"]) == ("cancelled", reason)

    await orders.carry()
    [listed] = (await orders.done("GET", f"?site={order['site']}"))["items"]
    assert (listed["cancel_reason"], listed["giving_back"]) == ("changed-mind", False)
    summary = await orders.get(order, "/summary")
    assert (summary["cancel_reason"], summary["cancellation"]["done"]) == (reason, True)
    event = (await orders.take("evt."))[-1]
    assert (event.type, event.data["reason"]) == ("orders.order-cancelled.v1", "changed-mind")
    assert "elsewhere" not in str(event.data)


async def test_a_draft_is_cancelled_with_a_reason_or_without(orders: Orders) -> None:
    """SN-1, SC-2."""
    site = await orders.site()
    for body, code in ((None, None), ({}, None), ({"reason": {"code": "ordered-twice"}},) * 2):
        draft = await orders.draft(site)
        path = f"/{draft['id']}/cancellation"
        found = await orders.done("POST", path, body)
        reason = code and {"code": "ordered-twice", "text": None}
        assert (found["state"], found["cancel_reason"]) == ("cancelled", reason)
        again = await orders.done("POST", path, {"reason": {"code": "not-paid"}})
        assert again["cancel_reason"] == reason
    for wrong in ({"code": "whim"}, {"code": "other"}, {"code": "other", "text": " "}, "not-paid"):
        draft = await orders.draft(site)
        answer = await orders.call("POST", f"/{draft['id']}/cancellation", {"reason": wrong})
        assert problem(answer, 422, "INVALID_REQUEST")["errors"][0]["pointer"].startswith("/reason")
        assert (await orders.get(draft))["state"] == "draft"


async def test_a_reason_outlives_the_submission_that_is_taken_back(orders: Orders) -> None:
    """SC-2, SU-8: staff say why when they ask; the order is cancelled later."""
    order = await orders.full_draft(await orders.site(), submit=True, payments=[CARD])
    path, reason = f"/{order['id']}/cancellation", {"code": "not-paid", "text": None}
    asked = await orders.done("POST", path, {"reason": reason})
    assert (asked["state"], asked["cancel_reason"]) == ("submitting", reason)
    await orders.done("POST", path, {"reason": {"code": "entry-error"}})
    await orders.carry()
    found = await orders.get(order)
    assert (found["state"], found["cancel_reason"]) == ("cancelled", reason)
    event = (await orders.take("evt."))[-1]
    assert (event.type, event.data["reason"]) == ("orders.order-cancelled.v1", "not-paid")
