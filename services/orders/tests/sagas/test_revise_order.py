"""The saga that revises a submitted order, where the gateway says no after the pivot."""

from datetime import timedelta
from uuid import UUID

from contracts.orders.replies import RevisionIsApplied
from contracts.payments.commands import LowerPayment, RefundPayment
from contracts.payments.replies import PaymentLowered, PaymentRefunded, RefundRefused
from contracts.values import Money, PaymentId, SubmissionId
from messaging.saga.state import Status
from messaging.saga.testing import DrivenSaga, run
from orders.sagas.revise_order import REVISE_ORDER, MoneyBack, ReviseOrderData

from services.orders.tests.sagas.builders import ORDER, SITE

FIRST, SECOND = PaymentId(UUID(int=101)), PaymentId(UUID(int=102))
AMOUNT = Money(400, "GBP")


def settling() -> DrivenSaga[ReviseOrderData]:
    """Give a revision that was applied, and gives money of two payments back."""
    data = ReviseOrderData(
        order_id=ORDER,
        revision_id=SubmissionId(UUID(int=6)),
        site_id=SITE,
        refunds=tuple(
            MoneyBack(payment_id=one, operation_id=UUID(int=one.int + 100), amount=AMOUNT)
            for one in (FIRST, SECOND)
        ),
    )
    saga = run(REVISE_ORDER, data)
    saga.reply(RevisionIsApplied(order_id=ORDER))
    return saga


def refunds(saga: DrivenSaga[ReviseOrderData]) -> list[RefundPayment]:
    return [one for one in saga.open if isinstance(one, RefundPayment)]


def done(refund: RefundPayment) -> PaymentRefunded:
    return PaymentRefunded(
        payment_id=refund.payment_id,
        operation_id=refund.operation_id,
        state="partly-refunded",
        refunded=AMOUNT,
    )


def refused(refund: RefundPayment) -> RefundRefused:
    return RefundRefused(
        payment_id=refund.payment_id,
        operation_id=refund.operation_id,
        code="GATEWAY_REFUSED",
        detail="refused by the gateway: too old",
    )


def test_a_refused_refund_is_made_anew_and_the_other_one_is_not_made_twice() -> None:
    """SU-9, PA-7: what was refused has a new operation; what was done keeps its own."""
    saga = settling()
    first, second = refunds(saga)
    saga.reply(refused(first), done(second))
    assert saga.process.state.attention_code == "GATEWAY_REFUSED"

    assert saga.process.ask_again(saga.now)
    saga.collect()
    anew, same = refunds(saga)
    assert (anew.payment_id, anew.amount) == (first.payment_id, first.amount)
    assert anew.operation_id != first.operation_id
    assert same == second
    saga.reply(done(anew), done(same))
    assert saga.status is Status.COMPLETED


def test_a_refund_without_an_answer_keeps_its_operation() -> None:
    """PA-7: unknown is not refused."""
    saga = settling()
    asked = refunds(saga)
    for _ in range(6):
        saga.wait(timedelta(hours=1))
    assert saga.process.state.attention_code == "NO_ANSWER"
    assert saga.process.ask_again(saga.now)
    saga.collect()
    assert refunds(saga) == asked


def test_a_lowering_is_one_operation_of_the_revision() -> None:
    """SU-11, PA-7: beside a refund of the same payment, each under its own id."""
    data = ReviseOrderData(
        order_id=ORDER,
        revision_id=SubmissionId(UUID(int=6)),
        site_id=SITE,
        refunds=(MoneyBack(payment_id=FIRST, operation_id=UUID(int=7), amount=AMOUNT),),
        lowered=(MoneyBack(payment_id=FIRST, operation_id=UUID(int=8), amount=AMOUNT),),
    )
    saga = run(REVISE_ORDER, data)
    saga.reply(RevisionIsApplied(order_id=ORDER))
    refund, less = saga.open
    assert isinstance(refund, RefundPayment)
    assert isinstance(less, LowerPayment)
    lowered = PaymentLowered(
        payment_id=FIRST,
        operation_id=less.operation_id,
        state="pending",
        expected=AMOUNT,
        voided=AMOUNT,
        refunded=Money(0, "GBP"),
    )
    saga.reply(done(refund), lowered)
    assert saga.status is Status.COMPLETED


def test_a_refusal_is_what_is_shown_while_another_answer_is_awaited() -> None:
    """SU-9: not "no answer", and nothing is asked under a new id while the other is under way."""
    saga = settling()
    first, second = refunds(saga)
    saga.answer(saga.process.state.open[0].id, refused(first))
    for _ in range(6):
        saga.wait(timedelta(hours=1))
    assert saga.process.state.attention_code == "GATEWAY_REFUSED"
    assert not saga.process.ask_again(saga.now)
    saga.reply(done(second))
    assert saga.process.ask_again(saga.now)
