"""The promises of a payment, over any sequence of commands, copies, losses and crashes.

Up to three callers are in the middle of a call at the same time: each visit of ``reach`` lets one
call get to the gateway, each visit of ``hear`` brings one answer home, in any order, or not at all.
"""

from datetime import timedelta
from uuid import UUID

from contracts.values import Money, OrderId, PaymentId, SiteId
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from payments.domain.errors import WrongState
from payments.domain.gateway import Finding, Standing
from payments.domain.methods import Method
from payments.domain.payment import Operation, Order, Payment, State
from payments.handlers.answers import to_authorise, to_capture, to_void
from typing_extensions import override

PAYMENT = PaymentId(UUID(int=3))
ORDER = Order(OrderId(UUID(int=1)), SiteId(UUID(int=2)), Method.CARD, Money(1250, "GBP"))
REST = timedelta(seconds=1)
HELD = {Standing.AUTHORISED, Standing.CAPTURED}


class Books:
    """A gateway that dedupes by key, and its ledger."""

    def __init__(self) -> None:
        self.standing = Standing.NOT_FOUND
        self.ledger: list[Operation] = []
        self.declines = False
        self.answered: dict[Operation, Finding] = {}

    def do(self, operation: Operation) -> Finding:
        if operation not in self.answered:
            self._act(operation)
            if self.standing is Standing.NOT_FOUND:
                return Finding(self.standing)
            self.answered[operation] = Finding(self.standing)
        return self.answered[operation]

    def _act(self, operation: Operation) -> None:
        match operation:
            case Operation.AUTHORISE:
                self.standing = Standing.DECLINED if self.declines else Standing.AUTHORISED
                if self.declines:
                    return
            case Operation.CAPTURE if self.standing is Standing.AUTHORISED:
                self.standing = Standing.CAPTURED
            case Operation.VOID if self.standing in HELD:
                self.standing = Standing.VOIDED
            case _:
                return
        self.ledger.append(operation)


class Call:
    """A call of one caller, somewhere on its way."""

    def __init__(self, operation: Operation, *, looks_up: bool) -> None:
        self.operation = operation
        self.looks_up = looks_up
        self.finding: Finding | None = None


class PaymentPromises(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.books = Books()
        self.payment: Payment | None = None
        self.calls: list[Call] = []
        self.asked_to_void = False
        self.versions: list[int] = []

    # -- commands, any number of times, in any order

    @rule()
    def authorise(self) -> None:
        if self.payment is None:
            self.payment = Payment.begin(PAYMENT, ORDER, "tok_ok", None)
        self.payment.concern(ORDER)

    @rule(chance=st.integers(0, 4))
    def void(self, chance: int) -> None:
        if chance != 3:  # rare, or most runs end before they are interesting
            return
        self.asked_to_void = True
        if self.payment is None:
            self.payment = Payment.never(PAYMENT)
        self.payment.void()

    @rule()
    def capture(self) -> None:
        if self.payment is not None:
            try:
                self.payment.capture()
            except WrongState:
                assert to_capture(self.payment) is None

    # -- callers: a lease may end while its caller is still alive

    @precondition(lambda self: self.payment is not None and self.payment.operation is not None)
    @precondition(lambda self: len(self.calls) < 3)
    @rule()
    def take(self) -> None:
        assert self.payment is not None
        self.payment.call()
        operation = self.payment.operation
        assert operation is not None
        self.calls.append(Call(operation, looks_up=self.payment.calls > 1))

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), declines=st.booleans())
    def reach(self, data: st.DataObject, declines: bool) -> None:
        call = data.draw(st.sampled_from(self.calls))
        self.books.declines = declines
        if call.looks_up:
            call.looks_up = False
            call.finding = Finding(self.books.standing)
            assert self.payment is not None
            if self.payment.would_settle(call.finding):
                return
        call.finding = self.books.do(call.operation)

    @precondition(lambda self: self.calls)
    @rule(data=st.data())
    def hang_up(self, data: st.DataObject) -> None:
        """Give up on a call, which may still be on its way: it can reach the gateway later."""
        call = data.draw(st.sampled_from(self.calls))
        assert self.payment is not None
        self.payment.miss(call.operation, "no answer in time", REST)

    @precondition(lambda self: any(call.finding for call in self.calls))
    @rule(data=st.data(), crashes=st.booleans())
    def hear(self, data: st.DataObject, crashes: bool) -> None:
        """Take an answer home, or die with it."""
        call = data.draw(st.sampled_from([call for call in self.calls if call.finding]))
        self.calls.remove(call)
        payment = self.payment
        assert payment is not None
        assert call.finding is not None
        if not crashes and not payment.learn(call.operation, call.finding):
            payment.miss(call.operation, "settles nothing", REST)

    # -- promises

    @invariant()
    def never_two_authorisations(self) -> None:
        """I4."""
        for operation in Operation:
            assert self.books.ledger.count(operation) <= 1

    @invariant()
    def answers_are_true_now_and_for_good(self) -> None:
        """I5: "voided" and "declined" only when no money is held; "authorised" only when it is."""
        if self.payment is None:
            return
        if to_void(self.payment) is not None:
            assert self.books.standing not in HELD
        if self.payment.state in {State.AUTHORISED, State.CAPTURING, State.CAPTURED}:
            assert self.books.standing in HELD
            assert to_authorise(self.payment) is not None
        if self.payment.state is State.CAPTURED:
            assert Operation.CAPTURE in self.books.ledger

    @invariant()
    def versions_have_no_gaps(self) -> None:
        """EV-1."""
        version = self.payment.version if self.payment else 0
        if not self.versions or self.versions[-1] != version:
            self.versions.append(version)
        assert self.versions == list(range(len(self.versions)))

    @override
    def teardown(self) -> None:
        """After everything has come to rest (I6): voided or declined, if and only if no money."""
        for _ in range(4):
            for call in self.calls:
                self.books.do(call.operation)  # what was under way arrives after all
            if self.payment is not None and (operation := self.payment.operation) is not None:
                self.payment.call()
                self.payment.learn(operation, self.books.do(operation))
        if self.payment is None:
            return
        assert self.payment.operation is None
        held = self.books.standing in HELD
        assert held == (self.payment.state not in {State.VOIDED, State.DECLINED})
        if self.asked_to_void:
            assert not held
            assert to_void(self.payment) is not None
        self.never_two_authorisations()


TestPaymentPromises = PaymentPromises.TestCase
TestPaymentPromises.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
