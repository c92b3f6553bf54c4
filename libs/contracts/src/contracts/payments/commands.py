"""What the payments service can be asked to do."""

from typing import ClassVar

from contracts.message import Command
from contracts.values import Money, OrderId, PaymentId, SiteId


class AuthorisePayment(Command):
    """Set an amount aside, or note an offline payment as expected.

    Answered by ``PaymentAuthorised``, or by ``PaymentDeclined``. While the gateway's answer is not
    known there is none. The payment id is the gateway's idempotency key: asking again with the same
    id never charges twice.

    Attributes:
        method: The method's code (``card``, ``bank-transfer``, ...).
        token: The gateway's token; for a card only.
        terms: Purchase order number and the like, as the method asks for.
    """

    type: ClassVar = "payments.authorise-payment.v1"

    payment_id: PaymentId
    order_id: OrderId
    site_id: SiteId
    method: str
    amount: Money
    token: str | None = None
    terms: dict[str, str] | None = None


class VoidPayment(Command):
    """Let go of what a payment set aside, and refuse its authorisation should that still arrive.

    Answered by ``PaymentVoided`` once no money is held, also when none ever was.
    """

    type: ClassVar = "payments.void-payment.v1"

    payment_id: PaymentId


class CapturePayment(Command):
    """Take the whole of what a payment set aside.

    Answered by ``PaymentCaptured``. An offline payment stays pending: nothing is taken here.
    """

    type: ClassVar = "payments.capture-payment.v1"

    payment_id: PaymentId
