"""Whatever the network does, a revision is applied with all it needs, or leaves nothing behind."""

from uuid import UUID

import hypothesis.strategies as st
from contracts.catalog.commands import ReservationLine
from contracts.values import Money, PaymentId, SubmissionId
from hypothesis import settings
from hypothesis.stateful import initialize, rule
from messaging.saga.state import Status
from messaging.saga.testing import DrivenSaga, run
from orders.sagas.cancel_order import CANCEL_ORDER, CancelOrderData
from orders.sagas.revise_order import REVISE_ORDER, MoneyBack, ReviseOrderData
from typing_extensions import override

from services.orders.tests.sagas.builders import (
    CHAIR,
    ORDER,
    RETURN,
    SITE,
    SUBMISSION,
    a_payment,
)
from services.orders.tests.sagas.network import Network
from services.orders.tests.sagas.revision_books import RevisionBooks

REVISION = SubmissionId(UUID(int=6))
TAKEN, EXPECTED = PaymentId(UUID(int=90)), PaymentId(UUID(int=91))
LINE = ReservationLine(sku=CHAIR, units=1)


class Revision(Network):
    """One revision on an unreliable network; staff may ask to take it back, or cancel the order."""

    books: RevisionBooks
    saga: DrivenSaga[ReviseOrderData]

    @initialize(
        adds=st.booleans(),
        removes=st.booleans(),
        pays=st.integers(0, 2),
        refunds=st.booleans(),
        lowers=st.booleans(),
    )
    def start(self, adds: bool, removes: bool, pays: int, refunds: bool, lowers: bool) -> None:
        self.begin()
        money = {TAKEN: "captured", EXPECTED: "pending"}
        self.books = RevisionBooks(money=money, order="submitted")
        less = MoneyBack(payment_id=EXPECTED, operation_id=RETURN, amount=Money(7, "GBP"))
        refund = MoneyBack(payment_id=TAKEN, operation_id=REVISION, amount=Money(5, "GBP"))
        data = ReviseOrderData(
            order_id=ORDER,
            revision_id=REVISION,
            site_id=SITE,
            added=(LINE,) if adds else (),
            removed=(LINE,) if removes else (),
            payments=tuple(a_payment(number) for number in range(pays)),
            refunds=(refund,) if refunds else (),
            lowered=(less,) if lowers else (),
        )
        self.saga = run(REVISE_ORDER, data)
        self.join(self.saga)

    @rule()
    def staff_take_it_back(self) -> None:
        self.saga.cancel()
        self.post()

    @rule()
    def staff_cancel_the_order(self) -> None:
        if self.books.order == "cancelled":
            return
        self.saga.process.supersede()
        running = self.books.revision == "running"
        self.books.order = "cancelled"
        paid = (TAKEN, EXPECTED, *(one.payment_id for one in self.saga.process.data.payments))
        data = CancelOrderData(
            order_id=ORDER,
            cancellation_id=RETURN,
            submission_id=SUBMISSION,
            releases=(REVISION,) if running else (),
            payment_ids=paid,
        )
        self.join(run(CANCEL_ORDER, data))

    @override
    def teardown(self) -> None:
        """Let the network heal; then the books must agree."""
        if not hasattr(self, "saga"):
            return
        self.heal()
        books, data = self.books, self.saga.process.data
        added = {one.payment_id for one in data.payments}
        if books.order == "cancelled":
            assert books.stock in {"none", "released", "returned"}
            assert not books.holds_money
            assert books.money[EXPECTED] == "voided"
        elif self.saga.status is Status.COMPLETED:
            assert books.revision == "applied"
            assert books.stock == ("allocated" if data.added else "none")
            assert books.went_back == bool(data.removed)
            assert all(books.money[one] == "captured" for one in added)
            assert books.refunded == (5 if data.refunds else 0)
            assert books.lowered == (7 if data.lowered else 0)
        else:
            assert books.revision == "rejected"
            assert books.stock in {"none", "released"}
            assert not any(books.money.get(one) in {"authorised", "captured"} for one in added)
            assert (books.refunded, books.lowered, books.went_back) == (0, 0, False)


TestRevision = Revision.TestCase
TestRevision.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
