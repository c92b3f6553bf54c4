"""A revision lowers what is expected from outside (SU-11, PA-3)."""

from uuid import uuid4

from contracts.orders.events import OrderRevised
from contracts.payments.commands import LowerPayment
from contracts.values import CustomerId, Money, OrderId

from services.payments.tests.api import Api
from services.payments.tests.driving import Payments, a_site, an_authorisation
from services.payments.tests.integration.test_balance import an_order
from services.payments.tests.integration.test_reconciliation import a_reconciler, findings
from services.payments.tests.requests import money, post


async def test_a_lowered_purchase_order_frees_its_limit(payments: Payments, api: Api) -> None:
    """PA-3, PA-8, SC-2: limit, balance, event and receipt know; copies lower nothing more."""
    site, customer, order = a_site(), CustomerId(uuid4()), OrderId(uuid4())
    await payments.send(site)
    terms = f"/sites/{site.code}/customers/{customer}/purchase-terms"
    agreed = {"net_days": 30, "limits": [money(1000)]}
    assert (await api.call("PUT", terms, json=agreed)).status_code == 200
    bought = an_authorisation(
        site.site_id,
        card=None,
        method="purchase-order",
        order_id=order,
        amount=Money(1000, "GBP"),
        customer_id=customer,
        terms={"number": "PO-7"},
    )
    submitted = an_order(site.site_id, order, 1000)
    await payments.send(bought, submitted)
    less = LowerPayment(
        payment_id=bought.payment_id,
        operation_id=uuid4(),
        amount=Money(400, "GBP"),
        reason="the order was revised",
    )
    cheaper = OrderRevised(
        **{name: getattr(submitted, name) for name in ("order_id", "site_id", "order_number")},
        **{name: getattr(submitted, name) for name in ("goods", "shipping", "lines")},
        customer_id=customer,
        revision_id=uuid4(),
        total=Money(600, "GBP"),
        total_before=submitted.total,
        revised_at=submitted.submitted_at.replace(year=submitted.submitted_at.year + 1),
    )

    ids = await payments.send(cheaper, less, less)

    replies = [await payments.reply(id_) for id_ in ids[1:]]
    assert replies[0] == replies[1]
    assert replies[0] is not None
    kind, said = replies[0]
    assert (kind, said["state"]) == ("payment-lowered", "pending")
    assert (said["expected"], said["voided"], said["refunded"]) == (
        money(600),
        money(400),
        money(0),
    )
    assert await payments.events(bought.payment_id) == [(1, "pending"), (2, "pending")]
    [limit] = (await api.get(terms))["limits"]
    assert (limit["open"], limit["left"]) == (money(600), money(400))
    shown = await api.get(f"/payments/{bought.payment_id}")
    assert (shown["amount"], shown["voided"]) == (money(1000), money(400))
    [lowered] = shown["operations"]
    assert (lowered["kind"], lowered["amount"], lowered["staff_id"]) == (
        "lower",
        money(400),
        "clerk",
    )
    received = await post(api, f"/payments/{bought.payment_id}/receipts", {})
    assert (received.status_code, received.json()["captured"]) == (200, money(600))
    balance = await api.get(f"/orders/{order}/balance")
    assert (balance["expected"], balance["paid"], balance["due"]) == (
        money(0),
        money(600),
        money(0),
    )


async def test_what_has_come_beyond_is_paid_back_and_the_books_agree(
    payments: Payments, api: Api
) -> None:
    """SU-11, PA-8: money that came between the preview and the revision goes back."""
    site, order = await payments.site(), OrderId(uuid4())
    transfer = an_authorisation(
        site, card=None, method="bank-transfer", order_id=order, amount=Money(1000, "GBP")
    )
    await payments.send(transfer, an_order(site, order, 700))
    path = f"/payments/{transfer.payment_id}"
    assert (await post(api, f"{path}/receipts", {"amount": money(900)})).status_code == 200
    reconciler = a_reconciler(payments)
    assert [one[0] for one in await findings(api, reconciler, "before")] == ["paid-too-much"]
    less = LowerPayment(
        payment_id=transfer.payment_id,
        operation_id=uuid4(),
        amount=Money(300, "GBP"),
        reason="the order was revised",
    )

    [id_] = await payments.send(less)

    reply = await payments.reply(id_)
    assert reply is not None
    assert (reply[1]["voided"], reply[1]["refunded"]) == (money(100), money(200))
    assert [one["kind"] for one in (await api.get(path))["operations"]] == [
        "capture",
        "lower",
        "refund",
    ]
    assert (await api.get(f"/orders/{order}/balance"))["due"] == money(0)
    assert await findings(api, reconciler, "after") == []
    again = less.model_copy(update={"operation_id": uuid4(), "amount": Money(701, "GBP")})
    card = less.model_copy(update={"operation_id": uuid4(), "reason": "4111 1111 1111 1111"})
    ids = await payments.send(again, card)
    said = [await payments.answered(id_) for id_ in ids]
    assert said == ["AMOUNT_EXCEEDS_EXPECTED", "CARD_NUMBER_REFUSED"]
