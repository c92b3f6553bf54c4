"""Take money by hand, no more of it than the order is worth by now."""

from contracts.payments.commands import CapturePayment
from contracts.payments.replies import CaptureRefused, PaymentCaptured
from contracts.values import Money, OrderId

from payments.domain.balance import left_to_take
from payments.domain.errors import UnknownPayment
from payments.handlers.payments import captured
from payments.handlers.unit_of_work import UnitOfWork


async def capture_by_hand(
    command: CapturePayment, order_id: OrderId, uow: UnitOfWork
) -> PaymentCaptured | CaptureRefused | None:
    """Take an amount, or all that is set aside, as far as the order is not paid (PA-8).

    A revision may have made the order cheaper since the money was set aside. Until it is known what
    the order costs, what is set aside is the only limit.
    """
    others = await uow.payments.beside(order_id, command.payment_id)
    payment = await uow.payments.get(command.payment_id)
    if payment is None:
        raise UnknownPayment(command.payment_id)
    total = await uow.orders.total(order_id)
    if total is None or command.operation_id in payment.operations or not payment.amounts.open:
        return await captured(payment, command, uow)
    left = Money(left_to_take(total.minor, payment, others), total.currency)
    if command.amount is None and 0 < left.minor < payment.amounts.open:
        return await captured(payment, command.model_copy(update={"amount": left}), uow)
    least = 1 if command.amount is None else command.amount.minor
    if least > left.minor:
        return CaptureRefused(
            payment_id=command.payment_id,
            operation_id=command.operation_id,
            code="AMOUNT_EXCEEDS_DUE",
            detail=f"{left.minor} minor units of what the order costs are not taken yet",
        )
    return await captured(payment, command, uow)
