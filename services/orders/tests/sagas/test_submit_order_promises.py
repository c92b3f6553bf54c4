"""Whatever the network does, an order ends submitted with all, or returned with nothing held.

Staff may cancel at any time; once it is submitted a cancel brings everything back (SU-8, SU-11).
An operator asks again what was refused after the pivot, or lets it be.
"""

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import initialize, invariant, precondition, rule
from messaging.saga.state import Status
from messaging.saga.testing import DrivenSaga, run
from orders.sagas.cancel_order import CANCEL_ORDER, CancelOrderData
from orders.sagas.submit_order import SUBMIT_ORDER, SubmitOrderData
from typing_extensions import override

from services.orders.tests.sagas.builders import RETURN, a_submission
from services.orders.tests.sagas.network import Network


class Submission(Network):
    """One submission on an unreliable network."""

    saga: DrivenSaga[SubmitOrderData]

    @initialize(payments=st.integers(0, 2), coupons=st.integers(0, 1))
    def start(self, payments: int, coupons: int) -> None:
        self.begin()
        self.cancel_accepted = False
        self.let_be = False
        self.saga = run(SUBMIT_ORDER, a_submission(payments=payments, coupons=coupons))
        self.join(self.saga)

    @rule()
    def staff_cancel(self) -> None:
        submitted = self.books.order == "submitted"
        accepted = self.saga.cancel()
        assert not (accepted and submitted), "a submitted order was cancelled"
        self.cancel_accepted = self.cancel_accepted or accepted
        self.post()

    @precondition(lambda self: self.saga.process.state.attention is not None)
    @rule(patient=st.booleans())
    def an_operator_decides(self, patient: bool) -> None:
        process = self.saga.process
        if patient:
            process.ask_again(self.saga.now)
        elif process.let_be("no more of this", self.saga.now):
            self.let_be = True
        self.saga.collect()
        self.post()

    @invariant()
    def never_both(self) -> None:
        if self.books.order == "submitted":
            assert self.books.stock in {"held", "allocated"}
        if self.books.order == "returned":
            assert self.saga.status is Status.COMPENSATED

    @override
    def teardown(self) -> None:
        """Let the network heal and everything arrive; then the books must agree (I5, I6)."""
        if hasattr(self, "saga"):
            self.heal()
            self.check_the_end()

    def check_the_end(self) -> None:
        if self.saga.status is Status.COMPLETED:
            assert self.books.order == "submitted"
            assert self.books.stock == "allocated"
            assert self.books.coupons in {"used", "none"}
            taken = {"captured", "authorised"} if self.let_be else {"captured"}
            assert set(self.books.money.values()) <= taken
            assert not self.cancel_accepted
        else:
            assert self.books.order == "returned"
            assert self.books.stock in {"none", "released"}
            assert self.books.coupons in {"none", "returned"}
            assert self.let_be or not self.books.holds_money
            assert self.books.cancelled or not self.cancel_accepted


class CancelledSubmission(Submission):
    """Staff cancel when the order is submitted, perhaps before its submission has ended."""

    @rule()
    @override
    def staff_cancel(self) -> None:
        if self.books.order != "submitted":
            super().staff_cancel()
            return
        self.saga.process.supersede()
        self.books.order = "cancelled"
        order = self.saga.process.data
        payments = tuple(payment.payment_id for payment in order.payments)
        data = CancelOrderData(
            order_id=order.order_id,
            cancellation_id=RETURN,
            submission_id=order.submission_id,
            redeems_coupons=bool(order.coupons),
            payment_ids=payments,
        )
        self.join(run(CANCEL_ORDER, data))

    @override
    def check_the_end(self) -> None:
        if self.books.order != "cancelled":
            super().check_the_end()
            return
        assert self.sagas[-1].status is Status.COMPLETED
        assert self.books.stock == "returned"
        assert self.books.coupons in {"none", "returned"}
        assert not self.books.holds_money
        assert self.books.noted, "the order does not say what went back"


TestSubmission = Submission.TestCase
TestSubmission.settings = settings(max_examples=400, stateful_step_count=40, deadline=None)
TestCancelledSubmission = CancelledSubmission.TestCase
TestCancelledSubmission.settings = settings(max_examples=400, stateful_step_count=40, deadline=None)
