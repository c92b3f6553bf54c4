"""What a payment answers, by where it stands; none while that is not settled."""

from collections.abc import Callable, Mapping
from uuid import UUID

from contracts.message import Reply
from contracts.payments.events import PaymentChanged
from contracts.payments.replies import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentDeclined,
    PaymentVoided,
)
from messaging.outbox import Asked, Cause, Outbox, current_traceparent

from payments.domain.payment import Asking, Payment, State, Waiting
from payments.handlers.unit_of_work import UnitOfWork


def to_authorise(payment: Payment) -> PaymentAuthorised | PaymentDeclined | None:
    match payment.state:
        case State.PENDING:
            return PaymentAuthorised(payment_id=payment.payment_id, state="pending")
        case State.AUTHORISED | State.CAPTURING | State.CAPTURED:
            return PaymentAuthorised(payment_id=payment.payment_id, state="authorised")
        case State.DECLINED:
            code = payment.refusal.code if payment.refusal else "PAYMENT_DECLINED"
            detail = payment.refusal.detail if payment.refusal else "the gateway declined it"
            return PaymentDeclined(payment_id=payment.payment_id, code=code, detail=detail)
        case State.VOIDED:
            return PaymentDeclined(
                payment_id=payment.payment_id,
                code="PAYMENT_VOIDED",
                detail="the payment was voided",
            )
        case State.REQUESTED | State.CALLING | State.UNKNOWN | State.VOIDING:
            return None


def to_void(payment: Payment) -> PaymentVoided | None:
    """Answer once no money is held, now and for good: a declined payment holds none either."""
    if payment.state in {State.VOIDED, State.DECLINED}:
        return PaymentVoided(payment_id=payment.payment_id)
    return None


def to_capture(payment: Payment) -> PaymentCaptured | None:
    if payment.state in {State.PENDING, State.CAPTURED}:
        return PaymentCaptured(payment_id=payment.payment_id, state=payment.state.value)
    return None


_ANSWERS: Mapping[Asking, Callable[[Payment], Reply | None]] = {
    Asking.AUTHORISE: to_authorise,
    Asking.CAPTURE: to_capture,
    Asking.VOID: to_void,
}


def wait(payment: Payment, asking: Asking, outbox: Outbox) -> None:
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
    )
    if all(other.command_id != one.command_id for other in payment.waiting):
        payment.waiting.append(one)


async def tell(payment: Payment, since: int, uow: UnitOfWork) -> None:
    """Publish a change since version ``since``, and answer every command that waited for it."""
    if payment.version > since and payment.order is not None:
        uow.outbox.publish(_changed(payment), sequence=payment.version)
    still_waiting: list[Waiting] = []
    for waiting in payment.waiting:
        reply = _ANSWERS[waiting.asking](payment)
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


def _changed(payment: Payment) -> PaymentChanged:
    order = payment.order
    if order is None:
        raise ValueError(f"nothing is known of payment {payment.payment_id}")
    return PaymentChanged(
        payment_id=payment.payment_id,
        version=payment.version,
        order_id=order.order_id,
        method=order.method,
        state=payment.state.value,
        amount=order.amount,
    )
