"""Money that comes from outside: checks, transfers, cash; and that less of it is to come."""

from dataclasses import dataclass
from uuid import UUID

from contracts.payments.commands import LowerPayment
from contracts.payments.replies import (
    CaptureRefused,
    LowerRefused,
    PaymentCaptured,
    PaymentLowered,
)
from contracts.values import Money, PaymentId

from payments.domain.errors import OperationIdReused, UnknownPayment
from payments.domain.methods import card_number_in
from payments.handlers.answers import tell, to_capture, to_lower
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


async def lower_payment(command: LowerPayment, uow: UnitOfWork) -> PaymentLowered | LowerRefused:
    no = card_number_in(command.reason, terms=None)
    if no is not None:
        return _lower_refused(command, no.code, no.detail)
    payment = await uow.payments.get(command.payment_id)
    if payment is None:
        raise UnknownPayment(command.payment_id)
    since = payment.version
    try:
        payment.lower(command.operation_id, command.amount, command.reason)
    except OperationIdReused as error:
        return _lower_refused(command, "OPERATION_ID_REUSED", str(error))
    await tell(payment, since, uow)
    await uow.payments.save(payment)
    return to_lower(payment, command.operation_id)


def _lower_refused(command: LowerPayment, code: str, detail: str) -> LowerRefused:
    return LowerRefused(
        payment_id=command.payment_id, operation_id=command.operation_id, code=code, detail=detail
    )
