"""The promises of a payment, over any sequence of commands, copies, losses and crashes.

Up to three callers are in the middle of a call at the same time: each visit of ``reach`` lets one
call get to the gateway, each visit of ``hear`` brings one answer home, in any order, or not at all.
"""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from contracts.payments.replies import PaymentVoided, VoidRefused
from contracts.values import Money, OrderId, PaymentId, SiteId
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from payments.domain.amounts import Amounts
from payments.domain.errors import WrongState
from payments.domain.gateway import Action, Finding, Standing
from payments.domain.methods import Method, No
from payments.domain.operations import Kind, Operation
from payments.domain.payment import Payment
from payments.domain.record import Order
from payments.domain.states import WITHOUT_MONEY, State
from payments.handlers.answers import to_authorise, to_void
from typing_extensions import override

PAYMENT = PaymentId(UUID(int=3))
TOTAL = 1250
ORDER = Order(OrderId(UUID(int=1)), SiteId(UUID(int=2)), Method.CARD, Money(TOTAL, "GBP"))
REST = timedelta(seconds=1)
parts = st.sampled_from([1, 250, 400, 1000, TOTAL])


class Books:
    """A gateway that dedupes by key, and its ledger."""

    def __init__(self) -> None:
        self.standing = Standing.NOT_FOUND
        self.sums = Amounts()
        self.ledger: list[UUID] = []
        self.refused: dict[UUID, No] = {}
        self.declines = False
        self.asks_for_action = False
        self.one_capture = False
        self.refuses_voids = False

    def look(self, step: Operation) -> Finding:
        return Finding(
            self.standing,
            captured=self.sums.captured,
            refunded=self.sums.refunded,
            voided=self.sums.voided,
            done=frozenset(self.ledger) & {step.id},
            refused=self.refused.get(step.id),
            action=Action() if self.standing is Standing.REQUIRES_ACTION else None,
        )

    def do(self, step: Operation) -> Finding:
        if step.id not in self.ledger and step.id not in self.refused:
            self._act(step)
        return self.look(step)

    def authenticate(self, *, succeeds: bool) -> None:
        if self.standing is Standing.REQUIRES_ACTION:
            self.standing = Standing.AUTHORISED if succeeds else Standing.DECLINED
            self.sums = Amounts(TOTAL if succeeds else 0)

    def _act(self, step: Operation) -> None:
        match step.kind:
            case Kind.AUTHORISE:
                self.ledger.append(step.id)
                if self.asks_for_action:
                    self.standing = Standing.REQUIRES_ACTION
                else:
                    self.standing = Standing.DECLINED if self.declines else Standing.AUTHORISED
                    self.sums = Amounts(0 if self.declines else TOTAL)
            case Kind.VOID if self.refuses_voids and self.sums.held:
                self.refused[step.id] = No("GATEWAY_REFUSED", "not this one")
            case Kind.VOID if self.standing in {Standing.AUTHORISED, Standing.REQUIRES_ACTION}:
                self.sums, self.standing = self.sums.let_go(), Standing.VOIDED
                self.ledger.append(step.id)
            case Kind.CAPTURE:
                self._move(step, self.sums.open, self.sums.take)
                if self.one_capture and step.id in self.ledger:
                    self.sums = dataclasses.replace(self.sums, voided=TOTAL - self.sums.captured)
            case Kind.REFUND:
                self._move(step, self.sums.refundable, self.sums.give_back)
            case _:
                pass

    def _move(self, step: Operation, left: int, move: Callable[[int], Amounts]) -> None:
        if self.standing is not Standing.AUTHORISED or step.amount > left:
            self.refused[step.id] = No("GATEWAY_REFUSED", "not so much")
            return
        self.sums = move(step.amount)
        self.ledger.append(step.id)
        if self.sums.held == 0:
            self.standing = Standing.VOIDED


class Call:
    """A call of one caller, somewhere on its way."""

    def __init__(self, step: Operation, *, looks_up: bool) -> None:
        self.step = step
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
        self.next_id = 100

    # -- commands, any number of times, in any order

    @rule()
    def authorise(self) -> None:
        if self.payment is None:
            self.payment = Payment.begin(PAYMENT, ORDER, "tok_ok", None, "test")
        self.payment.concern(ORDER)

    @rule(chance=st.integers(0, 5))
    def void(self, chance: int) -> None:
        if chance != 3:  # rare, or most runs end before they are interesting
            return
        self.asked_to_void = True
        if self.payment is None:
            self.payment = Payment.never(PAYMENT)
        self._void()

    @rule(amount=st.none() | parts, again=st.booleans())
    def capture(self, amount: int | None, again: bool) -> None:
        money = None if amount is None else Money(amount, "GBP")
        if self.payment is not None:
            try:
                operation = self.payment.capture(self._new_id() if amount else None, money)
                if again and amount:
                    assert self.payment.capture(operation.id, money) == operation
            except WrongState:
                assert not self.payment.amounts.captured

    @rule(amount=parts)
    def refund(self, amount: int) -> None:
        if self.payment is not None:
            self.payment.refund(self._new_id(), Money(amount, "GBP"), "why not")

    @rule(succeeds=st.booleans())
    def authenticate(self, succeeds: bool) -> None:
        self.books.authenticate(succeeds=succeeds)
        if self.payment is not None:
            self.payment.nudge()

    # -- callers: a lease may end while its caller is still alive

    @precondition(lambda self: self.payment is not None and self.payment.step is not None)
    @precondition(lambda self: len(self.calls) < 3)
    @rule()
    def take(self) -> None:
        assert self.payment is not None
        self.payment.call()
        step = self.payment.step
        assert step is not None
        self.calls.append(Call(step, looks_up=self.payment.calls > 1))

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), declines=st.booleans(), acts=st.booleans(), one=st.booleans())
    def reach(self, data: st.DataObject, declines: bool, acts: bool, one: bool) -> None:
        call = data.draw(st.sampled_from(self.calls))
        self.books.declines, self.books.asks_for_action = declines, acts
        self.books.one_capture, self.books.refuses_voids = one, data.draw(st.booleans())
        if call.looks_up:
            call.looks_up = False
            call.finding = self.books.look(call.step)
            assert self.payment is not None
            if self.payment.would_settle(call.finding):
                return
        call.finding = self.books.do(call.step)

    @precondition(lambda self: self.calls)
    @rule(data=st.data())
    def hang_up(self, data: st.DataObject) -> None:
        """Give up on a call, which may still be on its way: it can reach the gateway later."""
        call = data.draw(st.sampled_from(self.calls))
        assert self.payment is not None
        self.payment.miss(call.step.id, "no answer in time", REST)

    @precondition(lambda self: any(call.finding for call in self.calls))
    @rule(data=st.data(), crashes=st.booleans())
    def hear(self, data: st.DataObject, crashes: bool) -> None:
        """Take an answer home, or die with it."""
        call = data.draw(st.sampled_from([call for call in self.calls if call.finding]))
        self.calls.remove(call)
        payment = self.payment
        assert payment is not None
        assert call.finding is not None
        if not crashes and not payment.learn(call.step.id, call.finding, REST):
            payment.miss(call.step.id, "settles nothing", REST)

    # -- promises

    @invariant()
    def nothing_is_done_twice(self) -> None:
        """I4: each operation at most once, and never more money than was set aside."""
        assert len(self.books.ledger) == len(set(self.books.ledger))
        assert self.books.sums.captured <= TOTAL

    @invariant()
    def answers_are_true_now_and_for_good(self) -> None:
        """I5: "voided" and "declined" only when no money is held; "authorised" only when it is."""
        if self.payment is None:
            return
        if isinstance(to_void(self.payment), PaymentVoided):
            assert self.books.sums.held == 0
        told = to_authorise(self.payment)
        if told is not None and self.payment.state not in WITHOUT_MONEY:
            assert State.AUTHORISED.value in told.model_dump_json()
            assert self.payment.step is None or self.payment.step.kind is not Kind.AUTHORISE

    @invariant()
    def nothing_is_known_that_is_not_so(self) -> None:
        """PA-7: what is told as taken or given back is so at the gateway."""
        if self.payment is not None:
            known, true = self.payment.amounts, self.books.sums
            assert known.captured <= true.captured
            assert known.refunded <= true.refunded
            assert self.payment.state not in WITHOUT_MONEY or known.held == 0

    @invariant()
    def versions_have_no_gaps(self) -> None:
        """EV-1: they only grow."""
        version = self.payment.version if self.payment else 0
        self.versions.append(version)
        assert self.versions == sorted(self.versions)

    @override
    def teardown(self) -> None:
        """After everything has come to rest (I6), both sides have the same sums."""
        self.books.authenticate(succeeds=True)
        self.books.refuses_voids = False
        for _ in range(40):
            for call in self.calls:
                self.books.do(call.step)  # what was under way arrives after all
            self.books.authenticate(succeeds=True)
            if self.payment is not None and (step := self.payment.step) is not None:
                self.payment.call()
                self.payment.learn(step.id, self.books.do(step), REST)
            elif self.payment is not None and self.asked_to_void:
                self._void()
        payment = self.payment
        if payment is None:
            return
        assert payment.step is None
        if payment.amounts.authorised or self.books.sums.held:
            assert payment.amounts == self.books.sums
        assert (self.books.sums.held > 0) == (payment.state not in WITHOUT_MONEY)
        if self.asked_to_void:
            assert self.books.sums.held == 0
            assert isinstance(to_void(payment), PaymentVoided)
        self.nothing_is_done_twice()

    def _void(self) -> None:
        """Ask for a void; after one that was refused under a new id, as an operator has it."""
        assert self.payment is not None
        refused = isinstance(to_void(self.payment), VoidRefused)
        self.payment.void(self._new_id() if refused else None)

    def _new_id(self) -> UUID:
        self.next_id += 1
        return UUID(int=self.next_id)


TestPaymentPromises = PaymentPromises.TestCase
TestPaymentPromises.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
