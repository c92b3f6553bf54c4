"""How the payments service answers."""

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from contracts.message import Refusal, Reply
from contracts.values import Money, OrderId, PaymentId, SiteId


class PaymentAuthorised(Reply):
    """The payment stands: the order may be submitted on it.

    Attributes:
        state: ``authorised`` (money is set aside) or ``pending`` (an offline payment is expected).
    """

    type: ClassVar = "payments.payment-authorised.v1"

    payment_id: PaymentId
    state: str


class PaymentDeclined(Refusal):
    """No money is set aside.

    ``code`` is one of PAYMENT_DECLINED, PAYMENT_VOIDED, UNKNOWN_PAYMENT_METHOD,
    PAYMENT_TOKEN_MISSING, PAYMENT_TERMS_MISSING, PAYMENT_TERMS_INVALID, CUSTOMER_MISSING,
    CURRENCY_MISMATCH, AMOUNT_OUT_OF_RANGE, CARD_NUMBER_REFUSED, PAYMENTS_EXCEED_TOTAL,
    PURCHASE_ORDER_NOT_AGREED, PAYMENT_TERMS_NOT_AGREED, CREDIT_LIMIT_EXCEEDED.

    Attributes:
        limit: What the customer's purchase orders may come to together, where that is the reason.
        open_sum: What those come to that are not paid.
    """

    type: ClassVar = "payments.payment-declined.v1"

    payment_id: PaymentId
    limit: Money | None = None
    open_sum: Money | None = None


class PaymentVoided(Reply):
    """No money is held for this payment, now and for good.

    Attributes:
        voided: What was set aside and let go; so a cancel can say what it did (PA-9).
        refunded: What had been taken and was given back.
    """

    type: ClassVar = "payments.payment-voided.v1"

    payment_id: PaymentId
    voided: Money | None = None
    refunded: Money | None = None


class VoidRefused(Refusal):
    """The gateway refuses to let go of the money, or to give it back; the payment is as it was.

    ``code`` is GATEWAY_REFUSED.
    """

    type: ClassVar = "payments.void-refused.v1"

    payment_id: PaymentId
    operation_id: UUID | None = None


class PaymentCaptured(Reply):
    """The capture is done, as far as the payment's method settles here.

    Attributes:
        state: ``captured``, ``partly-captured``, or ``pending`` for an offline payment.
        captured: Taken in all.
        remaining: Set aside and not taken.
    """

    type: ClassVar = "payments.payment-captured.v1"

    payment_id: PaymentId
    state: str
    operation_id: UUID | None = None
    captured: Money | None = None
    remaining: Money | None = None


class CaptureRefused(Refusal):
    """Nothing was taken by this operation, now and for good.

    ``code`` is one of AMOUNT_EXCEEDS_AUTHORISED, AMOUNT_OUT_OF_RANGE, CURRENCY_MISMATCH,
    PAYMENT_VOIDED, PAYMENT_NOT_AUTHORISED, GATEWAY_REFUSED, OPERATION_ID_REUSED.
    """

    type: ClassVar = "payments.capture-refused.v1"

    payment_id: PaymentId
    operation_id: UUID | None = None


class PaymentRefunded(Reply):
    """The refund is done.

    Attributes:
        state: ``refunded`` or ``partly-refunded``.
        refunded: Given back in all.
    """

    type: ClassVar = "payments.payment-refunded.v1"

    payment_id: PaymentId
    operation_id: UUID
    state: str
    refunded: Money


class RefundRefused(Refusal):
    """Nothing was given back by this operation, now and for good.

    ``code`` is one of AMOUNT_EXCEEDS_CAPTURED, PAYMENT_NOT_CAPTURED, AMOUNT_OUT_OF_RANGE,
    CURRENCY_MISMATCH, PAYMENT_VOIDED, GATEWAY_REFUSED, OPERATION_ID_REUSED, CARD_NUMBER_REFUSED.
    """

    type: ClassVar = "payments.refund-refused.v1"

    payment_id: PaymentId
    operation_id: UUID


class PaymentLowered(Reply):
    """So much less is expected from outside.

    Attributes:
        state: ``voided`` when nothing is expected any more and nothing has come.
        expected: What is still to come.
        voided: What this operation let go of.
        refunded: What it gave back of what had come: staff pay it out by hand.
    """

    type: ClassVar = "payments.payment-lowered.v1"

    payment_id: PaymentId
    operation_id: UUID
    state: str
    expected: Money
    voided: Money
    refunded: Money


class LowerRefused(Refusal):
    """As much is expected as before.

    ``code`` is one of AMOUNT_EXCEEDS_EXPECTED, AMOUNT_OUT_OF_RANGE, CURRENCY_MISMATCH,
    PAYMENT_VOIDED, PAYMENT_NOT_AUTHORISED, HELD_BY_GATEWAY (a gateway holds its money: capture less
    or refund), OPERATION_ID_REUSED, CARD_NUMBER_REFUSED.
    """

    type: ClassVar = "payments.lower-refused.v1"

    payment_id: PaymentId
    operation_id: UUID


class OfferedMethod(BaseModel):
    """A way to pay that a site offers.

    Attributes:
        code: As in ``AuthorisePayment``.
        gateway: What it goes through; none when the money comes from outside.
        tokens: Tokens of a test gateway, each with what it does; none where the gateway's own
            field gives them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str
    gateway: str | None = None
    tokens: dict[str, str] | None = None


class MethodsTold(Reply):
    """The ways to pay that a site offers; empty for a site that is not known (yet)."""

    type: ClassVar = "payments.methods-told.v1"

    site_id: SiteId
    methods: tuple[OfferedMethod, ...]


class ToldPayment(BaseModel):
    """A payment as it stands.

    Attributes:
        state: As ``PaymentChanged`` tells it; ``requested`` and ``calling`` are on the way.
        set_aside: Neither taken nor let go; of a payment from outside what is expected.
        captured: Taken in all; so ``refunded``.
        from_outside: No gateway moves its money: what is given back, staff pay out by hand.
        action_required: The customer has to act (3-D Secure) before the money is set aside.
        action_url: Where the customer is sent for that; none when the gateway gave no address.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    payment_id: PaymentId
    method: str
    state: str
    amount: Money
    set_aside: Money
    captured: Money
    refunded: Money
    from_outside: bool
    action_required: bool = False
    action_url: str | None = None


class PaymentsTold(Reply):
    """How an order's payments stand, the oldest first; none for an order without any."""

    type: ClassVar = "payments.payments-told.v1"

    order_id: OrderId
    payments: tuple[ToldPayment, ...]


class CreditTold(Reply):
    """What a customer can pay with.

    Attributes:
        store_credit: None for a site that is not known (yet), or where nobody was named.
        gift_cards: What is left on each card that was asked about, in that order, those of digests
            last; none for a card that there is not, or of another currency than the site's.
    """

    type: ClassVar = "payments.credit-told.v1"

    site_id: SiteId
    store_credit: Money | None = None
    gift_cards: tuple[Money | None, ...] = ()
