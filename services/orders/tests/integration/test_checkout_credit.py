"""Gift cards and store credit on the customer's page, alone and together with another way."""

from typing import Any

import pytest
from contracts.gift_cards import code_digest
from contracts.message import Question, Reply
from contracts.payments.commands import AuthorisePayment
from contracts.payments.questions import TellCredit
from contracts.payments.replies import CreditTold, PaymentDeclined

from services.orders.tests.driving import Orders
from services.orders.tests.visiting import Customer, mailed

CODE = "BCDF-GHJK-LMNP-QRST"
DIGEST = code_digest(CODE)


async def at_the_page(
    orders: Orders, *, credit: int = 0, **cards: int
) -> tuple[dict[str, Any], Customer]:
    """Give an order of 24.00 and its customer, who has so much in credit and on cards."""
    orders.shop.credit = credit
    orders.shop.gift_cards = {CODE: cards["card"]} if "card" in cards else {}
    order = await orders.full_draft(await orders.site())
    return order, await mailed(orders, order)


def paid(orders: Orders, order: dict[str, Any]) -> list[tuple[str, int, str | None]]:
    heard = [one for one in orders.shop.heard if isinstance(one, AuthorisePayment)]
    mine = [one for one in heard if str(one.order_id) == order["id"]]
    return [(one.method, one.amount.minor, one.token or one.code_digest) for one in mine]


async def test_a_gift_card_pays_all_of_it(orders: Orders) -> None:
    """PA-3, PA-5: what it pays is shown before anything is sent off."""
    order, customer = await at_the_page(orders, card=5000)
    page = await customer.send(await customer.look(), gift_cards=CODE)
    assert page.status == 200
    assert paid(orders, order) == []
    assert (await orders.get(order))["state"] == "draft"
    assert f'Gift card ending in {CODE[-4:]}</th><td class="amount">24.00 GBP' in page.text
    assert "How you pay" not in page.text
    await customer.send(page)
    await orders.carry()
    assert paid(orders, order) == [("gift-card", 2400, DIGEST)]
    assert (await orders.get(order))["state"] == "submitted"


async def test_a_page_holds_a_card_without_its_code(orders: Orders) -> None:
    """PA-3, PA-5: ticked until it is not wanted any more; no other page takes it."""
    order, customer = await at_the_page(orders, card=500)
    shown = await customer.send(await customer.look(), do="split", gift_cards=f"{CODE}, ZZZZ")
    assert (shown.status, shown.fields["gift-cards"]) == (422, "ZZZZ")
    assert "There is no gift card ZZZZ." in shown.text
    shown = await customer.send(shown, do="split", gift_cards="")
    assert "How you pay 19.00 GBP" in shown.text
    assert not any(code in shown.text for code in (CODE, CODE.replace("-", "")))

    stranger = await mailed(orders, await orders.full_draft(await orders.site()))
    held = {"gift_card_1": shown.fields["gift-card-1"]}
    other = await stranger.send(await stranger.look(), do="split", **held)
    assert "How you pay 24.00 GBP" in other.text
    forged = await customer.send(shown, do="split", gift_card_1=DIGEST)
    assert "How you pay 24.00 GBP" in forged.text

    await customer.send(shown, gift_card_1="", method="bank-transfer")
    await orders.carry()
    assert paid(orders, order) == [("bank-transfer", 2400, None)]


async def test_card_gift_card_and_credit_share_what_is_due(orders: Orders) -> None:
    """PA-3, PA-8: the sum is what is due; the payments service is told the order's total."""
    order, customer = await at_the_page(orders, card=500, credit=700)
    page = await customer.look()
    assert "Use my credit of 7.00 GBP" in page.text
    shown = await customer.send(
        page, do="split", gift_cards=f" {CODE} , {CODE.lower()}", credit="yes"
    )
    for amount in ("5.00 GBP", "7.00 GBP", "How you pay 12.00 GBP"):
        assert amount in shown.text
    none = await customer.send(shown)
    assert (none.status, "fault-method" in none.text) == (422, True)
    await customer.send(shown, method="card")
    await orders.carry()
    assert paid(orders, order) == [
        ("gift-card", 500, DIGEST),
        ("store-credit", 700, None),
        ("card", 1200, "tok_ok"),
    ]
    heard = [one for one in orders.shop.heard if isinstance(one, AuthorisePayment)]
    totals = [one.order_total for one in heard if str(one.order_id) == order["id"]]
    assert [total.minor for total in totals if total] == [2400, 2400, 2400]
    assert {str(one.customer_id) for one in heard[-3:]} == {order["customer"]["id"]}
    now = await orders.get(order)
    assert (now["state"], now["totals"]["balance"]["minor"]) == ("submitted", 0)
    assert CODE not in str(now)


async def test_credit_alone_is_offered_to_who_has_some(orders: Orders) -> None:
    """PA-3: and is not where there is none, nor where the site does not offer it."""
    order, customer = await at_the_page(orders, credit=9999)
    page = await customer.send(await customer.look(), do="split", credit="yes")
    await customer.send(page)
    await orders.carry()
    assert paid(orders, order) == [("store-credit", 2400, None)]

    order, customer = await at_the_page(orders)
    assert "Use my credit" not in (await customer.look()).text
    forged = await customer.send(await customer.look(), credit="yes")
    assert (forged.status, paid(orders, order)) == (422, [])

    orders.shop.methods = orders.shop.methods[:1]
    order, customer = await at_the_page(orders, credit=9999, card=5000)
    page = await customer.look()
    assert "credit" not in page.text.partition("</style>")[2]
    assert "gift-cards" not in page.text


async def test_less_on_a_card_than_was_shown_is_shown_again(orders: Orders) -> None:
    """PA-5: nobody pays otherwise than they have seen."""
    order, customer = await at_the_page(orders, card=5000)
    shown = await customer.send(await customer.look(), do="split", gift_cards=CODE)
    orders.shop.gift_cards[CODE] = 400
    again = await customer.send(shown, method="bank-transfer")
    assert (again.status, paid(orders, order)) == (200, [])
    assert "How you pay 20.00 GBP" in again.text
    await customer.send(again, method="bank-transfer")
    await orders.carry()
    assert [part[:2] for part in paid(orders, order)] == [
        ("gift-card", 400),
        ("bank-transfer", 2000),
    ]


async def test_a_payments_service_that_knows_no_digest_is_waited_for(
    orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PA-3: one of an earlier release tells nothing; no card is called unknown for that."""
    order, customer = await at_the_page(orders, card=5000)
    page = await customer.look()

    asked = orders.shop.ask

    async def ask(question: Question) -> Reply:
        known = not isinstance(question, TellCredit)
        return await asked(question) if known else CreditTold(site_id=question.site_id)

    monkeypatch.setattr(orders.shop, "ask", ask)
    later = await customer.send(page, do="split", gift_cards=CODE)
    assert (later.status, "try again in a moment" in later.text) == (503, True)
    assert paid(orders, order) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ZZZZ-ZZZZ", "There is no gift card ZZZZ-ZZZZ"),
        ("EMPT-Y", "nothing left on the gift card ending in MPTY"),
        ("4111 1111 1111 1111", "looks like a card number"),
        ("<b>", "as they stand on the cards"),
        (",".join(f"CODE-{n}" for n in range(6)), "5 gift cards at most"),
    ],
)
async def test_a_code_that_is_wrong_is_told_at_the_field(
    orders: Orders, typed: str, words: str
) -> None:
    """PA-2, PA-3."""
    order, customer = await at_the_page(orders)
    orders.shop.gift_cards = {"EMPT-Y": 0}
    for do in ("pay", "split"):
        page = await customer.send(await customer.look(), do=do, gift_cards=typed, method="card")
        assert page.status == 422
        assert words in page.text
        assert "fault-gift-cards" in page.text
    assert paid(orders, order) == []
    assert "4111" not in str(orders.shop.asked)


async def test_a_declined_gift_card_leaves_the_order_to_be_paid_otherwise(orders: Orders) -> None:
    """PA-5, SU-5: it was used up elsewhere meanwhile."""
    order, customer = await at_the_page(orders, card=5000)
    shown = await customer.send(await customer.look(), do="split", gift_cards=CODE)

    def declined(command: AuthorisePayment) -> Reply:
        detail = "0 minor units are left"
        id_ = command.payment_id
        return PaymentDeclined(payment_id=id_, code="PAYMENT_DECLINED", detail=detail)

    orders.shop.says[AuthorisePayment] = declined
    await customer.send(shown)
    await orders.carry()
    del orders.shop.says[AuthorisePayment]
    page = await customer.look()
    assert "Your order could not be taken" in page.text
    await customer.send(page, method="bank-transfer")
    await orders.carry()
    now = await orders.get(order)
    assert [one["method"] for one in now["payments"]] == ["bank-transfer"]
    assert now["state"] == "submitted"
