"""Less is expected of a payment whose money comes from outside (SU-11)."""

from uuid import UUID

import pytest
from contracts.payments.replies import LowerRefused, PaymentLowered
from contracts.values import Money, OrderId, PaymentId, SiteId
from hypothesis import given, settings
from hypothesis import strategies as st
from payments.domain.errors import OperationIdReused
from payments.domain.methods import Method
from payments.domain.operations import Kind
from payments.domain.payment import Payment
from payments.domain.record import Order
from payments.domain.states import WITHOUT_MONEY, State
from payments.handlers.answers import to_lower

ID, ONE, TWO = (UUID(int=number) for number in (3, 11, 12))
TOTAL = 1000
WHY = "the order was revised"


def gbp(minor: int) -> Money:
    return Money(minor, "GBP")


def expected(method: Method = Method.PURCHASE_ORDER, gateway: str | None = None) -> Payment:
    order = Order(OrderId(UUID(int=1)), SiteId(UUID(int=2)), method, gbp(TOTAL))
    return Payment.begin(PaymentId(ID), order, None, None, gateway)


def test_what_has_not_come_is_expected_no_more() -> None:
    """SU-11, EV-1: told once, under one id, however often it is asked."""
    payment = expected()
    version = payment.version
    for _ in range(3):
        payment.lower(ONE, gbp(400), WHY)
    assert (payment.state, payment.amounts.open, payment.version) == (
        State.PENDING,
        600,
        version + 1,
    )
    answer = to_lower(payment, ONE)
    assert isinstance(answer, PaymentLowered)
    assert (answer.expected, answer.voided, answer.refunded) == (gbp(600), gbp(400), gbp(0))
    payment.receive(TWO, None, None)
    assert (payment.state, payment.amounts.captured) == (State.CAPTURED, 600)


def test_what_has_come_is_paid_back_only_beyond_the_rest() -> None:
    """SU-11, SC-2: the payment names both, and the answer is the same for good."""
    payment = expected()
    payment.receive(TWO, gbp(900), None)
    payment.lower(ONE, gbp(400), WHY)
    assert (payment.amounts.open, payment.amounts.refundable) == (0, 600)
    assert payment.state is State.PARTLY_REFUNDED
    answer = to_lower(payment, ONE)
    assert isinstance(answer, PaymentLowered)
    assert (answer.voided, answer.refunded) == (gbp(100), gbp(300))
    kinds = [(one.kind, one.amount, one.reason) for one in payment.operations.values()][-2:]
    assert kinds == [(Kind.LOWER, 400, WHY), (Kind.REFUND, 300, WHY)]


@pytest.mark.parametrize(("come", "state"), [(0, State.VOIDED), (300, State.REFUNDED)])
def test_of_a_payment_lowered_to_nothing_nothing_is_left(come: int, state: State) -> None:
    """PA-7: it stays so, and takes no money that comes late."""
    payment = expected()
    if come:
        payment.receive(TWO, gbp(come), None)
    payment.lower(ONE, gbp(TOTAL), WHY)
    assert (payment.state, payment.amounts.held) == (state, 0)
    assert payment.receive(UUID(int=13), gbp(1), None).refusal is not None


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (gbp(1001), "AMOUNT_EXCEEDS_EXPECTED"),
        (gbp(0), "AMOUNT_OUT_OF_RANGE"),
        (gbp(-1), "AMOUNT_OUT_OF_RANGE"),
        (Money(1, "EUR"), "CURRENCY_MISMATCH"),
    ],
)
def test_what_cannot_be_lowered_is_refused_for_good(amount: Money, code: str) -> None:
    """SU-9: by name, and nothing changes."""
    payment = expected()
    before = payment.amounts, payment.version
    for _ in range(2):
        payment.lower(ONE, amount, WHY)
        answer = to_lower(payment, ONE)
        assert isinstance(answer, LowerRefused)
        assert answer.code == code
    assert (payment.amounts, payment.version) == before


def test_a_gateways_money_is_not_lowered() -> None:
    """PA-9: it is captured in part, or refunded."""
    payment = expected(Method.CARD, "test")
    refusal = payment.lower(ONE, gbp(1), WHY).refusal
    assert refusal is not None
    assert refusal.code == "HELD_BY_GATEWAY"


def test_a_voided_payment_is_not_lowered() -> None:
    """SU-8: a cancel wins over a revision whose lowering comes late."""
    payment = expected()
    payment.void()
    refusal = payment.lower(ONE, gbp(1), WHY).refusal
    assert refusal is not None
    assert refusal.code == "PAYMENT_VOIDED"


def test_an_id_is_of_one_operation() -> None:
    """PA-7."""
    payment = expected()
    payment.lower(ONE, gbp(1), WHY)
    with pytest.raises(OperationIdReused):
        payment.lower(ONE, gbp(2), WHY)
    with pytest.raises(OperationIdReused):
        payment.receive(ONE, gbp(1), None)


steps = st.lists(
    st.tuples(
        st.sampled_from(["receive", "lower", "refund", "void"]),
        st.integers(1, 8),
        st.sampled_from([1, 99, 250, 500, TOTAL]),
    ),
    max_size=25,
)


@settings(max_examples=500)
@given(steps=steps)
def test_money_from_outside_adds_up_whatever_is_asked(steps: list[tuple[str, int, int]]) -> None:
    """PA-7, SU-11: every operation counts once; what is told is what is in the books."""
    payment = expected()
    for kind, number, minor in steps:
        id_ = UUID(int=100 + number)
        try:
            match kind:
                case "receive":
                    payment.receive(id_, gbp(minor), None)
                case "lower":
                    payment.lower(id_, gbp(minor), WHY)
                case "refund":
                    payment.refund(id_, gbp(minor), WHY)
                case _ if number == 1:
                    payment.void(UUID(int=1))
                case _:
                    pass
        except OperationIdReused:
            continue
        sums = payment.amounts
        assert sums.authorised == TOTAL == sums.open + sums.captured + sums.voided
        done = [one for one in payment.operations.values() if one.refusal is None]
        lowered = [one for one in done if one.kind is Kind.LOWER]
        told = [to_lower(payment, one.id) for one in lowered]
        back = sum(one.refunded.minor for one in told if isinstance(one, PaymentLowered))
        less = sum(one.voided.minor for one in told if isinstance(one, PaymentLowered))
        assert back + less == sum(one.amount for one in lowered)
        if not any(one.kind is Kind.VOID for one in done):
            assert less == sums.voided
            refunds = sum(one.amount for one in done if one.kind is Kind.REFUND)
            assert back <= refunds == sums.refunded
        assert (payment.state in WITHOUT_MONEY) == (sums.held == 0)
