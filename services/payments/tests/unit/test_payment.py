from datetime import timedelta
from uuid import UUID

import pytest
from contracts.values import Money, OrderId, PaymentId, SiteId
from payments.domain.errors import WrongState
from payments.domain.gateway import Finding, Standing
from payments.domain.methods import Method, No
from payments.domain.payment import AT_ONCE, Operation, Order, Payment, State

LATER = timedelta(seconds=8)
AUTHORISE, CAPTURE, VOID = Operation.AUTHORISE, Operation.CAPTURE, Operation.VOID


def an_order(method: str = Method.CARD) -> Order:
    return Order(OrderId(UUID(int=1)), SiteId(UUID(int=2)), method, Money(1250, "GBP"))


def a_payment(method: str = Method.CARD, refusal: No | None = None) -> Payment:
    token = "tok_ok" if method == Method.CARD else None
    return Payment.begin(PaymentId(UUID(int=3)), an_order(method), token, refusal)


def an_authorised_payment() -> Payment:
    payment = a_payment()
    payment.call()
    payment.learn(AUTHORISE, Finding(Standing.AUTHORISED, "ch_1"))
    return payment


def test_an_offline_payment_is_pending_at_once_and_asks_no_gateway() -> None:
    """PA-3, PA-7."""
    for method in set(Method) - {Method.CARD}:
        payment = a_payment(method)

        assert (payment.state, payment.operation, payment.version) == (State.PENDING, None, 1)


def test_a_refused_payment_is_declined_at_once() -> None:
    """PA-7."""
    payment = a_payment(refusal=No("CURRENCY_MISMATCH", "the site takes EUR, not GBP"))

    assert (payment.state, payment.token, payment.operation) == (State.DECLINED, None, None)


def test_a_payment_goes_from_requested_to_captured_and_tells_each_settled_state_once() -> None:
    """PA-7."""
    payment = a_payment()
    assert (payment.state, payment.version, payment.rest) == (State.REQUESTED, 0, AT_ONCE)

    payment.call()
    assert (payment.state, payment.calls) == (State.CALLING, 1)

    payment.learn(AUTHORISE, Finding(Standing.AUTHORISED, "ch_1"))
    assert (payment.state, payment.version, payment.token) == (State.AUTHORISED, 1, None)

    payment.capture()
    payment.call()
    payment.learn(CAPTURE, Finding(Standing.CAPTURED))
    assert (payment.state, payment.version, payment.reference) == (State.CAPTURED, 2, "ch_1")


def test_silence_is_a_state_and_the_token_is_kept_to_ask_again() -> None:
    """PA-7: unknown is a real state."""
    payment = a_payment()
    payment.call()

    payment.miss(AUTHORISE, "no answer in time", LATER)
    payment.miss(AUTHORISE, "no answer in time", LATER)

    assert (payment.state, payment.version, payment.rest) == (State.UNKNOWN, 1, LATER)
    assert (payment.operation, payment.token) == (AUTHORISE, "tok_ok")


def test_a_void_before_any_call_is_done_at_once() -> None:
    """PA-7."""
    payment = a_payment()

    payment.void()

    assert (payment.state, payment.operation, payment.token) == (State.VOIDED, None, None)


@pytest.mark.parametrize("heard_nothing", [False, True])
def test_a_void_during_a_call_waits_until_its_outcome_is_known(heard_nothing: bool) -> None:
    """PA-7, I5: a void of "nothing" could be overtaken by the call it should undo."""
    payment = a_payment()
    payment.call()
    if heard_nothing:
        payment.miss(AUTHORISE, "no answer in time", LATER)

    payment.void()
    assert payment.state is (State.UNKNOWN if heard_nothing else State.CALLING)
    assert payment.operation is AUTHORISE

    assert not payment.learn(AUTHORISE, Finding(Standing.NOT_FOUND))
    payment.learn(AUTHORISE, Finding(Standing.AUTHORISED))
    assert payment.operation is VOID
    payment.learn(VOID, Finding(Standing.VOIDED))
    assert payment.state is State.VOIDED


def test_a_void_of_a_declined_payment_leaves_it_declined() -> None:
    """PA-7: no money is held, and the reason stays."""
    payment = a_payment()
    payment.call()
    payment.learn(AUTHORISE, Finding(Standing.DECLINED, reason="no funds"))

    payment.void()

    assert (payment.state, payment.refusal) == (State.DECLINED, No("PAYMENT_DECLINED", "no funds"))


@pytest.mark.parametrize("captured", [False, True])
def test_a_void_of_taken_money_lets_go_of_it(captured: bool) -> None:
    """PA-7."""
    payment = an_authorised_payment()
    payment.capture()
    if captured:
        payment.learn(CAPTURE, Finding(Standing.CAPTURED))

    payment.void()
    payment.learn(CAPTURE, Finding(Standing.CAPTURED))

    assert (payment.state, payment.operation) == (State.VOIDING, VOID)


def test_a_late_answer_to_another_question_changes_nothing() -> None:
    """I7."""
    payment = an_authorised_payment()
    payment.capture()

    assert payment.learn(AUTHORISE, Finding(Standing.VOIDED))
    payment.miss(AUTHORISE, "no answer in time", LATER)

    assert (payment.state, payment.version, payment.trouble) == (State.CAPTURING, 1, None)


def test_only_money_set_aside_is_captured() -> None:
    """PA-7."""
    for payment in (a_payment(), Payment.never(PaymentId(UUID(int=9)))):
        with pytest.raises(WrongState):
            payment.capture()


def test_the_mark_of_an_early_void_learns_once_what_it_refuses() -> None:
    """PA-7, fault 9."""
    payment = Payment.never(PaymentId(UUID(int=9)))

    payment.concern(an_order())
    payment.concern(an_order(Method.CHECK))

    assert (payment.state, payment.version) == (State.VOIDED, 1)
    assert payment.order == an_order()
