"""How the payments service answers."""

from typing import ClassVar

from contracts.message import Refusal, Reply
from contracts.values import PaymentId


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
    PAYMENT_TOKEN_MISSING, PAYMENT_TERMS_MISSING, CURRENCY_MISMATCH, AMOUNT_OUT_OF_RANGE,
    CARD_NUMBER_REFUSED.
    """

    type: ClassVar = "payments.payment-declined.v1"

    payment_id: PaymentId


class PaymentVoided(Reply):
    """No money is held for this payment, now and for good."""

    type: ClassVar = "payments.payment-voided.v1"

    payment_id: PaymentId


class PaymentCaptured(Reply):
    """The payment is settled as far as its method settles at submission.

    Attributes:
        state: ``captured``, or ``pending`` for an offline payment.
    """

    type: ClassVar = "payments.payment-captured.v1"

    payment_id: PaymentId
    state: str
