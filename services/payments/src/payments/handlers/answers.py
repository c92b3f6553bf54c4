"""What a payment answers, by where it stands; none while that is not settled."""

from uuid import UUID

from contracts.message import Reply
from contracts.payments.events import PaymentChanged
from contracts.payments.replies import (
    CaptureRefused,
    LowerRefused,
    PaymentAuthorised,
    PaymentCaptured,
    PaymentDeclined,
    PaymentLowered,
    PaymentRefunded,
    PaymentVoided,
    RefundRefused,
    VoidRefused,
)
from contracts.values import Money
from messaging.outbox import Asked, Cause, Outbox, current_traceparent

from payments.domain.methods import No
from payments.domain.operations import Kind, Outcome, capture_id, paid_back_id, void_id
from payments.domain.payment import Payment
from payments.domain.states import WITHOUT_MONEY, State
from payments.domain.waiting import Asking, Waiting
from payments.handlers.unit_of_work import UnitOfWork


def to_authorise(payment: Payment) -> PaymentAuthorised | PaymentDeclined | None:
    match payment.state:
        case State.PENDING if payment.gateway is None:
            return PaymentAuthorised(payment_id=payment.payment_id, state="pending")
        case State.DECLINED:
            no = payment.refusal or No("PAYMENT_DECLINED", "the gateway declined it")
            return PaymentDeclined(
                payment_id=payment.payment_id,
                code=no.code,
                detail=no.detail,
                limit=no.limit,
                open_sum=no.open_sum,
            )
        case State.VOIDED | State.REFUNDED:
            return PaymentDeclined(
                payment_id=payment.payment_id,
                code="PAYMENT_VOIDED",
                detail="the payment was voided",
            )
        case State.REQUESTED | State.CALLING | State.UNKNOWN | State.PENDING:
            return None
        case _:
            if payment.void_asked:
                return None
            return PaymentAuthorised(payment_id=payment.payment_id, state="authorised")


def to_void(
    payment: Payment, operation_id: UUID | None = None
) -> PaymentVoided | VoidRefused | None:
    """Answer once no money is held, now and for good: a declined payment holds none either.

    Whoever asked while another void was under way is refused with that one.
    """
    if payment.void_asked:
        return None
    if payment.state not in WITHOUT_MONEY:
        voids = [one for one in payment.operations.values() if one.kind is Kind.VOID]
        asked = payment.operations.get(operation_id or void_id(payment.payment_id))
        void = asked or next(reversed(voids), None)
        if void is None or (no := void.refusal) is None:
            return None
        return VoidRefused(
            payment_id=payment.payment_id, operation_id=operation_id, code=no.code, detail=no.detail
        )
    sums = payment.amounts
    return PaymentVoided(
        payment_id=payment.payment_id,
        voided=_money(payment, sums.voided),
        refunded=_money(payment, sums.refunded),
    )


def to_capture(
    payment: Payment, operation_id: UUID | None = None
) -> PaymentCaptured | CaptureRefused | None:
    operation = payment.operations.get(operation_id or capture_id(payment.payment_id))
    if operation is not None and operation.outcome is Outcome.ASKED:
        return None
    if operation is not None and operation.refusal is not None:
        no = operation.refusal
        return CaptureRefused(
            payment_id=payment.payment_id, operation_id=operation_id, code=no.code, detail=no.detail
        )
    if operation is None and not payment.offline:
        return None
    return PaymentCaptured(
        payment_id=payment.payment_id,
        state=payment.state.value,
        operation_id=operation_id,
        captured=_money(payment, payment.amounts.captured),
        remaining=_money(payment, payment.amounts.open),
    )


def to_refund(payment: Payment, operation_id: UUID) -> PaymentRefunded | RefundRefused | None:
    operation = payment.operations[operation_id]
    if operation.outcome is Outcome.ASKED or payment.order is None:
        return None
    if operation.refusal is not None:
        no = operation.refusal
        return RefundRefused(
            payment_id=payment.payment_id, operation_id=operation_id, code=no.code, detail=no.detail
        )
    return PaymentRefunded(
        payment_id=payment.payment_id,
        operation_id=operation_id,
        state=payment.state.value,
        refunded=Money(payment.amounts.refunded, payment.order.amount.currency),
    )


def to_lower(payment: Payment, operation_id: UUID) -> PaymentLowered | LowerRefused:
    operation = payment.operations[operation_id]
    if (no := operation.refusal) is not None or payment.order is None:
        no = no or No("PAYMENT_VOIDED", "the payment was voided")
        return LowerRefused(
            payment_id=payment.payment_id, operation_id=operation_id, code=no.code, detail=no.detail
        )
    currency = payment.order.amount.currency
    paid_back = payment.operations.get(paid_back_id(operation_id))
    back = paid_back.amount if paid_back else 0
    return PaymentLowered(
        payment_id=payment.payment_id,
        operation_id=operation_id,
        state=payment.state.value,
        expected=Money(payment.amounts.open, currency),
        voided=Money(operation.amount - back, currency),
        refunded=Money(back, currency),
    )


def _answer(payment: Payment, waiting: Waiting) -> Reply | None:
    operation_id = UUID(waiting.operation_id) if waiting.operation_id else None
    match waiting.asking:
        case Asking.AUTHORISE:
            return to_authorise(payment)
        case Asking.CAPTURE:
            return to_capture(payment, operation_id)
        case Asking.REFUND:
            return None if operation_id is None else to_refund(payment, operation_id)
        case Asking.VOID:
            return to_void(payment, operation_id)


def wait(
    payment: Payment, asking: Asking, outbox: Outbox, operation_id: UUID | None = None
) -> None:
    """Note that the command being handled waits for its answer, if it expects one."""
    asked = outbox.cause.asked
    if asked is None:
        return
    one = Waiting(
        asking=asking,
        command_id=str(asked.command_id),
        correlation_id=asked.correlation_id,
        reply_to=asked.reply_to,
        staff_id=outbox.cause.staff_id,
        traceparent=current_traceparent(),
        operation_id=str(operation_id) if operation_id else None,
    )
    if all(other.command_id != one.command_id for other in payment.waiting):
        payment.waiting.append(one)


async def tell(payment: Payment, since: int, uow: UnitOfWork) -> None:
    """Publish a change since version ``since``, and answer every command that waited for it."""
    if payment.version > since and payment.order is not None:
        # Two changes in one transaction are one event: its sequence is the payment's version.
        payment.version = since + 1
        uow.outbox.publish(
            _changed(payment), sequence=payment.version, customer_id=payment.order.customer_id
        )
    still_waiting: list[Waiting] = []
    for waiting in payment.waiting:
        reply = _answer(payment, waiting)
        if reply is None:
            still_waiting.append(waiting)
        else:
            await uow.answers.give(reply, _asked(waiting))
    payment.waiting = still_waiting


def cause_of(payment: Payment) -> Cause:
    """Give what stands in the messages that the gateway's answer leads to."""
    if not payment.waiting:
        return Cause()
    first = payment.waiting[0]
    return Cause(
        message_id=first.command_id, correlation_id=first.correlation_id, staff_id=first.staff_id
    )


def _asked(waiting: Waiting) -> Asked:
    return Asked(UUID(waiting.command_id), waiting.correlation_id, waiting.reply_to)


def _money(payment: Payment, minor: int) -> Money | None:
    return None if payment.order is None else Money(minor, payment.order.amount.currency)


def _changed(payment: Payment) -> PaymentChanged:
    order, sums = payment.order, payment.amounts
    if order is None:
        raise ValueError(f"nothing is known of payment {payment.payment_id}")
    return PaymentChanged(
        payment_id=payment.payment_id,
        version=payment.version,
        order_id=order.order_id,
        method=order.method,
        state=payment.state.value,
        amount=order.amount,
        site_id=order.site_id,
        captured=_money(payment, sums.captured),
        refunded=_money(payment, sums.refunded),
        voided=_money(payment, sums.voided),
        action_required=payment.action is not None,
    )
