"""The saga that cancels a submitted order, step by step."""

from datetime import timedelta
from uuid import UUID

from contracts.catalog.commands import ReturnCoupons, ReturnStock
from contracts.catalog.replies import CouponsReturned, HeldLine, StockReturned
from contracts.orders.commands import EndedPayment, NoteCancellation
from contracts.orders.replies import CancellationIsNoted
from contracts.payments.commands import VoidPayment
from contracts.payments.replies import PaymentVoided, VoidRefused
from contracts.values import LocationId, Money, PaymentId
from messaging.saga.state import Status
from messaging.saga.testing import DrivenSaga, run
from orders.sagas.cancel_order import CANCEL_ORDER, CancelOrderData

from services.orders.tests.sagas.builders import CHAIR, ORDER, RETURN, SUBMISSION

FIRST, SECOND = PaymentId(UUID(int=101)), PaymentId(UUID(int=102))
BACK = HeldLine(sku=CHAIR, location_id=LocationId(UUID(int=7)), units=2)


def a_cancel(*payments: PaymentId, coupons: bool = False) -> DrivenSaga[CancelOrderData]:
    data = CancelOrderData(
        order_id=ORDER,
        cancellation_id=RETURN,
        submission_id=SUBMISSION,
        redeems_coupons=coupons,
        payment_ids=payments,
    )
    return run(CANCEL_ORDER, data)


def test_stock_then_coupons_then_money_go_back_and_the_order_says_so() -> None:
    """SU-11, PA-9."""
    saga = a_cancel(FIRST, SECOND, coupons=True)

    saga.expect(ReturnStock(return_id=RETURN, order_id=ORDER))
    saga.reply(StockReturned(return_id=RETURN, lines=(BACK,)))
    saga.expect(ReturnCoupons(submission_id=SUBMISSION))
    saga.reply(CouponsReturned(submission_id=SUBMISSION))
    saga.expect(VoidPayment(payment_id=FIRST), VoidPayment(payment_id=SECOND))
    refunded = Money(500, "GBP")
    saga.reply(PaymentVoided(payment_id=FIRST, refunded=refunded), PaymentVoided(payment_id=SECOND))
    ended = (
        EndedPayment(payment_id=FIRST, refunded=refunded),
        EndedPayment(payment_id=SECOND),
    )
    saga.expect(
        NoteCancellation(order_id=ORDER, cancellation_id=RETURN, returned=(BACK,), payments=ended)
    )
    saga.reply(CancellationIsNoted(order_id=ORDER))
    assert saga.status is Status.COMPLETED


def test_without_coupons_and_payments_only_stock_goes_back() -> None:
    saga = a_cancel()
    saga.reply(StockReturned(return_id=RETURN))
    assert isinstance(saga.open[0], NoteCancellation)


def test_it_is_never_taken_back_however_long_it_takes() -> None:
    """SU-8, SU-9: no deadline and no cancel; who does not answer is asked again."""
    saga = a_cancel(FIRST)
    assert not saga.cancel()
    for _ in range(6):
        saga.wait(timedelta(hours=1))
    assert saga.status is Status.RUNNING
    assert saga.process.state.attention is not None
    saga.reply(StockReturned(return_id=RETURN))
    assert isinstance(saga.open[0], VoidPayment)


def test_a_void_that_is_refused_is_shown_as_that_and_asked_again_under_another_id() -> None:
    """SU-9, PA-7: only the one that was refused; the other one keeps its id."""
    saga = a_cancel(FIRST, SECOND)
    saga.reply(StockReturned(return_id=RETURN))
    no = VoidRefused(
        payment_id=FIRST, code="GATEWAY_REFUSED", detail="refused by the gateway: too old"
    )
    saga.reply(no, PaymentVoided(payment_id=SECOND))
    state = saga.process.state
    assert state.attention_code == "GATEWAY_REFUSED"
    assert state.attention is not None
    assert state.attention.endswith("refused by the gateway: too old")

    ids: list[UUID | None] = []
    for _ in range(2):
        assert saga.process.ask_again(saga.now)
        saga.collect()
        again, other = saga.open
        assert isinstance(again, VoidPayment)
        ids.append(again.operation_id)
        assert other == VoidPayment(payment_id=SECOND)
        saga.reply(no, PaymentVoided(payment_id=SECOND))
    assert None not in ids
    assert len(set(ids)) == 2


def test_a_void_without_an_answer_keeps_its_id() -> None:
    """PA-7: what became of it is not known; an operator who asks again asks the same."""
    saga = a_cancel(FIRST)
    saga.reply(StockReturned(return_id=RETURN))
    for _ in range(6):
        saga.wait(timedelta(hours=1))
    assert saga.process.state.attention_code == "NO_ANSWER"
    assert saga.process.ask_again(saga.now)
    saga.collect()
    assert saga.open[0] == VoidPayment(payment_id=FIRST)
