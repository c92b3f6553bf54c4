"""Whatever staff and sagas do to an order, it adds up and stands in one state."""

from collections.abc import Callable

import hypothesis.strategies as st
import pytest
from contracts.values import Money, new_id
from contracts.values import SubmissionId as Submission
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from orders.domain.content import MAX_LINES, Content
from orders.domain.errors import NoSuchPart, NotAcceptable, NotADraft, NotUnderSubmission
from orders.domain.order import State
from orders.domain.parts import Refused, Shipping
from orders.domain.payments import PaymentTerms, shares

from services.orders.tests.builders import CLERK, NOW, a_line, an_order, gbp

amounts = st.integers(0, 10**13)
units = st.integers(1, 10_000_000)
NO = Refused("reserve stock", "OUT_OF_STOCK", "short", "/lines/0")


class OrderLife(RuleBasedStateMachine):
    """One order, edited, submitted, returned, submitted again, cancelled, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.order = an_order(lines=0)
        self.known: list[Submission] = []
        self.version = self.order.version
        self.was = State.DRAFT

    @rule(price=amounts, units=units, collected=st.booleans())
    def add_a_line(self, price: int, units: int, *, collected: bool) -> None:
        self._edit(lambda: self.order.add_line(a_line(price, units, collected=collected)))

    @rule(line=st.integers(1, 5), units=units)
    def change_a_line(self, line: int, units: int) -> None:
        self._edit(lambda: self.order.change_line(line, a_line(7, units)))

    @rule(line=st.integers(1, 5))
    def remove_a_line(self, line: int) -> None:
        self._edit(lambda: self.order.remove_line(line))

    @rule(cost=st.integers(-5, 10**19))
    def ship(self, cost: int) -> None:
        if cost < 2**63:
            self._edit(lambda: self.order.set_shipping(Shipping(gbp(cost))))

    @rule(amount=st.none() | st.integers(-1, 10**13))
    def pay(self, amount: int | None) -> None:
        money = None if amount is None else gbp(amount)
        self._edit(lambda: self.order.add_payment(PaymentTerms("check", money)))

    @rule()
    def hand_in(self) -> None:
        submission = Submission(new_id())
        if self._edit(lambda: self.order.begin_submission(submission, CLERK)):
            assert self.order.content.lines
            assert self.order.content.totals().balance.minor >= 0
            assert self.order.content.refusals == ()
            self.known.append(submission)

    @rule(data=st.data(), how=st.sampled_from(["submit", "return", "cancel"]))
    def the_saga_acts(self, data: st.DataObject, how: str) -> None:
        """A step of any submission, perhaps an old one, perhaps repeated."""
        if not self.known:
            return
        submission = data.draw(st.sampled_from(self.known))
        before = self.order.state
        running = before is State.SUBMITTING and submission == self.order.submission_id
        try:
            if how == "submit":
                done = self.order.submit(submission, NOW)
            else:
                done = self.order.give_back(submission, [NO], cancelled=how == "cancel")
        except NotUnderSubmission:
            assert not running
            return
        assert (done is not None) == running
        if not running:
            assert self.order.state is before

    @rule()
    def cancel(self) -> None:
        try:
            self.order.cancel()
        except NotADraft:
            assert self.order.state in {State.SUBMITTING, State.SUBMITTED}

    def _edit(self, change: Callable[[], object]) -> bool:
        before = self.order.content
        try:
            change()
        except NotADraft:
            assert self.was is not State.DRAFT
        except (NotAcceptable, NoSuchPart):
            pass
        else:
            assert self.was is State.DRAFT
            return True
        assert self.order.content is before, "a refused edit left something behind"
        return False

    @invariant()
    def it_adds_up(self) -> None:
        """TO-1, FU-2: the parts add up; shipping costs nothing when no line ships."""
        content = self.order.content
        totals = content.totals()
        goods = sum(line.terms.unit_price.minor * line.terms.units for line in content.lines)
        ships = not content.lines or any(not line.terms.place for line in content.lines)
        shipping = content.shipping.cost.minor if content.shipping and ships else 0
        assert totals.goods == gbp(goods)
        assert totals.total == totals.goods + totals.shipping == gbp(goods + shipping)
        assert totals.balance == totals.total - totals.paid
        assert min(totals.goods.minor, totals.shipping.minor, totals.paid.minor) >= 0
        assert len({line.line_id for line in content.lines}) == len(content.lines)

    @invariant()
    def it_is_final_when_it_ends(self) -> None:
        """SU-8: a cancelled or submitted order never comes back."""
        if self.was in {State.SUBMITTED, State.CANCELLED}:
            assert self.order.state is self.was
        if self.order.state is not self.was:
            assert self.order.version > self.version
        self.was, self.version = self.order.state, self.order.version


TestOrderLife = OrderLife.TestCase
TestOrderLife.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)


@given(
    goods=st.lists(st.tuples(amounts, units), max_size=20),
    fixed=st.lists(st.integers(1, 10**12), max_size=4),
    rest=st.booleans(),
)
def test_payments_never_come_to_more_than_the_total(
    goods: list[tuple[int, int]], fixed: list[int], *, rest: bool
) -> None:
    """PA-8: several may share an order; what is left is covered to the penny or stays due."""
    content = Content("GBP")
    for price, count in goods:
        try:
            content = content.with_lines([("/lines/0", a_line(price, count))])
        except NotAcceptable:
            continue
    for amount in [*map(gbp, fixed), *([None] if rest else [])]:
        try:
            content = content.with_payment(PaymentTerms("check", amount))
        except NotAcceptable:
            continue
    totals = content.totals()
    assert totals.paid.minor <= totals.total.minor
    if rest:
        assert totals.balance == gbp(0)
    assert sum(one.minor for one in shares(content.payments, totals.total)) == totals.paid.minor


def test_a_free_order_is_a_valid_order() -> None:
    """CP-6: nothing to pay, and no payment is asked for."""
    content = Content("GBP").with_lines([("/lines/0", a_line(0, 3))])
    content = content.with_payment(PaymentTerms("check"))
    assert shares(content.payments, Money(0, "GBP")) == [gbp(0)]
    assert content.totals().balance == gbp(0)


def test_there_are_at_most_a_thousand_lines() -> None:
    full = Content("GBP").with_lines([("", a_line())] * MAX_LINES)
    with pytest.raises(NotAcceptable) as refused:
        full.with_lines([("", a_line())])
    assert refused.value.faults[0].code == "TOO_MANY_LINES"
