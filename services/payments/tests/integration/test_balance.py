from datetime import UTC, datetime, timedelta
from uuid import uuid4

from contracts.orders.events import OrderCancelled, OrderRevised, OrderSubmitted
from contracts.payments.commands import CapturePayment
from contracts.values import CustomerId, CustomerSetId, Money, OrderId, SiteId, SubmissionId

from services.payments.tests.api import Api
from services.payments.tests.driving import Payments, an_authorisation
from services.payments.tests.requests import money, post
from tests.support import eventually


def an_order(site: SiteId, order_id: OrderId, minor: int) -> OrderSubmitted:
    total = Money(minor, "GBP")
    return OrderSubmitted(
        order_id=order_id,
        site_id=site,
        order_number="UK-1",
        submission_id=SubmissionId(uuid4()),
        customer_set_id=CustomerSetId(uuid4()),
        customer_id=CustomerId(uuid4()),
        lines=(),
        goods=total,
        shipping=Money(0, "GBP"),
        total=total,
        submitted_at=datetime.now(UTC),
    )


async def test_several_payments_share_an_order_and_less_leaves_a_balance(
    payments: Payments, api: Api
) -> None:
    """PA-8."""
    site, order = await payments.site(), OrderId(uuid4())
    card = an_authorisation(site, order_id=order, amount=Money(1000, "GBP"))
    check = an_authorisation(site, None, order_id=order, amount=Money(500, "GBP"), method="check")
    part = CapturePayment(
        payment_id=card.payment_id, operation_id=uuid4(), amount=Money(400, "GBP")
    )
    path = f"/orders/{order}/balance"
    async with payments.calling():
        (id_, _) = await payments.send(card, check)
        await eventually(lambda: payments.answered(id_))
        before = await api.get(path)
        await payments.send(an_order(site, order, 2000))
        (id_,) = await payments.send(part)
        await eventually(lambda: payments.answered(id_))

    assert (before["total"], before["due"]) == (None, None)
    found = await api.get(path)
    shown = ("total", "expected", "set_aside", "captured", "paid", "due")
    assert [found[name]["minor"] for name in shown] == [2000, 500, 600, 400, 400, 1000]


async def test_a_cancelled_order_costs_nothing_whatever_comes_late(
    payments: Payments, api: Api
) -> None:
    """SU-8: a late event does not revive it."""
    site, order = await payments.site(), OrderId(uuid4())
    cancelled = OrderCancelled(order_id=order, site_id=site, order_number="UK-1")

    await payments.send(cancelled)
    await payments.send(an_order(site, order, 2000))

    found = await api.get(f"/orders/{order}/balance")
    assert (found["cancelled"], found["total"], found["due"]) == (True, money(0), money(0))


async def test_an_order_out_of_scope_is_not_there(payments: Payments, api: Api) -> None:
    """SC-1."""
    site, order = await payments.site(), OrderId(uuid4())
    await payments.send(an_order(site, order, 2000))

    staff = api.staff(SiteId(uuid4()))
    assert (await staff.call("GET", f"/orders/{order}/balance")).status_code == 404
    assert (await api.call("GET", f"/orders/{uuid4()}/balance")).status_code == 404


async def test_the_balance_follows_the_last_revision_whatever_is_told_late(
    payments: Payments, api: Api
) -> None:
    """SU-11, PA-8: what the order costs from now on."""
    site, order = await payments.site(), OrderId(uuid4())
    first = an_order(site, order, 2000)
    told = {name: getattr(first, name) for name in ("goods", "shipping", "lines", "customer_id")}

    def revised(total: int, after: int) -> OrderRevised:
        return OrderRevised(
            order_id=order,
            site_id=site,
            order_number="UK-1",
            revision_id=uuid4(),
            total=Money(total, "GBP"),
            total_before=first.total,
            revised_at=first.submitted_at + timedelta(minutes=after),
            **told,
        )

    await payments.send(revised(1500, after=1))
    await payments.send(revised(1200, after=3))
    await payments.send(first)
    await payments.send(revised(1700, after=2))

    found = await api.get(f"/orders/{order}/balance")
    assert (found["total"]["minor"], found["due"]["minor"]) == (1200, 1200)


async def test_no_more_is_taken_by_hand_than_the_order_costs_by_now(
    payments: Payments, api: Api
) -> None:
    """PA-8, PA-9, SU-11: what was set aside for a dearer order is not taken whole."""
    site, order = await payments.site(), OrderId(uuid4())
    card, credit = (
        an_authorisation(site, order_id=order, amount=Money(1000, "GBP")) for _ in range(2)
    )
    path, other = (f"/payments/{one.payment_id}" for one in (card, credit))

    async def rests() -> bool:
        return not await payments.open()

    async with payments.calling():
        (id_, _) = await payments.send(card, credit)
        await eventually(lambda: payments.answered(id_))
        await eventually(rests)
        await payments.send(an_order(site, order, 1300))
        assert (await post(api, f"{path}/captures", {}, "all")).status_code == 202
        await eventually(rests)
        over = await post(api, f"{other}/captures", {"amount": money(301)}, "over")
        for key in ("rest", "rest"):
            assert (await post(api, f"{other}/captures", {}, key)).status_code in {200, 202}
            await eventually(rests)
        none = await post(api, f"{other}/captures", {}, "none")

    assert (over.status_code, over.json()["code"]) == (409, "AMOUNT_EXCEEDS_DUE")
    assert over.json()["errors"][0]["pointer"] == "/amount"
    assert (none.status_code, none.json()["code"]) == (409, "AMOUNT_EXCEEDS_DUE")
    assert (await api.get(path))["captured"] == money(1000)
    assert (await api.get(other))["captured"] == money(300)
    assert (await api.get(f"/orders/{order}/balance"))["paid"] == money(1300)


async def test_nothing_is_taken_by_hand_for_a_cancelled_order(payments: Payments, api: Api) -> None:
    """SU-8, PA-9."""
    site, order = await payments.site(), OrderId(uuid4())
    card = an_authorisation(site, order_id=order)
    async with payments.calling():
        (id_,) = await payments.send(card)
        await eventually(lambda: payments.answered(id_))
        await payments.send(
            an_order(site, order, 1250),
            OrderCancelled(order_id=order, site_id=site, order_number="UK-1"),
        )
        late = await post(api, f"/payments/{card.payment_id}/captures", {})
    assert (late.status_code, late.json()["code"]) == (409, "AMOUNT_EXCEEDS_DUE")
