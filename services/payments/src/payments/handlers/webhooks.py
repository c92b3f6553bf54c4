"""What a gateway tells by itself: a hint to look, never a fact; copies and old news do no harm."""

from contracts.values import PaymentId

from payments.domain.payment import Payment
from payments.handlers.unit_of_work import UnitOfWork


async def hear(
    gateway: str,
    event: tuple[str, str],
    uow: UnitOfWork,
    *,
    payment_id: PaymentId | None = None,
    reference: str | None = None,
) -> bool:
    """Take a webhook, its id and type; gives whether it is news.

    The payment is found by our id or by the gateway's name of it. One that is not known here is
    noted and left to the reconciliation.
    """
    payment = await _of(gateway, uow, payment_id, reference)
    known = payment.payment_id if payment else None
    if not await uow.payments.hear(gateway, *event, known):
        return False
    if payment is not None:
        payment.nudge()
        await uow.payments.save(payment)
    return True


async def _of(
    gateway: str, uow: UnitOfWork, payment_id: PaymentId | None, reference: str | None
) -> Payment | None:
    if payment_id is not None:
        found = await uow.payments.get(payment_id)
        if found is not None and found.gateway == gateway:
            return found
    return await uow.payments.by_reference(gateway, reference) if reference else None
