"""How an order's payments stand, for whoever is about to cancel or revise the order (PA-9)."""

from collections.abc import Iterator

from contracts.payments.questions import TellPayments
from contracts.payments.replies import PaymentsTold, ToldPayment
from contracts.values import Money

from payments.domain.payment import Payment
from payments.handlers.unit_of_work import UnitOfWork


async def tell_payments(question: TellPayments, uow: UnitOfWork) -> PaymentsTold:
    """List the payments that were ever asked for, also those that came to nothing."""
    found = await uow.payments.of_order(question.order_id)
    told = tuple(one for payment in found for one in _told(payment))
    return PaymentsTold(order_id=question.order_id, payments=told)


def _told(payment: Payment) -> Iterator[ToldPayment]:
    order, sums = payment.order, payment.amounts
    if order is not None:
        currency = order.amount.currency
        yield ToldPayment(
            payment_id=payment.payment_id,
            method=order.method,
            state=payment.state.value,
            amount=order.amount,
            set_aside=Money(sums.open, currency),
            captured=Money(sums.captured, currency),
            refunded=Money(sums.refunded, currency),
            from_outside=payment.gateway is None,
            action_required=payment.action is not None,
            action_url=payment.action.url if payment.action else None,
        )
