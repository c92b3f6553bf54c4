"""What the payments service can be asked to do."""

from typing import ClassVar
from uuid import UUID

from contracts.gift_cards import CodeDigest
from contracts.message import Command
from contracts.values import CustomerId, Money, OrderId, PaymentId, SiteId


class AuthorisePayment(Command):
    """Set an amount aside, or note an offline payment as expected.

    Answered by ``PaymentAuthorised``, or by ``PaymentDeclined``. While the gateway's answer is not
    known there is none. The payment id is the gateway's idempotency key: asking again with the same
    id never charges twice.

    Attributes:
        method: The method's code (``card``, ``bank-transfer``, ...).
        token: The gateway's token for a card; a gift card's code, from senders of earlier releases.
        code_digest: Of a gift card's code.
        customer_id: Whose payment it is; store credit needs to know.
        terms: Purchase order number and the like, as the method asks for.
        order_total: What the order costs, where several payments share it: together they come to
            no more (PA-8). None: this is its only one.
    """

    type: ClassVar = "payments.authorise-payment.v1"

    payment_id: PaymentId
    order_id: OrderId
    site_id: SiteId
    method: str
    amount: Money
    token: str | None = None
    terms: dict[str, str] | None = None
    customer_id: CustomerId | None = None
    order_total: Money | None = None
    code_digest: CodeDigest | None = None


class VoidPayment(Command):
    """Let go of what a payment set aside, and refuse its authorisation should that still arrive.

    What was taken already is given back. Answered by ``PaymentVoided`` once no money is held, also
    when none ever was; by ``VoidRefused`` when the gateway refuses.

    Attributes:
        operation_id: Of this void; none stands for the first. One that was refused is refused for
            good: a new attempt has another id.
    """

    type: ClassVar = "payments.void-payment.v1"

    payment_id: PaymentId
    operation_id: UUID | None = None


class CapturePayment(Command):
    """Take a part of what a payment set aside, or all that is left of it.

    Answered by ``PaymentCaptured``, or by ``CaptureRefused`` when so much is not set aside. An
    offline payment stays as it is: nothing is taken here. Asking again with the same operation id
    takes nothing more. Some gateways let go of the rest with the first capture: the answer tells
    what is left.

    Attributes:
        operation_id: Of this capture; none stands for the one that takes all that is left.
        amount: None takes all that is left.
    """

    type: ClassVar = "payments.capture-payment.v1"

    payment_id: PaymentId
    operation_id: UUID | None = None
    amount: Money | None = None


class RefundPayment(Command):
    """Give back a part of what a payment took.

    Answered by ``PaymentRefunded``, or by ``RefundRefused`` when so much was not taken. Asking
    again with the same operation id gives back nothing more.

    Attributes:
        amount: More than nothing.
        reason: In staff's words; kept with the operation.
    """

    type: ClassVar = "payments.refund-payment.v1"

    payment_id: PaymentId
    operation_id: UUID
    amount: Money
    reason: str


class LowerPayment(Command):
    """Expect less of a payment whose money comes from outside: its order costs less now.

    What is expected and has not come is let go of first; what has come beyond the rest is to be
    paid back, and counts as given back. Answered by ``PaymentLowered``, or by ``LowerRefused``.
    Asking again with the same operation id lowers nothing more.

    Attributes:
        amount: By how much; more than nothing.
        reason: In staff's words; kept with the operation.
    """

    type: ClassVar = "payments.lower-payment.v1"

    payment_id: PaymentId
    operation_id: UUID
    amount: Money
    reason: str
