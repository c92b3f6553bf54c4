"""The saga that cancels a submitted order, step by step."""

from datetime import timedelta
from uuid import UUID

from contracts.catalog.commands import ReturnCoupons, ReturnStock
from contracts.catalog.replies import CouponsReturned, HeldLine, StockReturned
from contracts.orders.commands import EndedPayment, NoteCancellation
from contracts.orders.replies import CancellationIsNoted
from contracts.payments.commands import VoidPayment
from contracts.payments.replies import PaymentVoided
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
