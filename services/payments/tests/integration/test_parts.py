from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.payments.commands import (
    AuthorisePayment,
    CapturePayment,
    RefundPayment,
    VoidPayment,
)
from contracts.values import Money, PaymentId
from messaging.faults import arm

from services.payments.tests.driving import Payments, a_void, an_authorisation
from tests.support import eventually


def gbp(minor: int) -> Money:
    return Money(minor, "GBP")


def a_capture(of: AuthorisePayment, minor: int, operation_id: UUID | None = None) -> CapturePayment:
    return CapturePayment(
        payment_id=of.payment_id, operation_id=operation_id or uuid4(), amount=gbp(minor)
    )


def a_refund(of: AuthorisePayment, minor: int, operation_id: UUID | None = None) -> RefundPayment:
    return RefundPayment(
        payment_id=of.payment_id,
        operation_id=operation_id or uuid4(),
        amount=gbp(minor),
        reason="broken",
    )


async def answer_to(
    payments: Payments, command: CapturePayment | RefundPayment
) -> tuple[str, dict[str, Any]]:
    (id_,) = await payments.send(command)
    return await reply_to(payments, id_)


async def reply_to(payments: Payments, id_: UUID) -> tuple[str, dict[str, Any]]:
    async def replied() -> tuple[str, dict[str, Any]]:
        reply = await payments.reply(id_)
        assert reply is not None
        return reply

    return await eventually(replied)


def money(of: PaymentId) -> Callable[[Payments], Awaitable[tuple[int, int, int, int]]]:
    async def sums(payments: Payments) -> tuple[int, int, int, int]:
        query = "SELECT authorised, captured, refunded, voided FROM payment WHERE payment_id = :id"
        return tuple((await payments.rows(query, id=of))[0])

    return sums


async def authorised(payments: Payments, card: str = "tok_ok") -> AuthorisePayment:
    asked = an_authorisation(await payments.site(), card)
    (id_,) = await payments.send(asked)
    assert await eventually(lambda: payments.answered(id_)) == "authorised"
    return asked


async def test_money_is_taken_and_given_back_in_parts(payments: Payments) -> None:
    """PA-7, PA-9: each part once, and what is told adds up."""
    async with payments.calling():
        asked = await authorised(payments)
        first, back = a_capture(asked, 1000), a_refund(asked, 300)

        kind, told = await answer_to(payments, first)
        assert kind == "payment-captured"
        assert (told["state"], told["captured"], told["remaining"]) == (
            "partly-captured",
            {"minor": 1000, "currency": "GBP"},
            {"minor": 250, "currency": "GBP"},
        )
        for command in (first, back, back, first):
            await answer_to(payments, command)

    assert await payments.ledger(asked.payment_id) == ["authorise", "capture", "refund"]
    assert await money(asked.payment_id)(payments) == (1250, 1000, 300, 0)
    assert [state for _, state in await payments.events(asked.payment_id)] == [
        "authorised",
        "partly-captured",
        "partly-refunded",
    ]


async def test_more_than_there_is_is_refused_for_good(payments: Payments) -> None:
    """PA-7: a partial capture more than authorised, a refund more than taken."""
    async with payments.calling():
        asked = await authorised(payments)
        too_much, early = a_capture(asked, 1251), a_refund(asked, 1)
        for _ in range(2):
            assert (await answer_to(payments, too_much))[1]["code"] == "AMOUNT_EXCEEDS_AUTHORISED"
            assert (await answer_to(payments, early))[1]["code"] == "PAYMENT_NOT_CAPTURED"
        taken = a_capture(asked, 1250)
        await answer_to(payments, taken)
        other = a_capture(asked, 1, taken.operation_id)
        assert (await answer_to(payments, other))[1]["code"] == "OPERATION_ID_REUSED"
        over = a_refund(asked, 1251)
        assert (await answer_to(payments, over))[1]["code"] == "AMOUNT_EXCEEDS_CAPTURED"

    assert await payments.ledger(asked.payment_id) == ["authorise", "capture"]


async def test_two_parts_asked_at_once_are_taken_one_after_the_other(payments: Payments) -> None:
    """I4: together they may not exceed what is set aside."""
    async with payments.calling(callers=2):
        asked = await authorised(payments)
        ids = await payments.send(*(a_capture(asked, 500) for _ in range(3)))
        for id_ in ids:
            await eventually(lambda id_=id_: payments.reply(id_))

    kinds = [reply[0] for id_ in ids if (reply := await payments.reply(id_))]
    assert sorted(kinds) == ["capture-refused", "payment-captured", "payment-captured"]
    assert await money(asked.payment_id)(payments) == (1250, 1000, 0, 0)


@pytest.mark.parametrize("act", ["timeout_charged", "timeout_uncharged", "500_charged"])
@pytest.mark.parametrize("what", ["capture", "refund"])
async def test_a_part_whose_outcome_is_not_heard_is_moved_once(
    payments: Payments, what: str, act: str
) -> None:
    """PA-7, I4: looked up before it is asked again, with the same key."""
    async with payments.calling():
        asked = await authorised(payments, f"tok_{what}_{act}")
        assert (await answer_to(payments, a_capture(asked, 1000)))[0] == "payment-captured"
        assert (await answer_to(payments, a_refund(asked, 400)))[0] == "payment-refunded"

    assert await payments.ledger(asked.payment_id) == ["authorise", "capture", "refund"]
    assert await money(asked.payment_id)(payments) == (1250, 1000, 400, 0)


async def test_a_process_that_dies_after_the_refund_refunds_once(payments: Payments) -> None:
    """I4, fault 32."""
    async with payments.calling():
        asked = await authorised(payments)
        await answer_to(payments, a_capture(asked, 1250))
        arm("payments.after_call:raise@1")
        assert (await answer_to(payments, a_refund(asked, 400)))[0] == "payment-refunded"

    assert await payments.ledger(asked.payment_id) == ["authorise", "capture", "refund"]


@pytest.mark.parametrize("what", ["capture", "refund"])
async def test_a_gateway_that_refuses_is_a_refusal(payments: Payments, what: str) -> None:
    """PA-7: and the payment stands as it was."""
    async with payments.calling():
        asked = await authorised(payments, f"tok_{what}_decline")
        captured = await answer_to(payments, a_capture(asked, 1000))
        if what == "capture":
            assert captured[1]["code"] == "GATEWAY_REFUSED"
            assert await payments.state(asked.payment_id) == "authorised"
        else:
            refused = await answer_to(payments, a_refund(asked, 400))
            assert refused[1]["code"] == "GATEWAY_REFUSED"
            assert await payments.state(asked.payment_id) == "partly-captured"


async def test_a_gateway_that_takes_once_lets_go_of_the_rest(payments: Payments) -> None:
    """PA-9: the answer says what is left, and the next part is refused."""
    async with payments.calling():
        asked = await authorised(payments, "tok_single_capture")
        _, told = await answer_to(payments, a_capture(asked, 1000))
        _, refused = await answer_to(payments, a_capture(asked, 250))

    assert (told["state"], told["remaining"]) == ("captured", {"minor": 0, "currency": "GBP"})
    assert refused["code"] == "AMOUNT_EXCEEDS_AUTHORISED"
    assert await payments.held(asked.payment_id) == 1000


async def test_a_void_says_what_it_let_go_and_what_it_gave_back(payments: Payments) -> None:
    """PA-9, SU-8: nothing is refunded silently."""
    async with payments.calling():
        asked = await authorised(payments)
        await answer_to(payments, a_capture(asked, 1000))
        (void,) = await payments.send(a_void(asked))
        told = await reply_to(payments, void)
        late = await answer_to(payments, a_capture(asked, 1))

    assert told[1]["voided"] == {"minor": 250, "currency": "GBP"}
    assert told[1]["refunded"] == {"minor": 1000, "currency": "GBP"}
    assert late[1]["code"] == "PAYMENT_VOIDED"
    assert await payments.held(asked.payment_id) == 0


async def test_a_payment_that_is_not_captured_yet_waits_for_its_authorisation(
    payments: Payments,
) -> None:
    """I1: the capture that comes too early is put off."""
    asked = an_authorisation(await payments.site())
    await payments.send(asked)
    (id_,) = await payments.send(a_capture(asked, 1))

    assert await payments.reply(id_) is None
    assert len(await payments.rows("SELECT 1 FROM outbox WHERE routing_key LIKE '%.commands'")) == 1


async def test_the_operations_are_kept_for_good(payments: Payments) -> None:
    """SC-2: who, what, how much, and what came of it; nobody changes it afterwards."""
    async with payments.calling():
        asked = await authorised(payments)
        part = a_capture(asked, 1000)
        await answer_to(payments, part)

    rows = await payments.rows(
        "SELECT kind, amount, outcome, staff_id FROM payment_operation ORDER BY seq"
    )
    assert [tuple(row) for row in rows] == [
        ("authorise", 1250, "done", "clerk"),
        ("capture", 1000, "asked", "clerk"),
        ("capture", 1000, "done", "clerk"),
    ]
    with pytest.raises(Exception, match="append-only"):
        await payments.rows("DELETE FROM payment_operation RETURNING 1")


@pytest.mark.parametrize("card", ["tok_void_decline_1", "tok_refund_decline_1"])
async def test_a_void_that_the_gateway_refuses_is_said_and_tried_anew(
    payments: Payments, card: str
) -> None:
    """PA-7, SU-9: no silence; the same void stays refused, another one has another id."""
    async with payments.calling():
        asked = await authorised(payments, card)
        await answer_to(payments, a_capture(asked, 1000))
        (first,) = await payments.send(a_void(asked))
        kind, said = await reply_to(payments, first)
        assert (kind, said["code"]) == ("void-refused", "GATEWAY_REFUSED")
        assert said["detail"] == "refused by the gateway: it does not take this operation"
        assert await payments.state(asked.payment_id) == "partly-captured"

        (again,) = await payments.send(a_void(asked))
        assert (await reply_to(payments, again))[0] == "void-refused"
        anew = VoidPayment(payment_id=asked.payment_id, operation_id=uuid4())
        (second,) = await payments.send(anew)
        kind, told = await reply_to(payments, second)

    assert kind == "payment-voided"
    assert (told["voided"]["minor"], told["refunded"]["minor"]) == (250, 1000)
    assert await payments.held(asked.payment_id) == 0
    ledger = await payments.ledger(asked.payment_id)
    assert ledger == ["authorise", "capture", "refuse", "refund", "void"]


async def test_a_refused_refund_stays_refused_and_another_one_is_made(payments: Payments) -> None:
    """PA-7: under the same id the gateway gives the same answer; a new attempt has its own."""
    async with payments.calling():
        asked = await authorised(payments, "tok_refund_decline_1")
        await answer_to(payments, a_capture(asked, 1000))
        refund = a_refund(asked, 400)
        for _ in range(2):
            kind, said = await answer_to(payments, refund)
            assert (kind, said["code"]) == ("refund-refused", "GATEWAY_REFUSED")
            assert said["detail"].startswith("refused by the gateway: ")
        assert (await answer_to(payments, a_refund(asked, 400)))[0] == "payment-refunded"

    assert await money(asked.payment_id)(payments) == (1250, 1000, 400, 0)


async def test_a_refused_void_leaves_the_payment_to_be_taken(payments: Payments) -> None:
    """PA-7: it is as it was."""
    async with payments.calling():
        asked = await authorised(payments, "tok_void_decline")
        (void,) = await payments.send(a_void(asked))
        assert (await reply_to(payments, void))[0] == "void-refused"
        assert (await answer_to(payments, a_capture(asked, 1250)))[0] == "payment-captured"
    assert await payments.state(asked.payment_id) == "captured"
