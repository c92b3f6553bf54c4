"""Whatever the network does, an order ends submitted with all, or returned with nothing held.

Model of faults 6, 7, 9, 33, 36 to 38 and 52: every message may be copied, lost, reordered or late;
staff may cancel at any time; any participant may say no; an operator asks again or lets it be.
"""

from datetime import timedelta
from uuid import UUID

import hypothesis.strategies as st
from contracts.message import Command, Reply
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from messaging.saga.state import Status
from messaging.saga.testing import DrivenSaga, run
from orders.sagas.submit_order import SUBMIT_ORDER, SubmitOrderData
from typing_extensions import override

from services.orders.tests.sagas.builders import a_submission
from services.orders.tests.sagas.promises import Books

_LOCAL = "orders"


class Submission(RuleBasedStateMachine):
    """One submission on an unreliable network."""

    saga: DrivenSaga[SubmitOrderData]
    taken: int

    @initialize(payments=st.integers(0, 2), coupons=st.integers(0, 1))
    def start(self, payments: int, coupons: int) -> None:
        self.books = Books()
        self.saga = run(SUBMIT_ORDER, a_submission(payments=payments, coupons=coupons))
        self.commands: list[tuple[UUID, Command]] = []
        self.replies: list[tuple[UUID, Reply]] = []
        self.taken = 0
        self.applied: set[UUID] = set()
        self.cancel_accepted = False
        self.let_be = False
        self._post()

    def _post(self) -> None:
        """Put what the saga sent on the network; local steps are done in the saga's transaction."""
        while self.taken < len(self.saga.sent):
            sending = self.saga.sent[self.taken]
            self.taken += 1
            if sending.command.owner() == _LOCAL:
                reply = self.books.handle(sending.id, sending.command, agree=True)
                self.saga.answer(sending.id, reply)
            else:
                self.commands.append((sending.id, sending.command))

    def _deliver_command(self, place: int, *, agree: bool, keep: bool) -> None:
        id_, command = self.commands[place] if keep else self.commands.pop(place)
        self.replies.append((id_, self.books.handle(id_, command, agree=agree)))

    @precondition(lambda self: self.commands)
    @rule(data=st.data(), agree=st.integers(0, 4), keep=st.booleans())
    def a_participant_acts(self, data: st.DataObject, agree: int, keep: bool) -> None:
        place = data.draw(st.integers(0, len(self.commands) - 1))
        self._deliver_command(place, agree=agree > 0, keep=keep)

    @precondition(lambda self: self.replies)
    @rule(data=st.data(), keep=st.booleans())
    def a_reply_arrives(self, data: st.DataObject, keep: bool) -> None:
        place = data.draw(st.integers(0, len(self.replies) - 1))
        id_, reply = self.replies[place] if keep else self.replies.pop(place)
        applied = self.saga.answer(id_, reply)
        if applied:
            assert id_ not in self.applied, "I7: a reply was applied twice"
            self.applied.add(id_)
        self._post()

    @rule(hops=st.integers(1, 9))
    def the_network_is_quick(self, hops: int) -> None:
        """Let the next hops happen in order, or late states would hardly ever be reached."""
        for _ in range(hops):
            if self.replies:
                id_, reply = self.replies.pop(0)
                self.saga.answer(id_, reply)
                self._post()
            elif self.commands:
                self._deliver_command(0, agree=True, keep=False)

    @precondition(lambda self: self.commands)
    @rule(data=st.data())
    def a_command_is_lost(self, data: st.DataObject) -> None:
        self.commands.pop(data.draw(st.integers(0, len(self.commands) - 1)))

    @precondition(lambda self: self.replies)
    @rule(data=st.data())
    def a_reply_is_lost(self, data: st.DataObject) -> None:
        self.replies.pop(data.draw(st.integers(0, len(self.replies) - 1)))

    @rule(seconds=st.sampled_from([1, 20, 100, 700]))
    def time_passes(self, seconds: int) -> None:
        self.saga.wait(timedelta(seconds=seconds))
        self._post()

    @rule()
    def staff_cancel(self) -> None:
        submitted = self.books.order == "submitted"
        accepted = self.saga.cancel()
        assert not (accepted and submitted), "a submitted order was cancelled"
        self.cancel_accepted = self.cancel_accepted or accepted
        self._post()

    @precondition(lambda self: self.saga.process.state.attention is not None)
    @rule(patient=st.booleans())
    def an_operator_decides(self, patient: bool) -> None:
        process = self.saga.process
        if patient:
            process.ask_again(self.saga.now)
        elif process.let_be("no more of this", self.saga.now):
            self.let_be = True
        self.saga.collect()
        self._post()

    @invariant()
    def never_both(self) -> None:
        if self.books.order == "submitted":
            assert self.books.stock in {"held", "allocated"}
        if self.books.order == "returned":
            assert self.saga.status is Status.COMPENSATED

    @override
    def teardown(self) -> None:
        """Let the network heal and everything arrive; then the books must agree (I5, I6)."""
        if not hasattr(self, "saga"):
            return
        for _ in range(60):
            while self.commands:
                self._deliver_command(0, agree=True, keep=False)
            while self.replies:
                id_, reply = self.replies.pop(0)
                self.saga.answer(id_, reply)
                self._post()
            if self.saga.process.state.ended:
                break
            if self.saga.process.state.refused_here:
                self.saga.process.ask_again(self.saga.now)
                self.saga.collect()
            self.saga.wait(timedelta(seconds=301))
            self._post()
        self._check_the_end()

    def _check_the_end(self) -> None:
        while self.commands:  # what still travels must not change the outcome
            self._deliver_command(0, agree=True, keep=False)
        match self.saga.status:
            case Status.COMPLETED:
                assert self.books.order == "submitted"
                assert self.books.stock == "allocated"
                assert self.books.coupons in {"used", "none"}
                taken = {"captured", "authorised"} if self.let_be else {"captured"}
                assert set(self.books.money.values()) <= taken
                assert not self.cancel_accepted
            case Status.COMPENSATED:
                assert self.books.order == "returned"
                assert self.books.stock in {"none", "released"}
                assert self.books.coupons in {"none", "returned"}
                assert not self.books.holds_money
                assert self.books.cancelled or not self.cancel_accepted
            case _:
                raise AssertionError(f"the saga has not ended: {self.saga.process.state}")


TestSubmission = Submission.TestCase
TestSubmission.settings = settings(max_examples=400, stateful_step_count=40, deadline=None)
