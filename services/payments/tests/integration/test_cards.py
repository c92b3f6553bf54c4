from uuid import uuid4

import pytest
from contracts.payments.commands import CapturePayment
from contracts.values import CustomerId
from messaging.faults import arm, visits
from payments.domain.gateway import Charge
from payments.gateways.test_gateway import TestGateway
from payments.storage.due import woken
from sqlalchemy import text

from services.payments.tests.driving import Payments, a_void, an_authorisation
from tests.support import eventually


@pytest.mark.parametrize(
    ("token", "events", "calls"),
    [
        ("tok_ok", ["authorised"], 1),
        ("tok_slow_0.05", ["authorised"], 1),
        ("tok_slow_1.4", ["unknown", "authorised"], 1),
        ("tok_timeout_charged", ["unknown", "authorised"], 1),
        ("tok_timeout_uncharged", ["unknown", "authorised"], 2),
        ("tok_500_charged_2", ["unknown", "authorised"], 1),
        ("tok_500_uncharged_2", ["unknown", "authorised"], 3),
    ],
)
async def test_a_card_is_charged_once_whatever_the_gateway_does(
    payments: Payments, token: str, events: list[str], calls: int
) -> None:
    """PA-7, I4, faults 30 and 31: looked up before it is called again, with the same key."""
    asked = an_authorisation(await payments.site(), token)

    async with payments.calling():
        (id_,) = await payments.send(asked)
        assert await eventually(lambda: payments.answered(id_)) == "authorised"

    assert await payments.ledger(asked.payment_id) == ["authorise"]
    assert await payments.calls(asked.payment_id) == calls
    told = await payments.events(asked.payment_id)
    assert told == list(enumerate(events, start=1))


async def test_what_is_told_of_a_payment_names_its_customer(payments: Payments) -> None:
    """EV-1."""
    customer_id = CustomerId(uuid4())
    asked = an_authorisation(await payments.site(), "tok_ok")
    asked = asked.model_copy(update={"customer_id": customer_id})
    async with payments.calling():
        (id_,) = await payments.send(asked)
        await eventually(lambda: payments.answered(id_))
    assert await payments.customers(asked.payment_id) == {str(customer_id)}


@pytest.mark.parametrize("token", ["tok_decline", "visa", "tok_ok_ok", "tok_\N{DIGIT ONE}"])
async def test_a_declined_card_is_a_refusal(payments: Payments, token: str) -> None:
    """PA-7."""
    asked = an_authorisation(await payments.site(), token)

    async with payments.calling():
        (id_,) = await payments.send(asked)
        assert await eventually(lambda: payments.answered(id_)) == "PAYMENT_DECLINED"

    (void,) = await payments.send(a_void(asked))
    assert await payments.answered(void) == "voided"
    assert await payments.ledger(asked.payment_id) == ["decline"]
    assert await payments.events(asked.payment_id) == [(1, "declined")]


async def test_a_process_that_dies_after_the_charge_charges_once(payments: Payments) -> None:
    """PA-7, I4, fault 32."""
    asked = an_authorisation(await payments.site())
    (id_,) = await payments.send(asked)
    arm("payments.after_call:raise@1")

    assert await payments.caller().once() == 1
    assert (await payments.state(asked.payment_id), visits["payments.after_call"]) == ("calling", 1)
    assert await payments.ledger(asked.payment_id) == ["authorise"]
    assert await payments.answered(id_) is None
    assert await payments.caller().once() == 0  # its lease still runs

    async with payments.calling():
        assert await eventually(lambda: payments.answered(id_)) == "authorised"
    assert await payments.ledger(asked.payment_id) == ["authorise"]


async def test_a_gateway_that_forgets_its_keys_is_looked_up(payments: Payments) -> None:
    """PA-7, I4, fault 35."""
    asked = an_authorisation(await payments.site(), "tok_timeout_charged_9")
    (id_,) = await payments.send(asked)
    await payments.caller().once()
    assert await payments.state(asked.payment_id) == "unknown"
    async with payments.books.begin() as session:
        await session.execute(text("DELETE FROM test_gateway_request"))

    async with payments.calling():
        assert await eventually(lambda: payments.answered(id_)) == "authorised"
    assert await payments.ledger(asked.payment_id) == ["authorise"]


@pytest.mark.parametrize(
    "token", ["tok_timeout_charged", "tok_timeout_uncharged", "tok_500_uncharged_2", "tok_slow_0.2"]
)
async def test_a_void_of_an_unknown_payment_waits_and_then_lets_go(
    payments: Payments, token: str
) -> None:
    """PA-7, I5, fault 33: what comes after the submission's deadline is voided."""
    asked = an_authorisation(await payments.site(), token)
    async with payments.calling():
        (authorise,) = await payments.send(asked)
        await eventually(lambda: payments.calls(asked.payment_id))
        (void,) = await payments.send(a_void(asked))
        assert await eventually(lambda: payments.answered(void)) == "voided"

    assert await payments.answered(authorise) == "PAYMENT_VOIDED"
    assert await payments.ledger(asked.payment_id) == ["authorise", "void"]
    assert (await payments.events(asked.payment_id))[-1][1] == "voided"


async def test_a_void_before_any_call_asks_no_gateway(payments: Payments) -> None:
    """PA-7: in one batch with its authorisation, both are answered."""
    asked = an_authorisation(await payments.site())

    authorise, void = await payments.send(asked, a_void(asked))

    assert await payments.answered(authorise) == "PAYMENT_VOIDED"
    assert await payments.answered(void) == "voided"
    assert await payments.caller().once() == 0
    assert await payments.ledger(asked.payment_id) == []


async def test_money_is_captured_once_and_voided_once(payments: Payments) -> None:
    """PA-7, I4: each command again under its own and under another id."""
    asked = an_authorisation(await payments.site())
    capture = CapturePayment(payment_id=asked.payment_id)
    async with payments.calling():
        for command, answer in (
            (asked, "authorised"),
            (capture, "captured"),
            (asked, "authorised"),
        ):
            ids = [*await payments.send(command), *await payments.send(command)]
            await payments.send(command, ids=ids[:1])
            for id_ in ids:
                assert await eventually(lambda id_=id_: payments.answered(id_)) == answer
        assert await payments.ledger(asked.payment_id) == ["authorise", "capture"]
        for _ in range(2):
            (void,) = await payments.send(a_void(asked))
            assert await eventually(lambda void=void: payments.answered(void)) == "voided"

    assert await payments.ledger(asked.payment_id) == ["authorise", "capture", "refund"]
    assert await payments.events(asked.payment_id) == [
        (1, "authorised"),
        (2, "captured"),
        (3, "refunded"),
    ]


async def test_several_callers_share_the_work(payments: Payments) -> None:
    """I4: no payment is called for twice."""
    site = await payments.site()
    asked = [an_authorisation(site) for _ in range(60)]

    async with payments.calling(callers=3):
        await payments.send(*asked)
        await eventually(lambda: _none_open(payments), timeout=60)

    assert [await payments.calls(one.payment_id) for one in asked] == [1] * 60


async def test_a_commit_wakes_the_caller_at_once(payments: Payments) -> None:
    """I6: polling is only the net."""
    site = await payments.site()
    caller = payments.caller()
    with woken(caller.wake):
        await payments.send(an_authorisation(site, card=None, method="check"))
        assert not caller.wake.is_set()
        await payments.send(an_authorisation(site))
        assert caller.wake.is_set()


async def test_the_gateway_itself_charges_a_payment_twice_under_two_keys(
    payments: Payments,
) -> None:
    """I4: the ledger would show it, so that the other tests can fail."""
    asked = an_authorisation(await payments.site())
    gateway = TestGateway(payments.books)
    for _ in range(2):
        await gateway.authorise(Charge(asked.payment_id, asked.amount, "tok_ok"))
        async with payments.books.begin() as session:
            await session.execute(text("DELETE FROM test_gateway_request"))

    assert await payments.ledger(asked.payment_id) == ["authorise", "authorise"]


async def _none_open(payments: Payments) -> bool:
    return await payments.open() == 0
