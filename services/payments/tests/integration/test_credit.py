"""Gift cards and store credit: issued over HTTP, paid with by commands, kept in double entry."""

from uuid import uuid4

import httpx2
import pytest
from contracts.customers.events import SiteChanged
from contracts.gift_cards import code_digest
from contracts.message import Command
from contracts.payments.commands import AuthorisePayment, CapturePayment, RefundPayment
from contracts.payments.questions import TellCredit
from contracts.payments.replies import CreditTold
from contracts.values import CustomerId, Money, SiteId
from messaging.outbox import Outbox
from payments.handlers.subscriptions import subscriptions
from payments.storage.tables import messaging
from payments.storage.unit_of_work import SqlUnitOfWork
from sqlalchemy.exc import DBAPIError

from services.payments.tests.api import Api
from services.payments.tests.driving import Payments, a_site, a_void, an_authorisation
from services.payments.tests.requests import money, post
from tests.support import eventually


async def a_shop(payments: Payments) -> SiteChanged:
    site = a_site()
    await payments.send(site)
    return site


async def a_gift_card(
    api: Api, site: SiteChanged, minor: int = 2000, key: str = "a key"
) -> httpx2.Response:
    body = {"amount": money(minor), "reason": "sold at the till"}
    return await post(api, f"/sites/{site.code}/gift-cards", body)


async def left_on(api: Api, code: str) -> int:
    answer = await api.call("POST", "/gift-cards/balance", json={"code": code})
    assert answer.status_code == 200, answer.text
    return answer.json()["balance"]["minor"]


def by_card(site: SiteChanged, code: str, minor: int = 1250) -> AuthorisePayment:
    digest, amount = code_digest(code), Money(minor, "GBP")
    return an_authorisation(
        site.site_id, None, method="gift-card", amount=amount, code_digest=digest
    )


async def answer(payments: Payments, command: Command) -> str:
    (id_,) = await payments.send(command)
    return str(await eventually(lambda: payments.answered(id_)))


async def test_a_gift_card_is_paid_with_in_parts_and_given_back(
    payments: Payments, api: Api
) -> None:
    """PA-3, PA-7: to authorise is to hold, to capture is to transfer, to void is to release."""
    site = await a_shop(payments)
    code = (await a_gift_card(api, site)).json()["code"]
    asked = by_card(site, code.lower().replace("-", " "))

    async with payments.calling():
        assert await answer(payments, asked) == "authorised"
        assert await left_on(api, code) == 750
        part = CapturePayment(
            payment_id=asked.payment_id, operation_id=uuid4(), amount=Money(1000, "GBP")
        )
        assert await answer(payments, part) == "partly-captured"
        back = RefundPayment(
            payment_id=asked.payment_id,
            operation_id=uuid4(),
            amount=Money(400, "GBP"),
            reason="broken",
        )
        assert await answer(payments, back) == "partly-refunded"
        assert await left_on(api, code) == 1150
        for _ in range(2):
            assert await answer(payments, a_void(asked)) == "voided"

    assert await left_on(api, code) == 2000
    assert (
        await payments.rows("SELECT 1 FROM credit_account WHERE balance < 0 AND kind <> 'issued'")
        == []
    )
    (total,) = (await payments.rows("SELECT sum(amount) FROM credit_entry"))[0]
    assert total == 0


async def test_a_gift_card_is_good_on_the_sites_of_its_customer_set(
    payments: Payments, api: Api
) -> None:
    """PA-3, CS-4: on a sister site, and not on a site of another set."""
    site, stranger = await a_shop(payments), await a_shop(payments)
    sister = a_site().model_copy(update={"customer_set_id": site.customer_set_id})
    await payments.send(sister)
    code = (await a_gift_card(api, site)).json()["code"]

    async with payments.calling():
        assert await answer(payments, by_card(sister, code)) == "authorised"
        assert await answer(payments, by_card(stranger, code, 1)) == "PAYMENT_DECLINED"
    for where, left in ((sister, Money(750, "GBP")), (stranger, None)):
        question = TellCredit(site_id=where.site_id, code_digests=(code_digest(code),))
        assert (await told(payments, question)).gift_cards == (left,)
    assert await left_on(api.staff(sister.site_id), code) == 750
    asked = await api.staff(stranger.site_id).call(
        "POST", "/gift-cards/balance", json={"code": code}
    )
    assert asked.status_code == 404


async def test_a_code_is_shown_once_and_kept_nowhere(payments: Payments, api: Api) -> None:
    """PA-3: the same key issues nothing more."""
    site = await a_shop(payments)
    first = await a_gift_card(api, site)
    again = await a_gift_card(api, site)
    other = await a_gift_card(api, site, minor=1)

    assert (first.status_code, again.json()["code"]) == (201, None)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert other.json()["code"] == "IDEMPOTENCY_KEY_REUSED"
    code = first.json()["code"]
    asked = by_card(site, code)
    await payments.send(asked)
    for (table,) in await payments.rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    ):
        rows = await payments.rows(f'SELECT t::text FROM "{table}" t')  # noqa: S608
        assert not any(code in row[0] for row in rows), table


async def test_a_code_that_is_not_digested_yet_pays_too(payments: Payments, api: Api) -> None:
    """PA-3: earlier releases of the orders service send it; a digest in its place pays nothing."""
    site = await a_shop(payments)
    code = (await a_gift_card(api, site)).json()["code"]
    paying = {"method": "gift-card", "amount": Money(500, "GBP")}

    async with payments.calling():
        by_code = an_authorisation(site.site_id, code, **paying)
        assert await answer(payments, by_code) == "authorised"
        by_digest = an_authorisation(site.site_id, code_digest(code), **paying)
        assert await answer(payments, by_digest) == "PAYMENT_DECLINED"
        by_nothing = an_authorisation(site.site_id, None, **paying)
        assert await answer(payments, by_nothing) == "PAYMENT_TOKEN_MISSING"

    asked = TellCredit(
        site_id=site.site_id,
        gift_cards=(code, code_digest(code)),
        code_digests=(code_digest(code),),
    )
    left = Money(1500, "GBP")
    assert (await told(payments, asked)).gift_cards == (left, None, left)


async def test_a_card_that_has_not_so_much_is_declined(payments: Payments, api: Api) -> None:
    """PA-7: so is a code that nobody issued."""
    site = await a_shop(payments)
    code = (await a_gift_card(api, site, 1000)).json()["code"]
    async with payments.calling(callers=2):
        assert await answer(payments, by_card(site, code, 1001)) == "PAYMENT_DECLINED"
        assert await answer(payments, by_card(site, "BCDF-BCDF-BCDF-BCDF")) == "PAYMENT_DECLINED"
        ids = await payments.send(*(by_card(site, code, 600) for _ in range(4)))
        told = [await eventually(lambda id_=id_: payments.answered(id_)) for id_ in ids]

    assert sorted(map(str, told)) == ["PAYMENT_DECLINED"] * 3 + ["authorised"]
    assert await left_on(api, code) == 400


async def test_store_credit_is_the_customers_own(payments: Payments, api: Api) -> None:
    """PA-3."""
    site, mine, other = await a_shop(payments), CustomerId(uuid4()), CustomerId(uuid4())
    path = f"/sites/{site.code}/customers/{mine}/credit"
    body = {"amount": money(2000), "reason": "for the trouble"}
    for _ in range(2):
        given = await post(api, path, body)
        assert (given.status_code, given.json()["balance"]) == (201, money(2000))

    def pay(customer: CustomerId | None) -> AuthorisePayment:
        return an_authorisation(site.site_id, None, method="store-credit", customer_id=customer)

    async with payments.calling():
        assert await answer(payments, pay(None)) == "CUSTOMER_MISSING"
        assert await answer(payments, pay(other)) == "PAYMENT_DECLINED"
        asked = pay(mine)
        assert await answer(payments, asked) == "authorised"
        assert (await api.get(path))["balance"] == money(750)
        assert await answer(payments, CapturePayment(payment_id=asked.payment_id)) == "captured"

    assert (await api.get(path))["balance"] == money(750)
    nobody = f"/sites/{site.code}/customers/{other}/credit"
    assert (await api.get(nobody))["balance"] == money(0)


async def test_the_database_refuses_what_does_not_add_up(payments: Payments, api: Api) -> None:
    """PA-3: a mistake in the code cannot make money, or change what was written."""
    site = await a_shop(payments)
    await a_gift_card(api, site)
    wrong = "UPDATE credit_entry SET amount = amount * 2 RETURNING 1"
    with pytest.raises(DBAPIError, match="append-only"):
        await payments.rows(wrong)
    with pytest.raises(DBAPIError, match="makes or loses money"):
        await _make_money(payments)


async def _make_money(payments: Payments) -> None:
    async with payments.sessions.begin() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("INSERT INTO credit_transfer (key, kind) VALUES ('x', '')")
        await connection.exec_driver_sql(
            "INSERT INTO credit_entry SELECT transfer_id, account_id, 5"
            " FROM credit_transfer, credit_account gift WHERE key = 'x' AND gift.kind = 'gift-card'"
        )


async def test_issuing_needs_its_permission_and_the_sites_currency(
    payments: Payments, api: Api
) -> None:
    """SC-3."""
    site = await a_shop(payments)
    body = {"amount": {"minor": 1, "currency": "EUR"}, "reason": "x"}
    path = f"/sites/{site.code}/gift-cards"

    clerk = api.staff(site.site_id, permissions=["payments.read", "payments.write"])
    assert (await post(clerk, path, body)).json()["permission"] == "payments.issue"
    euros = await post(api, path, body)
    assert euros.json()["errors"][0]["pointer"] == "/amount/currency"
    assert (await post(api.staff(SiteId(uuid4())), path, body)).status_code == 404
    elsewhere = api.staff(SiteId(uuid4()))
    code = (await a_gift_card(api, site)).json()["code"]
    hidden = await elsewhere.call("POST", "/gift-cards/balance", json={"code": code})
    assert hidden.status_code == 404


async def told(payments: Payments, question: TellCredit) -> CreditTold:
    async with payments.sessions() as session:
        uow = SqlUnitOfWork(session, Outbox("payments", messaging.outbox))
        answer = await subscriptions().by_type[question.type].handler(question, uow)
    assert isinstance(answer, CreditTold)
    return answer


async def test_what_a_customer_can_pay_with_is_told(payments: Payments, api: Api) -> None:
    """PA-3, PA-5: so that each payment is shown before the order is sent off."""
    site, euros = await a_shop(payments), a_site(currency="EUR")
    await payments.send(euros)
    code = (await a_gift_card(api, site)).json()["code"]
    customer, nobody = CustomerId(uuid4()), CustomerId(uuid4())
    body = {"amount": money(700), "reason": "returned goods"}
    issued = await post(api, f"/sites/{site.code}/customers/{customer}/credit", body, "credit")
    assert issued.status_code == 201, issued.text

    typed = (code.lower(), "BCDF", code)
    asked = TellCredit(
        site_id=site.site_id, customer_id=customer, code_digests=tuple(map(code_digest, typed))
    )
    answer = await told(payments, asked)
    assert answer.store_credit == Money(700, "GBP")
    assert answer.gift_cards == (Money(2000, "GBP"), None, Money(2000, "GBP"))

    other = await told(payments, TellCredit(site_id=site.site_id, customer_id=nobody))
    assert other.store_credit == Money(0, "GBP")
    digests = (code_digest(code),)
    elsewhere = TellCredit(site_id=euros.site_id, customer_id=customer, code_digests=digests)
    answer = await told(payments, elsewhere)
    assert (answer.store_credit, answer.gift_cards) == (Money(0, "EUR"), (None,))
    unknown = TellCredit(site_id=SiteId(uuid4()), customer_id=customer, code_digests=digests)
    assert (await told(payments, unknown)).gift_cards == (None,)


async def test_more_than_the_books_can_keep_is_refused_at_its_field(
    payments: Payments, api: Api
) -> None:
    """PA-3: what a site owes fits 64 bits; nothing is issued beyond."""
    site = a_site()
    await payments.send(site)
    path = f"/sites/{site.code}/gift-cards"
    most = {"amount": money(2**63 - 1), "reason": "a large one"}
    assert (await post(api, path, most, "first")).status_code == 201
    refused = await post(api, path, most | {"amount": money(1)}, "second")
    assert refused.status_code == 422
    [wrong] = refused.json()["errors"]
    assert (wrong["pointer"], wrong["code"]) == ("/amount", "AMOUNT_OUT_OF_RANGE")
    assert await payments.rows("SELECT 1 FROM credit_transfer OFFSET 1") == []


async def test_a_card_number_is_no_code_of_a_gift_card(api: Api) -> None:
    """PA-2: it is refused, not looked up."""
    answer = await api.call("POST", "/gift-cards/balance", json={"code": "4111 1111 1111 1111"})
    assert answer.status_code == 422
    [wrong] = answer.json()["errors"]
    assert (wrong["pointer"], wrong["code"]) == ("/code", "CARD_NUMBER_REFUSED")
