"""What staff do with money over HTTP, and what the customer does at the bank."""

import asyncio
from typing import Any

import httpx2
import pytest
from contracts.payments.commands import AuthorisePayment

from services.payments.tests.api import Api
from services.payments.tests.driving import Payments, a_site, a_void, an_authorisation
from services.payments.tests.requests import money, post
from tests.support import eventually


def code(answer: httpx2.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()["code"]


def named(answer: httpx2.Response) -> list[str]:
    """Give what of the request a refusal names."""
    return [one.get("pointer") or one["parameter"] for one in answer.json()["errors"]]


async def an_authorised(payments: Payments, card: str = "tok_ok") -> AuthorisePayment:
    asked = an_authorisation(await payments.site(), card)
    (id_,) = await payments.send(asked)
    await eventually(lambda: payments.answered(id_))
    return asked


async def test_staff_take_and_give_back_in_parts(payments: Payments, api: Api) -> None:
    """PA-9, SC-2: manual capture; the same key does nothing more."""
    async with payments.calling():
        asked = await an_authorised(payments)
        path = f"/payments/{asked.payment_id}"

        async def state(wanted: str) -> bool:
            return (await api.get(path))["state"] == wanted

        for _ in range(2):
            answer = await post(api, f"{path}/captures", {"amount": money(1000)})
            assert answer.status_code in {200, 202}
            await eventually(lambda: state("partly-captured"))
        refund = {"amount": money(300), "reason": "one broken"}
        assert (await post(api, f"{path}/refunds", refund, "other")).status_code == 202
        await eventually(lambda: state("partly-refunded"))

    found = await api.get(path)
    assert [found[sum_]["minor"] for sum_ in ("authorised", "captured", "refunded", "voided")] == [
        1250,
        1000,
        300,
        0,
    ]
    assert [(one["kind"], one["outcome"]) for one in found["operations"]] == [
        ("authorise", "done"),
        ("capture", "done"),
        ("refund", "done"),
    ]
    assert found["operations"][2]["reason"] == "one broken"
    assert await payments.ledger(asked.payment_id) == ["authorise", "capture", "refund"]


async def test_what_cannot_be_done_is_a_problem(payments: Payments, api: Api) -> None:
    """PA-7: every refusal typed."""
    async with payments.calling():
        asked = await an_authorised(payments)
    path = f"/payments/{asked.payment_id}"
    before = await api.get(path)
    euros = {"minor": 1, "currency": "EUR"}

    over = await post(api, f"{path}/captures", {"amount": money(1251)}, "1")
    assert code(over, 409) == "AMOUNT_EXCEEDS_AUTHORISED"
    assert named(over) == ["/amount"]
    early = await post(api, f"{path}/refunds", {"amount": money(1), "reason": "x"}, "2")
    assert code(early, 409) == "PAYMENT_NOT_CAPTURED"
    foreign = await post(api, f"{path}/captures", {"amount": euros}, "3")
    assert code(foreign, 422) == "CURRENCY_MISMATCH"
    assert named(foreign) == ["/amount/currency"]
    outside = await post(api, f"{path}/receipts", {}, "4")
    assert code(outside, 409) == "NOT_FROM_OUTSIDE"
    assert await api.get(path) == before


async def test_a_key_is_of_one_operation(payments: Payments, api: Api) -> None:
    """PA-7: with another amount, or for something else, it is refused as anywhere else."""
    asked = an_authorisation(await payments.site(), card=None, method="check")
    await payments.send(asked)
    path = f"/payments/{asked.payment_id}"
    assert (await post(api, f"{path}/receipts", {"amount": money(5)}, "key")).status_code == 200
    other = await post(api, f"{path}/receipts", {"amount": money(6)}, "key")
    refund = await post(api, f"{path}/refunds", {"amount": money(5), "reason": "x"}, "key")
    for answer in (other, refund):
        assert code(answer, 422) == "IDEMPOTENCY_KEY_REUSED"
        assert named(answer) == ["header: Idempotency-Key"]
    assert (await api.get(path))["captured"] == money(5)


async def test_whoever_clicks_at_once_moves_money_once(payments: Payments, api: Api) -> None:
    """PA-7, I4: the same key is one operation; several keys share what there is."""
    site = await payments.site()
    card, check = an_authorisation(site), an_authorisation(site, card=None, method="check")
    async with payments.calling():
        (id_, _) = await payments.send(card, check)
        await eventually(lambda: payments.answered(id_))
        path, outside = (f"/payments/{one.payment_id}" for one in (card, check))

        async def at_once(what: str, body: dict[str, Any], *keys: str) -> list[int]:
            async with asyncio.TaskGroup() as clicks:
                sent = [clicks.create_task(post(api, what, body, key)) for key in keys]
            return sorted(one.result().status_code for one in sent)

        async def rests() -> bool:
            return not await payments.open()

        part = {"amount": money(500)}
        assert set(await at_once(f"{path}/captures", part, *(["click"] * 4))) <= {200, 202}
        await eventually(rests)
        assert (await api.get(path))["captured"] == money(500)
        rest = {"amount": money(750)}
        assert await at_once(f"{path}/captures", rest, "1", "2", "3") == [202, 409, 409]
        await eventually(rests)
        back = {"amount": money(1000), "reason": "broken"}
        assert await at_once(f"{path}/refunds", back, "4", "5", "6") == [202, 409, 409]
        await eventually(rests)
        assert await at_once(f"{outside}/receipts", {}, "7", "8", "9") == [200, 409, 409]
    found = await api.get(path)
    assert (found["captured"], found["refunded"]) == (money(1250), money(1000))
    assert (await api.get(outside))["captured"] == money(1250)


async def test_a_card_that_was_never_asked_for_is_told_as_declined(
    payments: Payments, api: Api
) -> None:
    """PA-7: not as money from outside."""
    site = a_site()
    await payments.send(site)
    await api.call("PUT", f"/sites/{site.code}/methods/card", json={"enabled": False})
    asked = an_authorisation(site.site_id)
    await payments.send(asked)
    for what in ("captures", "receipts"):
        answer = await post(api, f"/payments/{asked.payment_id}/{what}", {}, what)
        expected = "PAYMENT_NOT_AUTHORISED" if what == "captures" else "NOT_FROM_OUTSIDE"
        assert code(answer, 409) == expected


@pytest.mark.parametrize(
    ("what", "body", "pointer", "expected"),
    [
        ("captures", {"amount": money(0)}, "/amount", "AMOUNT_OUT_OF_RANGE"),
        ("captures", {"amount": money(2**63)}, "/amount", "AMOUNT_OUT_OF_RANGE"),
        ("captures", {"amount": {"minor": 1}}, "/amount/currency", "FIELD_REQUIRED"),
        ("refunds", {"amount": money(1)}, "/reason", "FIELD_REQUIRED"),
        ("refunds", {"amount": money(1), "reason": " "}, "/reason", "WRONG_FORM"),
        (
            "refunds",
            {"amount": money(1), "reason": "to 4111 1111 1111 1111"},
            "/reason",
            "CARD_NUMBER_REFUSED",
        ),
        ("receipts", {"more": 1}, "/more", "UNKNOWN_FIELD"),
    ],
)
async def test_a_bad_body_names_the_field(  # noqa: PLR0917 - parameters
    payments: Payments, api: Api, what: str, body: dict[str, Any], pointer: str, expected: str
) -> None:
    """PA-2, PA-7."""
    asked = an_authorisation(await payments.site(), card=None, method="check")
    await payments.send(asked)

    answer = await post(api, f"/payments/{asked.payment_id}/{what}", body)

    assert code(answer, 422)
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        (pointer, expected)
    ]


async def test_money_from_outside_is_received_in_parts(payments: Payments, api: Api) -> None:
    """PA-3, PA-8."""
    site = a_site()
    await payments.send(site)
    asked = an_authorisation(
        site.site_id, card=None, method="purchase-order", terms={"number": "7", "terms": "NET30"}
    )
    await payments.send(asked)
    path = f"/payments/{asked.payment_id}"
    due = (await api.get(path))["due_on"]

    body = {"amount": money(1000), "reason": "transfer of 3 May"}
    for _ in range(2):
        answer = await post(api, f"{path}/receipts", body)
        assert answer.json()["state"] == "partly-captured", answer.text
    rest = await post(api, f"{path}/receipts", {}, "the rest")
    over = await post(api, f"{path}/receipts", {"amount": money(1)}, "more")

    assert due > (await api.get(path))["created_at"][:10]
    assert rest.json()["state"] == "captured"
    assert code(over, 409) == "AMOUNT_EXCEEDS_EXPECTED"
    staff = api.staff(site.site_id, permissions=["payments.read"])
    assert code(await post(staff, f"{path}/receipts", {}), 403) == "PERMISSION_DENIED"


async def test_out_of_scope_is_not_there(payments: Payments, api: Api) -> None:
    """SC-1."""
    mine = await payments.site()
    asked = an_authorisation(await payments.site(), card=None, method="check")
    await payments.send(asked)

    for what in ("captures", "receipts"):
        answer = await post(api.staff(mine), f"/payments/{asked.payment_id}/{what}", {})
        assert code(answer, 404) == "NOT_FOUND"


@pytest.mark.parametrize("card", ["tok_action", "tok_action_3", "tok_action_reordered"])
@pytest.mark.parametrize("succeeds", [True, False])
async def test_a_customer_who_proves_at_the_bank_to_be_the_customer_has_paid(
    payments: Payments, api: Api, card: str, succeeds: bool
) -> None:
    """PA-7, fault 34: 3-D Secure, with webhooks that come twice and in the wrong order."""
    async with payments.calling():
        asked = an_authorisation(await payments.site(), card)
        (id_,) = await payments.send(asked)
        path = f"/payments/{asked.payment_id}"

        async def pending() -> dict[str, Any]:
            found = await api.get(path)
            assert found["state"] == "pending"
            return found

        found = await eventually(pending)
        assert found["action"]["url"].endswith(str(asked.payment_id))
        assert await payments.answered(id_) is None
        act = f"/test-gateway/payments/{asked.payment_id}/action"
        answer = await api.call("POST", act, json={"succeeds": succeeds})
        assert answer.status_code == 200, answer.text
        told = await eventually(lambda: payments.answered(id_))
        again = await api.call("POST", act, json={"succeeds": succeeds})

    assert told == ("authorised" if succeeds else "PAYMENT_DECLINED")
    assert code(again, 409) == "NO_ACTION_REQUIRED"
    assert len(await payments.rows("SELECT 1 FROM webhook_event")) == 2
    assert (await api.get(path))["action"] is None


async def test_a_customer_who_pays_after_the_link_has_expired_pays_nothing(
    payments: Payments, api: Api
) -> None:
    """PA-5, SU-8: a late success is voided."""
    async with payments.calling():
        asked = an_authorisation(await payments.site(), "tok_action")
        (id_,) = await payments.send(asked)

        async def pending() -> bool:
            return await payments.state(asked.payment_id) == "pending"

        await eventually(pending)
        (void,) = await payments.send(a_void(asked))
        act = f"/test-gateway/payments/{asked.payment_id}/action"
        await api.call("POST", act, json={"succeeds": True})
        assert await eventually(lambda: payments.answered(void)) == "voided"

    assert await payments.answered(id_) == "PAYMENT_VOIDED"
    assert await payments.held(asked.payment_id) == 0


async def test_a_payment_whose_gateway_owes_an_answer_needs_attention(
    payments: Payments, api: Api
) -> None:
    """PA-7, I6: unknown for too long is seen."""
    asked = an_authorisation(await payments.site(), "tok_500_uncharged_999")
    await payments.send(asked)
    await payments.caller().once()
    assert (await api.get("/payments?attention=true"))["items"] == []
    async with payments.books.begin() as session:
        connection = await session.connection()
        await connection.exec_driver_sql(
            "UPDATE payment SET open_since = now() - interval '16 minutes'"
        )

    (found,) = (await api.get("/payments?attention=true"))["items"]

    assert (found["state"], found["attention"] is not None) == ("unknown", True)
    assert "500" in found["trouble"]
