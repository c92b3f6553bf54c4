"""What is done with the gateway's answer, or with its silence."""

from datetime import timedelta
from uuid import UUID

from contracts.values import PaymentId

from payments.domain.gateway import Finding
from payments.domain.payment import Payment
from payments.handlers.answers import cause_of, tell
from payments.handlers.unit_of_work import UnitOfWork


async def learn(
    payment_id: PaymentId, step_id: UUID, finding: Finding, rest: timedelta, uow: UnitOfWork
) -> None:
    """Take what the gateway said; what settles nothing is asked again after ``rest``."""
    payment, since = await _known(payment_id, uow)
    if not payment.learn(step_id, finding, rest):
        payment.miss(step_id, f"the gateway says: {finding.standing.value}", rest)
    await _keep(payment, since, uow)


async def miss(
    payment_id: PaymentId, step_id: UUID, trouble: str, rest: timedelta, uow: UnitOfWork
) -> None:
    """Note that nothing was heard; the gateway is asked again after ``rest``."""
    payment, since = await _known(payment_id, uow)
    payment.miss(step_id, trouble, rest)
    await _keep(payment, since, uow)


async def _known(payment_id: PaymentId, uow: UnitOfWork) -> tuple[Payment, int]:
    payment = await uow.payments.get(payment_id)
    if payment is None:
        raise LookupError(f"payment {payment_id} has gone")
    uow.outbox.cause = cause_of(payment)
    return payment, payment.version


async def _keep(payment: Payment, since: int, uow: UnitOfWork) -> None:
    await tell(payment, since, uow)
    await uow.payments.save(payment)
