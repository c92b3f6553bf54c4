"""Money that comes from outside: checks, transfers, cash."""

from dataclasses import dataclass
from uuid import UUID

from contracts.payments.replies import CaptureRefused, PaymentCaptured
from contracts.values import Money, PaymentId

from payments.domain.errors import OperationIdReused, UnknownPayment
from payments.handlers.answers import tell, to_capture
from payments.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came; all that is expected, unless an amount is given."""

    payment_id: PaymentId
    operation_id: UUID
    amount: Money | None
    reason: str | None


async def receive_money(
    receipt: Receipt, uow: UnitOfWork
) -> PaymentCaptured | CaptureRefused | None:
    payment = await uow.payments.get(receipt.payment_id)
    if payment is None:
        raise UnknownPayment(receipt.payment_id)
    since = payment.version
    try:
        payment.receive(receipt.operation_id, receipt.amount, receipt.reason)
    except OperationIdReused as error:
        return CaptureRefused(
            payment_id=receipt.payment_id,
            operation_id=receipt.operation_id,
            code="OPERATION_ID_REUSED",
            detail=str(error),
        )
    await tell(payment, since, uow)
    await uow.payments.save(payment)
    return to_capture(payment, receipt.operation_id)
