"""Authorise, void, capture, refund: answered at once where no gateway is asked, else later."""

from contracts.gift_cards import code_digest
from contracts.payments.commands import (
    AuthorisePayment,
    CapturePayment,
    RefundPayment,
    VoidPayment,
)
from contracts.payments.replies import (
    CaptureRefused,
    PaymentAuthorised,
    PaymentCaptured,
    PaymentDeclined,
    PaymentRefunded,
    PaymentVoided,
    RefundRefused,
    VoidRefused,
)

from payments.domain.balance import exceeding
from payments.domain.errors import OperationIdReused, UnknownPayment, UnknownSite
from payments.domain.methods import Method, No, Wish, card_number_in, objection
from payments.domain.payment import Payment
from payments.domain.record import Order
from payments.domain.states import WITHOUT_MONEY
from payments.domain.waiting import Asking
from payments.handlers.answers import (
    tell,
    to_authorise,
    to_capture,
    to_refund,
    to_void,
    wait,
)
from payments.handlers.terms import days_on_account
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
    if new.step is not None:
        wait(new, Asking.AUTHORISE, uow.outbox)
    payment = await uow.payments.begin(new)
    if payment is new:
        await tell(payment, 0, uow)
        return to_authorise(payment)
    return await _asked_again(payment, new, uow)


async def void_payment(command: VoidPayment, uow: UnitOfWork) -> PaymentVoided | VoidRefused | None:
    payment = await uow.payments.get(command.payment_id)
    if payment is None:
        payment = await uow.payments.begin(Payment.never(command.payment_id))
    since = payment.version
    try:
        payment.void(command.operation_id)
    except OperationIdReused as error:
        return VoidRefused(
            payment_id=command.payment_id,
            operation_id=command.operation_id,
            code="OPERATION_ID_REUSED",
            detail=str(error),
        )
    await tell(payment, since, uow)
    answer = to_void(payment, command.operation_id)
    if answer is None:
        wait(payment, Asking.VOID, uow.outbox, command.operation_id)
    await uow.payments.save(payment)
    return answer


async def capture_payment(
    command: CapturePayment, uow: UnitOfWork
) -> PaymentCaptured | CaptureRefused | None:
    payment = await uow.payments.get(command.payment_id)
    if payment is None:
        raise UnknownPayment(command.payment_id)
    return await captured(payment, command, uow)


async def captured(
    payment: Payment, command: CapturePayment, uow: UnitOfWork
) -> PaymentCaptured | CaptureRefused | None:
    """Take of a payment that was loaded; none while its gateway has not answered."""
    since = payment.version
    if not payment.offline or payment.state in WITHOUT_MONEY:
        try:
            payment.capture(command.operation_id, command.amount)
        except OperationIdReused as error:
            return CaptureRefused(
                payment_id=command.payment_id,
                operation_id=command.operation_id,
                code="OPERATION_ID_REUSED",
                detail=str(error),
            )
    await tell(payment, since, uow)
    answer = to_capture(payment, command.operation_id)
    if answer is None:
        wait(payment, Asking.CAPTURE, uow.outbox, command.operation_id)
    await uow.payments.save(payment)
    return answer


async def refund_payment(
    command: RefundPayment, uow: UnitOfWork
) -> PaymentRefunded | RefundRefused | None:
    refused = card_number_in(command.reason, terms=None)
    if refused is not None:
        return _refund_refused(command, refused.code, refused.detail)
    payment = await uow.payments.get(command.payment_id)
    if payment is None:
        raise UnknownPayment(command.payment_id)
    since = payment.version
    try:
        payment.refund(command.operation_id, command.amount, command.reason)
    except OperationIdReused as error:
        return _refund_refused(command, "OPERATION_ID_REUSED", str(error))
    await tell(payment, since, uow)
    answer = to_refund(payment, command.operation_id)
    if answer is None:
        wait(payment, Asking.REFUND, uow.outbox, command.operation_id)
    await uow.payments.save(payment)
    return answer


def _refund_refused(command: RefundPayment, code: str, detail: str) -> RefundRefused:
    return RefundRefused(
        payment_id=command.payment_id, operation_id=command.operation_id, code=code, detail=detail
    )


async def _asked_for(command: AuthorisePayment, uow: UnitOfWork) -> Payment:
    offer = await uow.sites.offer(command.site_id, command.method)
    if offer is None:
        raise UnknownSite(command.site_id)
    wish = Wish(
        command.method,
        command.amount,
        _token(command),
        command.terms,
        by_customer=command.customer_id is not None,
    )
    no = objection(wish, offer) or await _exceeding(command, uow)
    days = None if no else await days_on_account(command, uow)
    no = days if isinstance(days, No) else no
    order = Order(
        command.order_id,
        command.site_id,
        command.method,
        command.amount,
        command.terms,
        command.customer_id,
        None if isinstance(days, No) else days,
    )
    gateway = None if no else offer.gateway(command.method)
    return Payment.begin(command.payment_id, order, _token(command), no, gateway)


async def _exceeding(command: AuthorisePayment, uow: UnitOfWork) -> No | None:
    """Say why it is too much beside the order's other payments, as far as these are known."""
    total = command.order_total
    if total is None:
        return None
    others = await uow.payments.beside(command.order_id, command.payment_id)
    return exceeding(command.amount, total, others)


def _token(command: AuthorisePayment) -> str | None:
    """Give what the gateway needs; of a gift card's code only a digest is ever kept."""
    if command.method == Method.GIFT_CARD:
        code = command.token
        return command.code_digest or (code_digest(code) if code else None)
    return command.token if command.method == Method.CARD else None


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
