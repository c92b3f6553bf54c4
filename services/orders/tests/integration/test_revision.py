"""A submitted order is revised, all or nothing; over the real API, database and saga."""

from typing import Any
from uuid import uuid4

import httpx2
from contracts.catalog.commands import AllocateStock, ReleaseStock, ReserveStock, ReturnStock
from contracts.catalog.replies import Shortage, StockRefused
from contracts.payments.commands import AuthorisePayment, LowerPayment, RefundPayment
from contracts.payments.replies import PaymentDeclined
from contracts.values import Money

from services.orders.tests.driving import Orders, gbp, problem

CARD = {"method": "card", "token": "tok_ok"}


async def submitted(orders: Orders, **more: object) -> dict[str, Any]:
    order = await orders.full_draft(await orders.site(), submit=True, **more)
    await orders.carry()
    await orders.take("evt.")
    return await orders.get(order)


async def asked(
    orders: Orders, order: dict[str, Any], body: object, key: str | None = None
) -> httpx2.Response:
    path, key = f"/{order['id']}/revision", key or uuid4().hex
    return await orders.call("POST", path, body, Idempotency_Key=key)


async def revised(orders: Orders, order: dict[str, Any], **body: object) -> dict[str, Any]:
    """Revise, let it run, and give the revision as it ended."""
    answer = await asked(orders, order, body)
    assert answer.status_code == 202, answer.text
    await orders.carry()
    return await orders.get(order, "/revision")


async def test_fewer_units_go_back_and_the_difference_is_refunded(orders: Orders) -> None:
    """SU-11: below what was captured: the difference is given back, and said."""
    order = await submitted(orders, payments=[CARD])
    body = {"lines": [{"line_id": 1, "units": 1}]}

    shown = await orders.done("POST", f"/{order['id']}/revision/preview", body)
    assert (await orders.get(order))["version"] == order["version"]
    revision = await revised(orders, order, **body)

    assert (revision["state"], revision["difference"]) == ("applied", shown)
    assert (shown["total_was"], shown["total_now"]) == (gbp(2400), gbp(1200))
    [line] = shown["lines"]
    assert (line["units_was"], line["units_now"], line["net_was"]) == (2, 1, 2400)
    [back] = shown["to_give_back"]
    assert (back["method"], back["amount"], back["by_hand"]) == ("card", gbp(1200), False)
    found = await orders.get(order)
    assert (found["state"], found["totals"]["total"]) == ("submitted", gbp(1200))
    assert found["totals"]["balance"] == gbp(0)
    assert orders.shop.till.paid() == 1200
    returned = next(one for one in orders.shop.heard if isinstance(one, ReturnStock))
    assert returned.lines is not None
    assert [(line.sku, line.units) for line in returned.lines] == [("MUG", 1)]
    [event] = await orders.take("evt.")
    assert (event.type, event.sequence) == ("orders.order-revised.v1", 4)
    assert (event.data["total_before"], event.data["total"]) == (gbp(2400), gbp(1200))


async def test_added_goods_are_reserved_and_paid_before_the_order_changes(
    orders: Orders,
) -> None:
    """SU-11: new lines are quoted now, lines that stay keep their price."""
    order = await submitted(orders, payments=[CARD])
    orders.shop.prices |= {"MUG": 1500, "TEE": 1100}

    revision = await revised(
        orders,
        order,
        lines=[{"line_id": 1, "units": 3}, {"sku": "TEE", "units": 1}],
        payments=[CARD],
    )

    assert revision["state"] == "applied"
    found = await orders.get(order)
    lines = [(one["sku"], one["units"], one["unit_price"]["minor"]) for one in found["lines"]]
    assert lines == [("MUG", 2, 1200), ("MUG", 1, 1500), ("TEE", 1, 1100)]
    assert revision["difference"]["to_charge"] == gbp(2600)
    assert orders.shop.till.paid() == found["totals"]["total"]["minor"] == 5000
    kinds = [type(one) for one in orders.shop.heard]
    assert kinds[-4:-2] == [ReserveStock, AuthorisePayment]
    assert kinds[-2] is AllocateStock


async def test_units_at_the_same_price_go_onto_their_line(orders: Orders) -> None:
    """SU-11: one more of the same; without a payment it is left to pay."""
    order = await submitted(orders, payments=[CARD])
    revision = await revised(orders, order, lines=[{"line_id": 1, "units": 3}])
    found = await orders.get(order)
    assert [(one["id"], one["units"]) for one in found["lines"]] == [(1, 3)]
    assert revision["difference"]["left_to_pay"] == found["totals"]["balance"] == gbp(1200)


async def test_a_shortage_leaves_the_order_exactly_as_it_was(orders: Orders) -> None:
    """SU-11: the reasons stand at the revision; another one may be tried."""
    order = await submitted(orders, payments=[CARD])
    orders.shop.says[ReserveStock] = lambda command: StockRefused(
        code="OUT_OF_STOCK",
        detail="short",
        submission_id=command.submission_id,
        shortages=(Shortage(sku=command.lines[0].sku, wanted=5, available=1),),
    )
    revision = await revised(orders, order, lines=[{"line_id": 1, "units": 7}])

    assert revision["state"] == "refused"
    [reason] = revision["refusals"]
    assert (reason["step"], reason["code"]) == ("reserve added stock", "OUT_OF_STOCK")
    assert reason["detail"] == "MUG: 5 more wanted, 1 available"
    after = await orders.get(order)
    assert after == order
    assert await orders.take("evt.") == []
    del orders.shop.says[ReserveStock]
    assert (await revised(orders, order, lines=[{"line_id": 1, "units": 7}]))["state"] == "applied"


async def test_a_declined_payment_lets_go_of_what_was_reserved(orders: Orders) -> None:
    """SU-11: all or nothing across stock and payment."""
    order = await submitted(orders, payments=[CARD])
    orders.shop.says[AuthorisePayment] = lambda command: PaymentDeclined(
        code="PAYMENT_DECLINED", detail="no", payment_id=command.payment_id
    )
    revision = await revised(orders, order, lines=[{"line_id": 1, "units": 3}], payments=[CARD])
    assert (revision["state"], revision["refusals"][0]["code"]) == ("refused", "PAYMENT_DECLINED")
    assert isinstance(orders.shop.heard[-1], ReleaseStock)
    assert await orders.get(order) == order


async def test_refunds_begin_with_the_last_payment(orders: Orders) -> None:
    """SU-11, PA-8: each gives back no more than it took."""
    first = CARD | {"amount": gbp(1000)}
    order = await submitted(orders, payments=[first, CARD])
    revision = await revised(
        orders, order, lines=[{"line_id": 1, "units": 1}], shipping={"cost": gbp(100)}
    )
    back = [one["amount"]["minor"] for one in revision["difference"]["to_give_back"]]
    assert back == [1100]
    revision = await revised(orders, order, shipping={"cost": gbp(0)})
    assert [one["amount"]["minor"] for one in revision["difference"]["to_give_back"]] == [100]
    revision = await revised(orders, order, lines=[{"sku": "TEE", "units": 1}], payments=[CARD])
    gone = [{"line_id": 2, "units": 0}, {"line_id": 1, "units": 1}]
    revision = await revised(orders, order, lines=gone)
    assert revision["difference"]["total_now"] == gbp(1200)
    assert orders.shop.till.paid() == 1200
    refunds = [one for one in orders.shop.heard if isinstance(one, RefundPayment)]
    assert len({one.operation_id for one in refunds}) == len(refunds) == 3


async def test_one_revision_at_a_time_and_only_of_what_was_seen(orders: Orders) -> None:
    """SU-11, SN-4: 409 while one runs, 412 for an old version, the same answer for the same key."""
    order = await submitted(orders)
    body = {"lines": [{"line_id": 1, "units": 3}]}
    first = await asked(orders, order, body, "once")
    again = await asked(orders, order, body, "once")
    assert (again.status_code, again.json()) == (202, first.json())
    problem(await asked(orders, order, body), 409, "REVISION_UNFINISHED")
    await orders.carry()
    path = f"/{order['id']}/revision"
    stale = await orders.call("POST", path, body, Idempotency_Key="k", If_Match='"2"')
    problem(stale, 412, "STALE")
    assert len((await orders.get(order))["lines"]) == 1


async def test_what_does_not_fit_is_said_by_field(orders: Orders) -> None:
    """Bad input: nothing is begun."""
    order = await submitted(orders, payments=[CARD])
    no_line = await asked(orders, order, {"lines": [{"line_id": 9, "units": 1}]})
    problem(no_line, 422, "NO_SUCH_LINE", "/lines/0/line_id")
    unknown = await asked(orders, order, {"lines": [{"sku": "CUP", "units": 1}]})
    problem(unknown, 422, "UNKNOWN_PRODUCT", "/lines/0/sku")
    nothing = await asked(orders, order, {"lines": [{"line_id": 1, "units": 0}]})
    problem(nothing, 422, "NO_LINES", "/lines")
    paid = await asked(orders, order, {"payments": [CARD | {"amount": gbp(1)}]})
    problem(paid, 422, "PAYMENTS_EXCEED_TOTAL", "/payments/0/amount")
    draft = await orders.full_draft(await orders.site())
    problem(await asked(orders, draft, {"lines": []}), 409, "ORDER_NOT_SUBMITTED")
    missing = await orders.call("GET", f"/{order['id']}/revision")
    problem(missing, 404, "NOT_FOUND")


async def test_a_submission_must_have_ended_first(orders: Orders) -> None:
    """SU-11: what is not captured yet cannot be given back."""
    order = await orders.full_draft(await orders.site(), submit=True, payments=[CARD])
    await orders.carry(hops=3)
    assert (await orders.get(order))["state"] == "submitted"
    early = await asked(orders, order, {"lines": [{"line_id": 1, "units": 1}]})
    problem(early, 409, "SUBMISSION_UNFINISHED")


async def test_a_cancel_wins_over_a_revision_that_runs(orders: Orders) -> None:
    """SU-8: what the revision sent comes late and is refused; nothing is held or paid."""
    order = await submitted(orders, payments=[CARD])
    body = {"lines": [{"line_id": 1, "units": 3}], "payments": [CARD]}
    await asked(orders, order, body)
    late = await orders.take("cmd.")

    answer = await orders.call("POST", f"/{order['id']}/cancellation")
    assert answer.status_code == 202
    await orders.carry()
    await orders.consumer().handle([orders.replied(one) for one in late])
    await orders.carry()

    assert (await orders.get(order))["state"] == "cancelled"
    assert (await orders.get(order, "/revision"))["state"] == "superseded"
    assert orders.shop.till.paid() == orders.shop.till.set_aside() == 0
    released = [one for one in orders.shop.heard if isinstance(one, ReleaseStock)]
    assert len(released) == 1


async def test_a_cancel_after_a_revision_ends_all_its_payments(orders: Orders) -> None:
    """SU-11, PA-9: those of the submission, and those that came later."""
    order = await submitted(orders, payments=[CARD])
    await revised(orders, order, lines=[{"line_id": 1, "units": 3}], payments=[CARD])
    assert orders.shop.till.paid() == 3600
    await orders.done("POST", f"/{order['id']}/cancellation")
    await orders.carry()
    done = (await orders.get(order))["cancellation"]
    assert sum(one["refunded"]["minor"] for one in done["payments"]) == 3600
    assert orders.shop.till.paid() == 0


async def test_a_revision_has_a_reason_and_stands_in_the_list(orders: Orders) -> None:
    """SC-2, SU-11: in the list, audit and event; those that were refused are kept too."""
    order = await submitted(orders)
    reason = {"code": "entry-error", "text": "she said three"}
    orders.shop.says[ReserveStock] = lambda command: StockRefused(
        code="OUT_OF_STOCK", detail="short", submission_id=command.submission_id
    )
    more = [{"line_id": 1, "units": 3}]
    assert (await revised(orders, order, lines=more))["state"] == "refused"
    del orders.shop.says[ReserveStock]
    revision = await revised(orders, order, lines=more, reason=reason)

    assert (revision["state"], revision["reason"]) == ("applied", reason)
    kept = await orders.get(order, "/revisions?limit=1")
    older = await orders.get(order, f"/revisions?limit=1&after={kept['next']}")
    assert [one["state"] for one in kept["items"] + older["items"]] == ["applied", "refused"]
    assert (older["items"][0]["reason"], older["next"]) == (None, None)
    [listed] = (await orders.done("GET", f"?site={order['site']}"))["items"]
    assert (listed["state"], listed["revisions"], listed["total"]) == ("submitted", 1, gbp(3600))
    assert ((await orders.get(order, "/summary"))["revisions"]) == 1
    entries = (await orders.get(order, "/changes"))["items"]
    told = [(one["action"], one["after"].get("reason")) for one in entries[-4:]]
    assert told == [
        ("revision asked", None),
        ("revision refused", None),
        ("revision asked", reason),
        ("revised", reason),
    ]
    [event] = await orders.take("evt.")
    assert event.data["reason"] == "entry-error"
    assert "three" not in str(event.data)
    other = orders.staff((await orders.site()).site_id)
    problem(await other.call("GET", f"/{order['id']}/revisions"), 404, "NOT_FOUND")


async def test_what_is_added_is_paid_beside_what_stands(orders: Orders) -> None:
    """PA-8: held against the total; a transfer of which less is expected is not in the way."""
    offline = {"method": "bank-transfer"}
    order = await submitted(orders, payments=[offline])
    await revised(orders, order, lines=[{"line_id": 1, "units": 1}])
    revision = await revised(orders, order, lines=[{"sku": "TEE", "units": 1}], payments=[CARD])
    assert revision["state"] == "applied"
    total = revision["difference"]["total_now"]["minor"]
    asked_for = [one for one in orders.shop.heard if isinstance(one, AuthorisePayment)]
    assert asked_for[0].order_total is None
    assert asked_for[1].order_total == Money(total, "GBP")
    assert orders.shop.till.set_aside() + orders.shop.till.paid() == total


async def test_less_is_expected_of_an_order_that_is_paid_from_outside(orders: Orders) -> None:
    """SU-11, PA-8: what has not come is lowered; what has come is paid back beyond the rest."""
    order = await submitted(
        orders, payments=[{"method": "purchase-order", "terms": {"number": "7"}}]
    )
    till = orders.shop.till
    [payment] = till.held
    till.receive(payment, 500)
    body = {"lines": [{"line_id": 1, "units": 1}]}

    shown = await orders.done("POST", f"/{order['id']}/revision/preview", body)
    first = await revised(orders, order, **body)

    assert first["difference"] == shown
    assert shown["to_give_back"] == []
    [less] = shown["not_to_take"]
    assert (less["method"], less["amount"], less["by_hand"]) == ("purchase-order", gbp(1200), True)
    assert (till.set_aside(), till.paid()) == (700, 500)
    [told] = [one for one in orders.shop.heard if isinstance(one, LowerPayment)]
    assert (told.payment_id, told.amount) == (payment, Money(1200, "GBP"))

    till.receive(payment, 600)
    orders.shop.prices |= {"TEE": 300}
    cheaper = {"sku": "TEE", "units": 1}
    gone = await revised(orders, order, lines=[{"line_id": 1, "units": 0}, cheaper])
    over = 1200 - gone["difference"]["total_now"]["minor"]
    assert over > 100
    [back], [less] = gone["difference"]["to_give_back"], gone["difference"]["not_to_take"]
    assert (back["amount"], back["by_hand"], less["amount"]) == (gbp(over - 100), True, gbp(100))
    assert (till.set_aside(), till.paid()) == (0, 1200 - over)
    assert (await orders.get(order))["totals"]["balance"] == gbp(0)
