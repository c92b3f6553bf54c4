"""Samples of the payments service's messages."""

from contracts.gift_cards import code_digest
from contracts.message import Message
from contracts.payments import commands, events, questions, replies
from contracts.samples.things import CUSTOMER, OPERATION, ORDER, PAYMENT, SITE, gbp


def payments() -> list[Message]:
    """Give one of each."""
    return [
        commands.AuthorisePayment(
            payment_id=PAYMENT,
            order_id=ORDER,
            site_id=SITE,
            method="card",
            amount=gbp(4950),
            token="tok_ok",  # noqa: S106 - the test gateway's, and public
            order_total=gbp(9900),
        ),
        commands.VoidPayment(payment_id=PAYMENT),
        commands.CapturePayment(payment_id=PAYMENT),
        commands.RefundPayment(
            payment_id=PAYMENT, operation_id=OPERATION, amount=gbp(1250), reason="one mug broken"
        ),
        commands.LowerPayment(
            payment_id=PAYMENT,
            operation_id=OPERATION,
            amount=gbp(1250),
            reason="the order was revised",
        ),
        replies.PaymentAuthorised(payment_id=PAYMENT, state="authorised"),
        replies.PaymentDeclined(
            code="PAYMENT_DECLINED", detail="the bank declined", payment_id=PAYMENT
        ),
        replies.PaymentVoided(payment_id=PAYMENT),
        replies.VoidRefused(
            code="GATEWAY_REFUSED",
            detail="refused by the gateway: the charge is too old",
            payment_id=PAYMENT,
            operation_id=OPERATION,
        ),
        replies.PaymentCaptured(payment_id=PAYMENT, state="captured"),
        replies.CaptureRefused(
            code="AMOUNT_EXCEEDS_AUTHORISED",
            detail="4950 minor units are set aside and not taken",
            payment_id=PAYMENT,
            operation_id=OPERATION,
        ),
        replies.PaymentRefunded(
            payment_id=PAYMENT,
            operation_id=OPERATION,
            state="partly-refunded",
            refunded=gbp(1250),
        ),
        replies.RefundRefused(
            code="AMOUNT_EXCEEDS_CAPTURED",
            detail="0 minor units were taken and not given back",
            payment_id=PAYMENT,
            operation_id=OPERATION,
        ),
        replies.PaymentLowered(
            payment_id=PAYMENT,
            operation_id=OPERATION,
            state="pending",
            expected=gbp(3700),
            voided=gbp(1250),
            refunded=gbp(0),
        ),
        replies.LowerRefused(
            code="AMOUNT_EXCEEDS_EXPECTED",
            detail="0 minor units are expected or have come",
            payment_id=PAYMENT,
            operation_id=OPERATION,
        ),
        questions.TellMethods(site_id=SITE),
        questions.TellPayments(order_id=ORDER),
        replies.PaymentsTold(
            order_id=ORDER,
            payments=(
                replies.ToldPayment(
                    payment_id=PAYMENT,
                    method="card",
                    state="captured",
                    amount=gbp(4950),
                    set_aside=gbp(0),
                    captured=gbp(4950),
                    refunded=gbp(0),
                    from_outside=False,
                ),
            ),
        ),
        questions.TellCredit(
            site_id=SITE,
            customer_id=CUSTOMER,
            code_digests=(code_digest("BCDF-GHJK-LMNP-QRST"), code_digest("BCDF")),
        ),
        replies.CreditTold(site_id=SITE, store_credit=gbp(1250), gift_cards=(gbp(2000), None)),
        replies.MethodsTold(
            site_id=SITE,
            methods=(
                replies.OfferedMethod(
                    code="card", gateway="test", tokens={"tok_ok": "a card that is taken"}
                ),
                replies.OfferedMethod(code="bank-transfer"),
            ),
        ),
        events.PaymentChanged(
            payment_id=PAYMENT,
            version=2,
            order_id=ORDER,
            method="card",
            state="authorised",
            amount=gbp(4950),
        ),
    ]
