"""Stripe's adapter against a localstripe process, through our commands and webhooks."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from hmac import HMAC
from uuid import uuid4

import pytest
from contracts.payments.commands import CapturePayment, RefundPayment
from contracts.values import Money, PaymentId
from payments.domain.gateway import Charge, Held, Part, Standing

from services.payments.tests.api import Api
from services.payments.tests.driving import Payments, a_void
from services.payments.tests.stripe_server import Lossy, Stripe, localstripe, lossy_link
from services.payments.tests.stripe_shop import DECLINED, NEEDS_3DS, SECRET, VISA, Shop, open_shop

# The SDK gives its HTTP client a body in a way that this one takes and does not like.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


@pytest.fixture(scope="module")
def stripe() -> Iterator[Stripe]:
    with localstripe() as running:
        yield running


@pytest.fixture
async def link(stripe: Stripe) -> AsyncIterator[Lossy]:
    async with lossy_link(stripe.port) as link:
        yield link


@pytest.fixture
async def shop(
    payments: Payments, payments_database: str, link: Lossy, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Shop]:
    async with open_shop(payments, payments_database, link.url, monkeypatch) as shop:
        yield shop


def gbp(minor: int) -> Money:
    return Money(minor, "GBP")


async def test_a_card_is_authorised_captured_in_part_and_refunded(
    shop: Shop, stripe: Stripe
) -> None:
    """PA-7, PA-9: Stripe takes once and lets go of the rest."""
    asked, answered = await shop.pay(stripe.card(VISA))
    assert answered == "authorised"
    shown = await shop.api.get(f"/payments/{asked.payment_id}")
    intent = stripe.call("GET", f"payment_intents/{shown['reference']}")
    assert (intent["status"], intent["amount"], intent["currency"]) == (
        "requires_capture",
        1250,
        "gbp",
    )
    part = CapturePayment(payment_id=asked.payment_id, operation_id=uuid4(), amount=gbp(1000))
    told = await shop.command(part)
    assert (told["state"], told["remaining"]["minor"]) == ("captured", 0)
    back = RefundPayment(
        payment_id=asked.payment_id, operation_id=uuid4(), amount=gbp(400), reason="broken"
    )
    assert (await shop.command(back))["refunded"]["minor"] == 400

    shown = await shop.api.get(f"/payments/{asked.payment_id}")
    sums = [shown[name]["minor"] for name in ("captured", "refunded", "voided")]
    assert (shown["state"], sums) == ("partly-refunded", [1000, 400, 250])
    (void,) = await shop.payments.send(a_void(asked))
    await shop.settle()
    assert await shop.payments.answered(void) == "voided"
    assert (await shop.api.get(f"/payments/{asked.payment_id}"))["state"] == "refunded"


async def test_an_authorisation_is_voided_by_cancelling_it(shop: Shop, stripe: Stripe) -> None:
    """PA-7."""
    asked, _ = await shop.pay(stripe.card(VISA))
    (void,) = await shop.payments.send(a_void(asked))
    await shop.settle()

    assert await shop.payments.answered(void) == "voided"
    reference = (await shop.api.get(f"/payments/{asked.payment_id}"))["reference"]
    assert stripe.call("GET", f"payment_intents/{reference}")["status"] == "canceled"


@pytest.mark.parametrize("number", [DECLINED, None])
async def test_a_card_that_stripe_does_not_take_is_declined(
    shop: Shop, stripe: Stripe, number: str | None
) -> None:
    """PA-7."""
    token = stripe.card(number) if number else "pm_of_nobody"
    asked, answered = await shop.pay(token)

    assert answered == "PAYMENT_DECLINED"
    assert await shop.payments.state(asked.payment_id) == "declined"


async def test_an_answer_that_is_lost_charges_once(shop: Shop, stripe: Stripe, link: Lossy) -> None:
    """PA-7, I4, fault 30: found by our id in the metadata, not charged again."""
    token = stripe.card(VISA)
    link.loses = 1

    asked, answered = await shop.pay(token)

    assert (answered, link.lost) == ("authorised", 1)
    assert [state for _, state in await shop.payments.events(asked.payment_id)] == [
        "unknown",
        "authorised",
    ]
    ours = [
        one
        for one in stripe.intents()
        if one["metadata"].get("payment_id") == str(asked.payment_id)
    ]
    assert len(ours) == 1


@pytest.mark.parametrize("succeeds", ["true", "false"])
async def test_three_d_secure_waits_for_the_customer(
    shop: Shop, stripe: Stripe, succeeds: str
) -> None:
    """PA-7: pending with what the customer has to do; a signed webhook ends the waiting."""
    asked, state = await shop.pay(stripe.card(NEEDS_3DS))
    assert state == "pending"
    shown = await shop.api.get(f"/payments/{asked.payment_id}")
    secret = shown["action"]["secret"]
    stripe.call(
        "POST",
        f"payment_intents/{shown['reference']}/_authenticate",
        client_secret=secret,
        success=succeeds,
        key="pk_test_of_ours",
    )

    for _ in range(2):
        answer = await deliver(shop.api, an_event(shown["reference"]))
        assert answer == (204, None)
    await shop.settle()

    expected = "authorised" if succeeds == "true" else "declined"
    shown = await shop.api.get(f"/payments/{asked.payment_id}")
    assert (shown["state"], shown["action"]) == (expected, None)
    assert len(await shop.payments.rows("SELECT 1 FROM webhook_event")) == 1


async def test_a_payment_that_waits_for_the_customer_is_voided(shop: Shop, stripe: Stripe) -> None:
    """PA-5: the link has expired."""
    asked, _ = await shop.pay(stripe.card(NEEDS_3DS))
    (void,) = await shop.payments.send(a_void(asked))
    await shop.settle()

    assert await shop.payments.answered(void) == "voided"


async def test_what_stripe_did_not_sign_is_refused(shop: Shop) -> None:
    """PA-7: forged, altered, old, and no event at all."""
    event = an_event("pi_1")
    old = time.time() - 301

    assert await deliver(shop.api, event, secret="other") == (400, "SIGNATURE_INVALID")
    assert await deliver(shop.api, event, at=old) == (400, "SIGNATURE_INVALID")
    assert await deliver(shop.api, event, signature="") == (400, "SIGNATURE_INVALID")
    for nothing in (b"{}", b"[1]", b"not json", b'{"id": 1, "object": "event"}'):
        assert await deliver(shop.api, nothing) == (400, "EVENT_INVALID"), nothing
    assert await shop.payments.rows("SELECT 1 FROM webhook_event") == []
    assert await deliver(shop.api, event) == (204, None)  # of no payment of ours


async def test_without_a_secret_there_is_no_webhook(api: Api) -> None:
    """PA-7."""
    assert await deliver(api, an_event("pi_1")) == (404, "NOT_FOUND")


async def test_stripe_is_listed_for_the_reconciliation(shop: Shop, stripe: Stripe) -> None:
    """I4: what is held there, by our payment id."""
    asked, _ = await shop.pay(stripe.card(VISA))
    gateway = shop.caller.gateways["stripe"]

    since = datetime.now(UTC) - timedelta(hours=1)
    listed = [one async for one in gateway.listed(since)]

    (ours,) = [one for one in listed if one.payment_id == asked.payment_id]
    assert (ours.currency, ours.held, ours.captured) == ("GBP", 1250, 0)


async def test_crowns_are_written_as_stripe_wants_them_and_read_back(
    shop: Shop, stripe: Stripe
) -> None:
    """PA-7: without minor units with us, with two digits there; what it says is in our units."""
    gateway = shop.caller.gateways["stripe"]
    id_, whole, now = PaymentId(uuid4()), Money(1250, "ISK"), datetime.now(UTC)
    found = await gateway.authorise(Charge(id_, whole, stripe.card(VISA)))
    assert stripe.call("GET", f"payment_intents/{found.reference}")["amount"] == 125_000
    held = Held(id_, whole, found.reference, now)
    [listed] = [one async for one in gateway.listed(now) if one.payment_id == id_]
    assert (listed.currency, listed.held) == ("ISK", 1250)

    taken = await gateway.capture(held, Part(uuid4(), Money(1000, "ISK"), takes=True))
    assert (taken.captured, taken.voided) == (1000, 250)
    back = await gateway.refund(held, Part(uuid4(), Money(400, "ISK"), takes=False))
    assert (back.captured, back.refunded) == (1000, 400)
    rest = await gateway.void(held, uuid4())
    assert (rest.standing, rest.refunded) == (Standing.VOIDED, 1000)


async def test_what_stripe_cannot_take_is_refused_and_not_rounded(
    shop: Shop, stripe: Stripe
) -> None:
    """PA-7: no thousandth of a dinar, neither charged nor taken nor given back."""
    gateway = shop.caller.gateways["stripe"]
    id_, whole, token = PaymentId(uuid4()), Money(5120, "KWD"), stripe.card(VISA)
    declined = await gateway.authorise(Charge(PaymentId(uuid4()), Money(5124, "KWD"), token))
    assert (declined.standing, declined.reference) == (Standing.DECLINED, None)
    found = await gateway.authorise(Charge(id_, whole, token))
    held = Held(id_, whole, found.reference, datetime.now(UTC))
    for ask, takes in ((gateway.capture, True), (gateway.refund, False)):
        said = await ask(held, Part(uuid4(), Money(1, "KWD"), takes=takes))
        assert said.refused is not None
        assert (said.refused.code, said.captured) == ("AMOUNT_OUT_OF_RANGE", 0)


def an_event(reference: str) -> bytes:
    return json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "type": "payment_intent.amount_capturable_updated",
            "data": {"object": {"id": reference, "object": "payment_intent", "metadata": {}}},
        }
    ).encode()


async def deliver(
    api: Api,
    payload: bytes,
    *,
    secret: str = SECRET,
    at: float | None = None,
    signature: str | None = None,
) -> tuple[int, str | None]:
    """Post as Stripe does; gives status and problem code."""
    when = int(at or time.time())
    digest = HMAC(secret.encode(), f"{when}.".encode() + payload, "sha256").hexdigest()
    signed = f"t={when},v1={digest}" if signature is None else signature
    answer = await api.client.post(
        "/webhooks/stripe", content=payload, headers={"Stripe-Signature": signed}
    )
    return answer.status_code, answer.json()["code"] if answer.content else None
