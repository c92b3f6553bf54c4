"""The submission saga, command by command (SU-5)."""

from datetime import timedelta
from uuid import UUID

import pytest
from contracts.catalog.commands import (
    AllocateStock,
    RedeemCoupons,
    ReleaseStock,
    ReserveStock,
    ReturnCoupons,
)
from contracts.catalog.replies import (
    CouponsRedeemed,
    CouponsRefused,
    CouponsReturned,
    Shortage,
    StockAllocated,
    StockRefused,
    StockReleased,
    StockReserved,
)
from contracts.customers.commands import VerifyCustomer
from contracts.customers.replies import CustomerRefused, CustomerVerified
from contracts.orders.commands import OrderRefusal, ReturnOrder, SubmitOrder
from contracts.orders.replies import OrderIsReturned, OrderIsSubmitted
from contracts.payments.commands import AuthorisePayment, CapturePayment, VoidPayment
from contracts.payments.replies import (
    CaptureRefused,
    PaymentAuthorised,
    PaymentCaptured,
    PaymentDeclined,
    PaymentVoided,
    RefundRefused,
)
from messaging.saga.state import Status
from messaging.saga.testing import DrivenSaga, run
from orders.domain.site_terms import Capture
from orders.sagas.submit_order import SUBMIT_ORDER, SubmitOrderData

from services.orders.tests.sagas.builders import (
    CHAIR,
    CUSTOMER,
    LINES,
    ORDER,
    SITE,
    SUBMISSION,
    a_payment,
    a_submission,
)

VERIFY = VerifyCustomer(order_id=ORDER, customer_id=CUSTOMER, site_id=SITE)
RESERVE = ReserveStock(submission_id=SUBMISSION, order_id=ORDER, site_id=SITE, lines=LINES)
RELEASE = ReleaseStock(submission_id=SUBMISSION)
ALLOCATE = AllocateStock(submission_id=SUBMISSION)
PAYMENT = a_payment(0)
AUTHORISE = AuthorisePayment(
    payment_id=PAYMENT.payment_id,
    order_id=ORDER,
    site_id=SITE,
    method="card",
    amount=PAYMENT.amount,
    token="tok_ok",
    customer_id=CUSTOMER,
)
VOID = VoidPayment(payment_id=PAYMENT.payment_id)
CAPTURE = CapturePayment(payment_id=PAYMENT.payment_id)
VERIFIED = CustomerVerified(customer_id=CUSTOMER)
RESERVED = StockReserved(submission_id=SUBMISSION)
RELEASED = StockReleased(submission_id=SUBMISSION)
AUTHORISED = PaymentAuthorised(payment_id=PAYMENT.payment_id, state="authorised")
DECLINED = PaymentDeclined(
    code="PAYMENT_DECLINED", detail="the bank says no", payment_id=PAYMENT.payment_id
)


def returned(*refusals: OrderRefusal, cancelled: bool = False) -> ReturnOrder:
    return ReturnOrder(
        order_id=ORDER, submission_id=SUBMISSION, refusals=refusals, cancelled=cancelled
    )


def at_payment() -> DrivenSaga[SubmitOrderData]:
    saga = run(SUBMIT_ORDER, a_submission())
    saga.reply(VERIFIED)
    saga.reply(RESERVED)
    saga.expect(VERIFY, RESERVE, AUTHORISE)
    return saga


def test_every_step_in_turn_submits_the_order() -> None:
    saga = at_payment()
    saga.reply(AUTHORISED)
    saga.expect(SubmitOrder(order_id=ORDER, submission_id=SUBMISSION))
    saga.reply(OrderIsSubmitted(order_id=ORDER))
    saga.expect(ALLOCATE)
    saga.reply(StockAllocated(submission_id=SUBMISSION))
    saga.expect(CAPTURE)
    saga.reply(PaymentCaptured(payment_id=PAYMENT.payment_id, state="captured"))
    assert saga.status is Status.COMPLETED


def test_an_order_without_payment_skips_the_payment_steps() -> None:
    """SU-1: payment is not required."""
    saga = run(SUBMIT_ORDER, a_submission(payments=0))
    saga.reply(VERIFIED)
    saga.reply(RESERVED)
    saga.reply(OrderIsSubmitted(order_id=ORDER))
    saga.reply(StockAllocated(submission_id=SUBMISSION))
    assert saga.status is Status.COMPLETED


def test_a_refused_customer_leaves_nothing_to_take_back() -> None:
    saga = run(SUBMIT_ORDER, a_submission())
    saga.reply(CustomerRefused(code="CUSTOMER_IS_STAFF", detail="is staff", customer_id=CUSTOMER))
    reason = OrderRefusal(step="verify the customer", code="CUSTOMER_IS_STAFF", detail="is staff")
    saga.expect(VERIFY, returned(reason))
    saga.reply(OrderIsReturned(order_id=ORDER))
    assert saga.status is Status.COMPENSATED


def test_a_shortage_names_the_lines_it_is_about() -> None:
    """SU-5: typed reasons per line and step."""
    saga = run(SUBMIT_ORDER, a_submission())
    saga.reply(VERIFIED)
    short = Shortage(sku=CHAIR, wanted=2, available=1)
    saga.reply(
        StockRefused(
            code="OUT_OF_STOCK", detail="short", submission_id=SUBMISSION, shortages=(short,)
        )
    )
    reason = OrderRefusal(
        step="reserve stock",
        code="OUT_OF_STOCK",
        detail="CHAIR: 2 wanted, 1 available",
        pointer="/lines/0",
    )
    saga.expect(VERIFY, RESERVE, returned(reason))


def test_a_declined_payment_releases_the_stock() -> None:
    saga = at_payment()
    saga.reply(DECLINED)
    saga.expect(RELEASE)
    saga.reply(RELEASED)
    reason = OrderRefusal(
        step="authorise payment", code="PAYMENT_DECLINED", detail="the bank says no"
    )
    saga.expect(returned(reason))


def test_one_of_two_payments_declined_voids_both_last_step_first() -> None:
    saga = run(SUBMIT_ORDER, a_submission(payments=2))
    saga.reply(VERIFIED)
    saga.reply(RESERVED)
    saga.reply(AUTHORISED, DECLINED)
    assert [type(command) for command in saga.open] == [VoidPayment, VoidPayment]
    saga.reply(
        PaymentVoided(payment_id=a_payment(0).payment_id),
        PaymentVoided(payment_id=a_payment(1).payment_id),
    )
    assert saga.open == [RELEASE]


def test_coupons_are_used_up_before_the_money_and_given_back() -> None:
    """CP-7: a submission consumes them exactly once; one that comes back consumed none."""
    saga = run(SUBMIT_ORDER, a_submission(coupons=1))
    saga.reply(VERIFIED)
    saga.reply(RESERVED)
    redeem = RedeemCoupons(
        submission_id=SUBMISSION,
        order_id=ORDER,
        site_id=SITE,
        customer_id=CUSTOMER,
        coupons=("SAVE0",),
    )
    saga.expect(VERIFY, RESERVE, redeem)
    saga.reply(CouponsRedeemed(submission_id=SUBMISSION))
    saga.reply(DECLINED)
    saga.expect(AUTHORISE, ReturnCoupons(submission_id=SUBMISSION))
    saga.reply(CouponsReturned(submission_id=SUBMISSION))
    saga.expect(RELEASE)


def test_a_coupon_that_is_used_up_is_named() -> None:
    """CP-7, SU-5: the reason points to the coupon."""
    saga = run(SUBMIT_ORDER, a_submission(coupons=2))
    saga.reply(VERIFIED)
    saga.reply(RESERVED)
    saga.reply(
        CouponsRefused(
            code="COUPON_USED_UP", detail="used up", submission_id=SUBMISSION, coupon="save1"
        )
    )
    saga.reply(RELEASED)
    reason = OrderRefusal(
        step="redeem coupons", code="COUPON_USED_UP", detail="used up", pointer="/coupons/1"
    )
    assert returned(reason) in [sending.command for sending in saga.sent]


@pytest.mark.parametrize("capture", [Capture.AT_FULFILMENT, Capture.MANUAL])
def test_money_is_taken_later_where_the_site_says_so(capture: Capture) -> None:
    """PA-9: authorised at submission, captured by nobody here."""
    data = a_submission().model_copy(update={"capture": capture})
    saga = run(SUBMIT_ORDER, data)
    for reply in (VERIFIED, RESERVED, AUTHORISED, OrderIsSubmitted(order_id=ORDER)):
        saga.reply(reply)
    saga.reply(StockAllocated(submission_id=SUBMISSION))
    assert saga.status is Status.COMPLETED
    assert CapturePayment not in {type(sending.command) for sending in saga.sent}


def test_a_cancel_while_the_payment_is_open_voids_and_releases() -> None:
    """SU-8: cancel wins; the late reply is ignored."""
    saga = at_payment()
    late = saga.process.state.open[0].id
    assert saga.cancel()
    saga.expect(VOID)
    assert not saga.answer(late, AUTHORISED)
    saga.reply(PaymentVoided(payment_id=PAYMENT.payment_id))
    saga.expect(RELEASE)
    saga.reply(RELEASED)
    saga.expect(returned(cancelled=True))


def test_a_cancel_after_the_pivot_is_refused() -> None:
    saga = at_payment()
    saga.reply(AUTHORISED)
    saga.reply(OrderIsSubmitted(order_id=ORDER))
    saga.expect(SubmitOrder(order_id=ORDER, submission_id=SUBMISSION), ALLOCATE)
    assert not saga.cancel()
    saga.expect()


def test_the_deadline_takes_back_what_was_sent() -> None:
    saga = at_payment()
    saga.wait(timedelta(minutes=10))
    saga.expect(VOID)
    saga.reply(PaymentVoided(payment_id=PAYMENT.payment_id))
    saga.reply(RELEASED)
    reason = OrderRefusal(step="authorise payment", code="DEADLINE", detail="no answer in time")
    saga.expect(RELEASE, returned(reason))


def test_an_unanswered_command_is_sent_again_under_its_own_id() -> None:
    saga = run(SUBMIT_ORDER, a_submission())
    saga.wait(timedelta(seconds=15))
    saga.wait(timedelta(seconds=29))
    saga.expect(VERIFY, VERIFY)
    assert len({sending.id for sending in saga.sent}) == 1


def test_an_undo_without_an_answer_calls_for_attention_and_is_not_given_up() -> None:
    """SU-9: retried, then shown; nothing is dropped."""
    saga = at_payment()
    saga.reply(DECLINED)
    for _ in range(10):
        saga.wait(timedelta(minutes=5))
    assert saga.process.state.attention is not None
    assert saga.open == [RELEASE]
    saga.reply(RELEASED)
    assert saga.process.state.refusals[0].code == "PAYMENT_DECLINED"


def test_the_saga_survives_a_round_trip_through_its_row() -> None:
    saga = at_payment()
    saga.reply(DECLINED)
    state = saga.process.state
    assert type(state).model_validate(state.model_dump(mode="json", exclude_none=True)) == state


def at_capture(payments: int = 1) -> DrivenSaga[SubmitOrderData]:
    saga = run(SUBMIT_ORDER, a_submission(payments=payments))
    saga.reply(VERIFIED)
    saga.reply(RESERVED)
    ids = [a_payment(number).payment_id for number in range(payments)]
    saga.reply(*(PaymentAuthorised(payment_id=id_, state="authorised") for id_ in ids))
    saga.reply(OrderIsSubmitted(order_id=ORDER))
    saga.reply(StockAllocated(submission_id=SUBMISSION))
    return saga


def not_captured(number: int = 0) -> CaptureRefused:
    return CaptureRefused(
        code="GATEWAY_REFUSED",
        detail="the authorisation has expired",
        payment_id=a_payment(number).payment_id,
    )


def captured(number: int = 0) -> PaymentCaptured:
    return PaymentCaptured(payment_id=a_payment(number).payment_id, state="captured")


def test_a_refused_capture_calls_for_attention_and_takes_nothing_back() -> None:
    """SU-9: the order stands, and nothing happens until somebody decides."""
    saga = at_capture()
    saga.reply(not_captured())
    state = saga.process.state
    reason = "capture payment: refused after the pivot: the authorisation has expired"
    assert (state.status, state.attention) == (Status.RUNNING, reason)
    assert SUBMIT_ORDER.can_ask_again(state)
    assert SUBMIT_ORDER.can_let_be(state)
    assert not SUBMIT_ORDER.can_cancel(state)
    sent = len(saga.sent)
    for _ in range(3):
        saga.wait(timedelta(hours=1))
    assert (len(saga.sent), saga.process.state) == (sent, state)


def test_a_refused_capture_is_asked_again_as_another_one() -> None:
    """SU-9: the refusal is final for its operation id, so the next has one of its own."""
    saga = at_capture(payments=2)
    saga.reply(captured(), not_captured(1))
    asked: set[UUID | None] = set()
    for _ in range(2):
        assert saga.process.ask_again(saga.now)
        saga.collect()
        one, other = saga.open
        assert isinstance(one, CapturePayment)
        assert isinstance(other, CapturePayment)
        assert not asked & {one.operation_id, other.operation_id}
        asked |= {one.operation_id, other.operation_id}
        saga.reply(captured(), not_captured(1))
    assert None not in asked
    assert saga.process.ask_again(saga.now)
    saga.reply(captured(), captured(1))
    assert (saga.status, saga.process.state.attention) == (Status.COMPLETED, None)


def test_a_capture_without_an_answer_is_asked_again_as_the_same_one() -> None:
    """Another one beside it could take the money twice, or find nothing left and say so."""
    saga = at_capture()
    for _ in range(6):
        saga.wait(timedelta(minutes=5))
    assert saga.process.state.attention is not None
    assert not SUBMIT_ORDER.can_let_be(saga.process.state)
    assert saga.process.ask_again(saga.now)
    saga.collect()
    assert saga.open == [CAPTURE]


def test_what_was_refused_waits_for_the_other_answers_before_anybody_decides() -> None:
    saga = at_capture(payments=2)
    first, second = saga.process.state.open
    saga.answer(second.id, not_captured(1))
    assert not saga.process.ask_again(saga.now)
    assert not saga.process.let_be("paid by cheque", saga.now)
    saga.answer(first.id, captured())
    assert saga.process.let_be("paid by cheque", saga.now)
    assert saga.status is Status.COMPLETED


def test_a_refused_capture_is_let_be() -> None:
    """SU-9: an operator goes on without it, and the log says why."""
    saga = at_capture()
    saga.reply(not_captured())
    assert saga.process.let_be("paid by cheque", saga.now)
    assert saga.status is Status.COMPLETED
    told = saga.process.log[-2]
    assert (told.event, told.step, told.detail) == (
        "let be by an operator",
        "capture payment",
        "paid by cheque",
    )
    assert not saga.process.let_be("twice", saga.now)


def test_an_undo_that_is_refused_calls_for_attention_until_somebody_decides() -> None:
    """SU-9: it is not taken for done; asked again or let be, the rest is taken back."""
    for letting in (True, False):
        saga = at_payment()
        saga.cancel()
        refused = RefundRefused(
            code="GATEWAY_REFUSED",
            detail="too old",
            payment_id=PAYMENT.payment_id,
            operation_id=UUID(int=9),
        )
        saga.reply(refused)
        assert (
            saga.process.state.attention == "authorise payment: refused while taking back: too old"
        )
        saga.wait(timedelta(hours=1))
        saga.expect(VOID)
        if letting:
            assert saga.process.let_be("given back in cash", saga.now)
        else:
            assert saga.process.ask_again(saga.now)
            saga.collect()
            saga.expect(VOID)
            saga.reply(PaymentVoided(payment_id=PAYMENT.payment_id))
        saga.collect()
        saga.expect(RELEASE)
        assert saga.process.state.attention is None
        saga.reply(RELEASED)
        saga.expect(returned(cancelled=True))


def test_rows_that_count_their_steps_are_read_by_the_steps_of_then() -> None:
    """Rows of before steps had names: who inserts a step states ``numbered`` in the definition."""
    names = [SUBMIT_ORDER.read({"position": position}).step for position in range(8)]
    assert names == [
        "verify the customer",
        "reserve stock",
        "redeem coupons",
        "authorise payment",
        "submit the order",
        "allocate stock",
        "capture payment",
        None,
    ]
