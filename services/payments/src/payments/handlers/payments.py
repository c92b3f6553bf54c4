"""Authorise, void and capture: answered at once where no gateway is asked, else later."""

from contracts.payments.commands import AuthorisePayment, CapturePayment, VoidPayment
from contracts.payments.replies import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentDeclined,
    PaymentVoided,
)

from payments.domain.errors import UnknownPayment, UnknownSite
from payments.domain.methods import card_number_in, objection
from payments.domain.payment import Asking, Order, Payment
from payments.handlers.answers import tell, to_authorise, to_capture, to_void, wait
from payments.handlers.unit_of_work import UnitOfWork


async def authorise_payment(
    command: AuthorisePayment, uow: UnitOfWork
) -> PaymentAuthorised | PaymentDeclined | None:
    refused = card_number_in(command.method, command.token, terms=command.terms)
    if refused is not None:  # nothing of it is kept
        return PaymentDeclined(
            payment_id=command.payment_id, code=refused.code, detail=refused.detail
        )
    new = await _asked_for(command, uow)
    if new.operation is not None:
        wait(new, Asking.AUTHORISE, uow.outbox)
    payment = await uow.payments.begin(new)
    if payment is new:
        await tell(payment, 0, uow)
        return to_authorise(payment)
    return await _asked_again(payment, new, uow)


async def void_payment(command: VoidPayment, uow: UnitOfWork) -> PaymentVoided | None:
    payment = await uow.payments.get(command.payment_id)
    if payment is None:
        payment = await uow.payments.begin(Payment.never(command.payment_id))
    since = payment.version
    payment.void()
    await tell(payment, since, uow)
    answer = to_void(payment)
    if answer is None:
        wait(payment, Asking.VOID, uow.outbox)
    await uow.payments.save(payment)
    return answer


async def capture_payment(command: CapturePayment, uow: UnitOfWork) -> PaymentCaptured | None:
    payment = await uow.payments.get(command.payment_id)
    if payment is None:
        raise UnknownPayment(command.payment_id)
    payment.capture()
    answer = to_capture(payment)
    if answer is None:
        wait(payment, Asking.CAPTURE, uow.outbox)
        await uow.payments.save(payment)
    return answer


async def _asked_for(command: AuthorisePayment, uow: UnitOfWork) -> Payment:
    offer = await uow.sites.offer(command.site_id, command.method)
    if offer is None:
        raise UnknownSite(command.site_id)
    no = objection(command.method, command.amount, command.token, command.terms, offer)
    order = Order(command.order_id, command.site_id, command.method, command.amount, command.terms)
    return Payment.begin(command.payment_id, order, command.token, no)


async def _asked_again(
    payment: Payment, asked: Payment, uow: UnitOfWork
) -> PaymentAuthorised | PaymentDeclined | None:
    """Answer by how the payment stands; if its void came first, note what it would have been."""
    since = payment.version
    if asked.order is not None:
        payment.concern(asked.order)
    await tell(payment, since, uow)
    answer = to_authorise(payment)
    if answer is None:
        wait(payment, Asking.AUTHORISE, uow.outbox)
    await uow.payments.save(payment)
    return answer
