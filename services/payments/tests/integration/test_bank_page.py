"""A card whose bank asks first: the test gateway's bank, and where Stripe sends the customer."""

import asyncio
import json
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
from contracts.payments.commands import AuthorisePayment
from contracts.payments.questions import TellPayments
from contracts.payments.replies import PaymentsTold, ToldPayment
from contracts.values import Money, OrderId, PaymentId
from messaging.outbox import Outbox
from payments.domain.gateway import Charge, Standing
from payments.gateways.stripe import StripeGateway
from payments.handlers.subscriptions import subscriptions
from payments.storage.tables import messaging
from payments.storage.unit_of_work import SqlUnitOfWork

from services.payments.tests.api import Api
from services.payments.tests.driving import Payments, an_authorisation
from tests.support import eventually


async def told(payments: Payments, asked: AuthorisePayment) -> ToldPayment:
    async with payments.sessions() as session:
        uow = SqlUnitOfWork(session, Outbox("payments", messaging.outbox))
        question = TellPayments(order_id=asked.order_id)
        answer = await subscriptions().by_type[question.type].handler(question, uow)
    assert isinstance(answer, PaymentsTold)
    return answer.payments[0]


@pytest.mark.parametrize(("answer", "outcome"), [("yes", "authorised"), ("no", "PAYMENT_DECLINED")])
async def test_the_customer_answers_at_the_banks_page_and_is_sent_back(
    payments: Payments, api: Api, answer: str, outcome: str
) -> None:
    """PA-7: the address is told to who shows it to the customer, and only while it is needed."""
    asked = an_authorisation(await payments.site(), "tok_action")
    async with payments.calling():
        (id_,) = await payments.send(asked)

        async def waits() -> bool:
            return (await told(payments, asked)).action_required

        await eventually(waits)
        address = (await told(payments, asked)).action_url
        assert address == f"http://127.0.0.1:8080/test-bank/{asked.payment_id}"
        bank = f"http://payments/test-bank/{asked.payment_id}"
        page = await api.client.get(bank)
        assert (page.status_code, "1250 GBP" in page.text) == (200, True), page.text
        assert page.headers["cache-control"] == "no-store"
        for _ in range(2):
            sent = await api.client.post(bank, data={"answer": answer})
            back = f"http://127.0.0.1:8080/checkout/returned/{asked.order_id}"
            assert (sent.status_code, sent.headers["location"]) == (303, back)
        assert await eventually(lambda: payments.answered(id_)) == outcome
    after = await told(payments, asked)
    assert (after.action_required, after.action_url) == (False, None)
    assert "nothing to approve" in (await api.client.get(bank)).text


async def test_there_is_no_page_for_other_payments(payments: Payments, api: Api) -> None:
    """PA-7: nor for ids that nobody gave."""
    check = an_authorisation(await payments.site(), None, method="check")
    await payments.send(check)
    for id_ in (check.payment_id, uuid4(), "x"):
        for method in ("GET", "POST"):
            answer = await api.client.request(method, f"http://payments/test-bank/{id_}")
            assert answer.status_code in {404, 422}, answer.text


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # the SDK's client
async def test_stripe_is_told_where_the_customer_comes_back_to() -> None:
    """PA-7: then it gives the bank's address, which needs no script; our page has no secret."""
    heard: list[dict[str, list[str]]] = []
    intent = {
        "id": "pi_1",
        "object": "payment_intent",
        "status": "requires_action",
        "amount": 1250,
        "currency": "gbp",
        "client_secret": "pi_1_secret",
        "next_action": {
            "type": "redirect_to_url",
            "redirect_to_url": {"url": "https://hooks.stripe.com/3d", "return_url": "..."},
        },
    }

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        heard.append(parse_qs((await reader.readexactly(length)).decode()))
        body = json.dumps(intent).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        gateway = StripeGateway(
            "sk_test_1", base=base, return_url="https://shop.example/{order_id}"
        )
        order_id = OrderId(uuid4())
        charge = Charge(PaymentId(uuid4()), Money(1250, "GBP"), "pm_1", order_id=order_id)
        found = await gateway.authorise(charge)
        await gateway.close()

    assert heard[0]["return_url"] == [f"https://shop.example/{order_id}"]
    assert found.standing is Standing.REQUIRES_ACTION
    assert found.action is not None
    assert (found.action.url, found.action.secret) == ("https://hooks.stripe.com/3d", None)
