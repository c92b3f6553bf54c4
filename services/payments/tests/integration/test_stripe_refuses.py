"""What Stripe refuses to give back or to let go of is a refusal, in its words (PA-7, SU-9)."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import pytest
from contracts.payments.commands import AuthorisePayment, CapturePayment, RefundPayment, VoidPayment
from contracts.values import Money

from services.payments.tests.driving import Payments, a_void
from services.payments.tests.refusing_stripe import (
    BUSY,
    DISPUTED,
    NOT_TO_BE_CANCELLED,
    SENT_BACK,
    Refusing,
    Said,
    refusing,
)
from services.payments.tests.stripe_server import Stripe, localstripe
from services.payments.tests.stripe_shop import VISA, Shop, open_shop
from tests.support import eventually

# The SDK gives its HTTP client a body in a way that this one takes and does not like.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

SAID: dict[str, tuple[Said, str]] = {
    "charged back": (DISPUTED, "The charge has been charged back and cannot be refunded."),
    "sent back": (SENT_BACK, "the refund is failed: expired_or_canceled_card"),
}


@pytest.fixture(scope="module")
def stripe() -> Iterator[Stripe]:
    with localstripe() as running:
        yield running


@pytest.fixture
async def no(stripe: Stripe) -> AsyncIterator[Refusing]:
    async with refusing(stripe.url) as server:
        yield server


@pytest.fixture
async def shop(
    payments: Payments, payments_database: str, no: Refusing, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Shop]:
    async with open_shop(payments, payments_database, no.url, monkeypatch) as shop:
        yield shop


def a_refund(of: AuthorisePayment, minor: int = 400) -> RefundPayment:
    return RefundPayment(
        payment_id=of.payment_id,
        operation_id=uuid4(),
        amount=Money(minor, "GBP"),
        reason="broken",
    )


async def taken(shop: Shop, stripe: Stripe) -> AuthorisePayment:
    asked, answered = await shop.pay(stripe.card(VISA))
    assert answered == "authorised"
    told = await shop.command(CapturePayment(payment_id=asked.payment_id))
    assert told["state"] == "captured"
    return asked


async def last_operation(shop: Shop, of: AuthorisePayment) -> dict[str, Any]:
    return (await shop.api.get(f"/payments/{of.payment_id}"))["operations"][-1]


@pytest.mark.parametrize("why", SAID)
async def test_a_refused_refund_is_told_in_stripes_words_and_another_is_made(
    shop: Shop, stripe: Stripe, no: Refusing, why: str
) -> None:
    """PA-7, SU-9: refused for good under its id; nothing was given back, and nothing is awaited."""
    asked = await taken(shop, stripe)
    no.says["/v1/refunds"], words = SAID[why]
    back = a_refund(asked)

    for _ in range(2):
        told = await shop.command(back)
        assert (told["code"], told["operation_id"]) == ("GATEWAY_REFUSED", str(back.operation_id))
        assert told["detail"] == f"refused by the gateway: {words}"
    assert no.heard == ["/v1/refunds"]

    shown = await shop.api.get(f"/payments/{asked.payment_id}")
    assert (shown["state"], shown["refunded"]["minor"], shown["trouble"]) == ("captured", 0, None)
    assert shown["operations"][-1]["refusal"]["code"] == "GATEWAY_REFUSED"
    assert (await shop.api.get("/payments?attention=true"))["items"] == []
    no.says.clear()
    assert (await shop.command(a_refund(asked)))["refunded"]["minor"] == 400


async def test_a_void_that_cannot_give_back_is_refused_and_done_anew(
    shop: Shop, stripe: Stripe, no: Refusing
) -> None:
    """PA-7, PA-9: what was taken stays taken until another void gives it back."""
    asked = await taken(shop, stripe)
    no.says["/v1/refunds"] = DISPUTED

    told = await shop.command(a_void(asked))

    assert told["code"] == "GATEWAY_REFUSED"
    assert "charged back" in told["detail"]
    assert await shop.payments.state(asked.payment_id) == "captured"
    assert (await last_operation(shop, asked))["outcome"] == "refused"
    no.says.clear()
    anew = VoidPayment(payment_id=asked.payment_id, operation_id=uuid4())
    assert (await shop.command(anew))["refunded"]["minor"] == 1250


async def test_an_authorisation_that_stripe_does_not_let_go_of_is_a_refused_void(
    shop: Shop, stripe: Stripe, no: Refusing
) -> None:
    """PA-7, SU-9: it is still authorised there, so that nobody is told that it was voided."""
    asked, _ = await shop.pay(stripe.card(VISA))
    no.says["/cancel"] = NOT_TO_BE_CANCELLED

    told = await shop.command(a_void(asked))

    assert (told["code"], told["detail"]) == (
        "GATEWAY_REFUSED",
        "refused by the gateway: This PaymentIntent cannot be canceled by you.",
    )
    assert await shop.payments.state(asked.payment_id) == "authorised"
    assert (await last_operation(shop, asked))["refusal"]["code"] == "GATEWAY_REFUSED"
    no.says.clear()
    anew = VoidPayment(payment_id=asked.payment_id, operation_id=uuid4())
    assert (await shop.command(anew))["voided"]["minor"] == 1250


async def test_a_busy_stripe_has_refused_nothing(shop: Shop, stripe: Stripe, no: Refusing) -> None:
    """PA-7: unknown is not refused; asked again under the same key, the money goes back."""
    asked = await taken(shop, stripe)
    no.says["/v1/refunds"] = BUSY
    back = a_refund(asked)
    (id_,) = await shop.payments.send(back)
    await shop.caller.once()
    assert await shop.payments.answered(id_) is None
    assert (await shop.api.get(f"/payments/{asked.payment_id}"))["trouble"] is not None

    no.says.clear()
    await shop.settle()

    assert await eventually(lambda: shop.payments.answered(id_)) == "partly-refunded"
