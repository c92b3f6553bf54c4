"""An order is submitted by its saga, or comes back; over the real API, database and runner."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

from contracts.catalog.commands import ReleaseStock, ReserveStock
from contracts.catalog.replies import Shortage, StockRefused
from contracts.customers.commands import VerifyCustomer
from contracts.payments.commands import AuthorisePayment, VoidPayment
from contracts.payments.replies import PaymentDeclined
from contracts.values import derived_id

from services.orders.tests.driving import Orders, gbp, problem


def out_of_stock(command: ReserveStock) -> StockRefused:
    short = Shortage(sku=command.lines[0].sku, wanted=2, available=1)
    return StockRefused(
        code="OUT_OF_STOCK",
        detail="short",
        submission_id=command.submission_id,
        shortages=(short,),
    )


def declined(command: AuthorisePayment) -> PaymentDeclined:
    return PaymentDeclined(code="PAYMENT_DECLINED", detail="no", payment_id=command.payment_id)


async def handed_in(orders: Orders, **more: object) -> dict[str, Any]:
    """Create and submit in one call."""
    return await orders.full_draft(await orders.site(), submit=True, **more)


async def test_a_draft_is_handed_in_as_priced_while_nobody_answers(orders: Orders) -> None:
    """CP-9, fault 10: the outage stops nobody; the audit says that prices were not asked for."""
    site = await orders.site()
    order = await orders.full_draft(site)
    orders.shop.prices["MUG"] += 1
    orders.shop.away |= {"catalog", "customers"}

    handed_in = (await orders.submit(order)).json()
    assert handed_in["state"] == "submitting"
    assert handed_in["totals"] == order["totals"]

    orders.shop.away.clear()
    await orders.carry()
    assert (await orders.get(order))["state"] == "submitted"
    changes = (await orders.get(order, "/changes"))["items"]
    begun = next(one for one in changes if one["action"] == "submission begun")
    assert begun["after"]["not_priced_again_without"] in {"catalog", "customers"}


async def test_one_call_creates_and_submits(orders: Orders) -> None:
    """SU-1, SU-5: all the steps; the events are numbered without a gap (EV-1)."""
    site = await orders.site()
    order = await orders.full_draft(
        site,
        shipping={"cost": gbp(495)},
        payments=[{"method": "bank-transfer"}],
        external_reference="PO-1",
        submit=True,
    )
    assert order["state"] == "submitting"
    await orders.carry()

    found = await orders.get(order)
    assert (found["state"], found["refusals"]) == ("submitted", [])
    assert found["submitted_at"] is not None
    authorise = next(one for one in orders.shop.heard if isinstance(one, AuthorisePayment))
    assert authorise.amount.minor == 2895
    assert str(authorise.payment_id) == str(derived_id(UUID(found["submission_id"]), 1))
    events = await orders.take("evt.")
    assert [(one.type.split(".")[1], one.sequence) for one in events] == [
        ("order-started", 1),
        ("order-submission-started", 2),
        ("order-submitted", 3),
    ]
    assert {one.staffid for one in events} == {"clerk"}
    assert {one.customerid for one in events} == {found["customer"]["id"]}
    assert {one.correlationid for one in events[1:]} == {found["submission_id"]}
    told = events[-1].data
    assert (told["goods"], told["shipping"], told["total"]) == (gbp(2400), gbp(495), gbp(2895))
    assert told["customer_set_id"] == str(site.customer_set_id)


async def test_payments_that_share_an_order_say_what_it_costs(orders: Orders) -> None:
    """PA-8: so that the payments service can refuse what is too much; a single one need not."""
    shared = [{"method": "check", "amount": gbp(400)}, {"method": "bank-transfer"}]
    for payments, total in ((shared, 2400), (shared[1:], None)):
        orders.shop.heard.clear()
        await handed_in(orders, payments=payments)
        await orders.carry()
        asked = [one for one in orders.shop.heard if isinstance(one, AuthorisePayment)]
        assert len(asked) == len(payments)
        assert {one.order_total and one.order_total.minor for one in asked} == {total}


async def test_a_double_click_makes_one_order(orders: Orders) -> None:
    """SU-3: the same key gives the same answer, also when both come at once."""
    site = await orders.site()
    body = {
        "site": site.code,
        "customer_id": orders.shop.customer(),
        "lines": [{"sku": "MUG", "units": 1}],
        "submit": True,
    }
    key = uuid4().hex
    async with asyncio.TaskGroup() as clicks:
        both = [clicks.create_task(orders.post(body, key)) for _ in range(2)]
    first, second = (click.result() for click in both)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert sorted("idempotent-replayed" in one.headers for one in (first, second)) == [False, True]
    page = await orders.done("GET", f"?site={site.code}")
    assert [one["id"] for one in page["items"]] == [first.json()["id"]]
    problem(await orders.post({"site": site.code}, key), 422, "IDEMPOTENCY_KEY_REUSED")


async def test_a_repeated_call_is_answered_the_same_when_nobody_else_answers(
    orders: Orders,
) -> None:
    """SU-3: the stored answer does not depend on what other services say now."""
    site = await orders.site()
    body = {"site": site.code, "lines": [{"sku": "MUG", "units": 1}]}
    first = await orders.post(body, "away")
    orders.shop.away.add("catalog")
    again = await orders.post(body, "away")
    assert (again.status_code, again.json()) == (201, first.json())


async def test_a_shortage_returns_the_draft_with_its_reasons(orders: Orders) -> None:
    """SU-5: typed reasons per line; nothing typed is lost, and it can be submitted again."""
    orders.shop.says[ReserveStock] = out_of_stock
    order = await handed_in(orders, staff_note="by phone")
    await orders.carry()
    found = await orders.get(order)
    assert (found["state"], found["staff_note"]) == ("draft", "by phone")
    assert found["refusals"] == [
        {
            "step": "reserve stock",
            "code": "OUT_OF_STOCK",
            "detail": "MUG: 2 wanted, 1 available",
            "pointer": "/lines/0",
        }
    ]
    del orders.shop.says[ReserveStock]
    again = await orders.submit(order)
    assert again.status_code == 202
    assert again.json()["refusals"] == []
    assert again.json()["submission_id"] != order["submission_id"]
    await orders.carry()
    assert (await orders.get(order))["state"] == "submitted"
    types = [one.type.split(".")[1] for one in await orders.take("evt.")]
    assert types[2:] == ["order-returned", "order-submission-started", "order-submitted"]


async def test_a_declined_payment_returns_the_draft(orders: Orders) -> None:
    orders.shop.says[AuthorisePayment] = declined
    order = await handed_in(orders, payments=[{"method": "card", "token": "tok_decline"}])
    await orders.carry()
    found = await orders.get(order)
    assert (found["state"], found["refusals"][0]["code"]) == ("draft", "PAYMENT_DECLINED")
    assert any(isinstance(one, ReleaseStock) for one in orders.shop.heard)
    shown = await orders.get(order, "/submission")
    assert (shown["status"], shown["state"]) == ("compensated", "draft")
    assert [one["status"] for one in shown["steps"]] == [
        "done",
        "undone",
        "skipped",
        "refused",
        "waiting",
        "waiting",
        "waiting",
    ]


async def test_a_running_submission_is_cancelled(orders: Orders) -> None:
    """SU-8: cancel wins over what comes later; the order is cancelled, nothing is held."""
    order = await handed_in(orders, payments=[{"method": "card", "token": "tok_ok"}])
    await orders.carry(hops=2)
    late = (await orders.take("cmd."))[0]

    answer = await orders.call("POST", f"/{order['id']}/cancellation")

    assert (answer.status_code, answer.json()["state"]) == (202, "submitting")
    assert (await orders.get(order, "/submission"))["cancel_asked"]
    await orders.carry()
    found = await orders.get(order)
    assert found["state"] == "cancelled"
    assert isinstance(orders.shop.heard[-2], VoidPayment)
    assert isinstance(orders.shop.heard[-1], ReleaseStock)
    await orders.consumer().handle([orders.replied(late)])
    assert (await orders.get(order))["state"] == "cancelled"
    assert (await orders.take("evt."))[-1].type == "orders.order-cancelled.v1"


async def test_a_draft_is_cancelled_once(orders: Orders) -> None:
    """SN-1: cancelling again changes nothing."""
    order = await orders.draft(await orders.site())
    path = f"/{order['id']}/cancellation"
    first, second = await orders.done("POST", path), await orders.done("POST", path)
    assert (first["state"], second["version"]) == ("cancelled", first["version"])
    events = [one.type.split(".")[1] for one in await orders.take("evt.")]
    assert events == ["order-started", "order-cancelled"]
    allowed = orders.staff(permissions=["orders.read", "orders.write"])
    problem(await allowed.call("POST", path), 403, "PERMISSION_DENIED")


async def test_what_is_missing_is_said_before_any_message_is_sent(orders: Orders) -> None:
    """SU-4: refused at once."""
    site = await orders.site()
    answer = await orders.post({"site": site.code, "submit": True})
    problem(answer, 422, "INVALID_ORDER", "/customer_id", "/lines")
    assert orders.shop.asked == []
    order = await orders.draft(site)
    problem(await orders.submit(order), 422, "INVALID_ORDER", "/customer_id", "/lines")
    assert await orders.take("cmd.") == []
    assert (await orders.get(order))["state"] == "draft"


async def test_a_shipped_line_needs_a_shipping_address(orders: Orders) -> None:
    """FU-1: a pickup needs none."""
    order = await orders.full_draft(await orders.site())
    await orders.done("PUT", f"/{order['id']}/addresses", {"shipping": None})
    refused = await orders.submit(order)
    problem(refused, 422, "SHIPPING_ADDRESS_MISSING", "/shipping_address")
    change = {"fulfilment": "pickup", "location": "soho"}
    await orders.done("PATCH", f"/{order['id']}/lines/1", change)
    assert (await orders.submit(order)).status_code == 202


async def test_an_order_without_payment_is_submitted_with_a_warning(orders: Orders) -> None:
    """SU-2: it warns and does not block."""
    order = await handed_in(orders)
    assert [one["code"] for one in order["warnings"]] == ["PAYMENT_MISSING"]
    await orders.carry()
    assert (await orders.get(order))["state"] == "submitted"
    shown = await orders.get(order, "/submission")
    statuses = {one["name"]: one["status"] for one in shown["steps"]}
    assert (statuses["authorise payment"], statuses["submit the order"]) == ("skipped", "done")
    assert isinstance(orders.shop.heard[0], VerifyCustomer)


async def test_an_order_under_submission_is_not_edited(orders: Orders) -> None:
    order = await handed_in(orders)
    edit = await orders.call("PUT", f"/{order['id']}/shipping", {"cost": gbp(1)})
    assert problem(edit, 409, "ORDER_NOT_DRAFT")["state"] == "submitting"
    problem(await orders.submit(order), 409, "ORDER_NOT_DRAFT")


async def test_a_submission_is_repeated_under_its_key_only(orders: Orders) -> None:
    """SU-3."""
    order = await orders.full_draft(await orders.site())
    first, again = await orders.submit(order, "k1"), await orders.submit(order, "k1")
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    path = f"/{order['id']}/submission"
    missing = await orders.call("POST", path)
    assert missing.status_code == 422


async def test_a_site_that_closed_takes_no_orders(orders: Orders) -> None:
    site = await orders.site()
    order = await orders.full_draft(site)
    await orders.handle(site.model_copy(update={"version": 2, "active": False}))
    await orders.handle(site)  # an older version that comes late
    problem(await orders.submit(order), 422, "SITE_INACTIVE", "/site")
    problem(await orders.post({"site": site.code}), 422, "SITE_INACTIVE", "/site")
