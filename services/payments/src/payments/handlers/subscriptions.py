"""Everything that the payments service handles."""

from contracts.customers.events import SiteChanged
from contracts.orders.events import OrderCancelled, OrderRevised, OrderSubmitted
from contracts.payments.commands import (
    AuthorisePayment,
    CapturePayment,
    LowerPayment,
    RefundPayment,
    VoidPayment,
)
from contracts.payments.questions import TellCredit, TellMethods, TellPayments
from messaging.subscriptions import Subscriptions

from payments.handlers.credit import tell_credit
from payments.handlers.orders import follow_cancelled, follow_revised, follow_submitted
from payments.handlers.payments import (
    authorise_payment,
    capture_payment,
    refund_payment,
    void_payment,
)
from payments.handlers.receipts import lower_payment
from payments.handlers.sites import follow_site, tell_methods
from payments.handlers.standing import tell_payments
from payments.handlers.unit_of_work import UnitOfWork


def subscriptions() -> Subscriptions[UnitOfWork]:
    """List the messages and their handlers."""
    return (
        Subscriptions[UnitOfWork](service="payments")
        .answers_later(AuthorisePayment, authorise_payment)
        .answers_later(VoidPayment, void_payment)
        .answers_later(CapturePayment, capture_payment)
        .answers_later(RefundPayment, refund_payment)
        .answers(LowerPayment, lower_payment)
        .tells(TellMethods, tell_methods)
        .tells(TellPayments, tell_payments)
        .tells(TellCredit, tell_credit)
        .follows(SiteChanged, follow_site)
        .follows(OrderSubmitted, follow_submitted)
        .follows(OrderRevised, follow_revised)
        .follows(OrderCancelled, follow_cancelled)
    )
