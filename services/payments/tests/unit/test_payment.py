from datetime import timedelta
from uuid import UUID

import pytest
from contracts.values import Money, OrderId, PaymentId, SiteId
from payments.domain.amounts import Amounts
from payments.domain.errors import OperationIdReused, WrongState
from payments.domain.gateway import Action, Finding, Standing
from payments.domain.methods import OFFLINE, Method, No
from payments.domain.operations import Kind, Outcome, void_id
from payments.domain.payment import Payment
from payments.domain.record import AT_ONCE, Order
from payments.domain.states import ORIGINS, State

LATER = timedelta(seconds=8)
ID = PaymentId(UUID(int=3))
ONE, TWO = UUID(int=11), UUID(int=12)


def gbp(minor: int) -> Money:
    return Money(minor, "GBP")


def an_order(method: str = Method.CARD) -> Order:
    return Order(OrderId(UUID(int=1)), SiteId(UUID(int=2)), method, gbp(1250))


def a_payment(method: str = Method.CARD, refusal: No | None = None) -> Payment:
    token = "tok_ok" if method == Method.CARD else None
    gateway = None if method in OFFLINE else "test"
    return Payment.begin(ID, an_order(method), token, refusal, gateway)


def kind_of(payment: Payment) -> Kind | None:
    return payment.step.kind if payment.step else None


def answer(payment: Payment, finding: Finding) -> bool:
    """Call for the present step, and hear this."""
    assert payment.step is not None
    payment.call()
    return payment.learn(payment.step.id, finding, LATER)


def miss(payment: Payment, trouble: str = "no answer in time") -> None:
    assert payment.step is not None
    payment.miss(payment.step.id, trouble, LATER)


def done(payment: Payment, captured: int, refunded: int = 0, voided: int = 0) -> None:
    """Have the gateway carry out the present step."""
    assert payment.step is not None
    finding = Finding(
        Standing.AUTHORISED,
        captured=captured,
        refunded=refunded,
        voided=voided,
        done=frozenset({payment.step.id}),
    )
    assert answer(payment, finding)


def an_authorised_payment() -> Payment:
    payment = a_payment()
    answer(payment, Finding(Standing.AUTHORISED, "ch_1"))
    return payment


def a_captured_payment() -> Payment:
    payment = an_authorised_payment()
    payment.capture()
    done(payment, captured=1250)
    return payment


def test_an_offline_payment_is_pending_at_once_and_asks_no_gateway() -> None:
    """PA-3, PA-7."""
    for method in OFFLINE:
        payment = a_payment(method)

        assert (payment.state, payment.step, payment.version) == (State.PENDING, None, 1)


def test_a_refused_payment_is_declined_at_once() -> None:
    """PA-7."""
    payment = a_payment(refusal=No("CURRENCY_MISMATCH", "the site takes EUR, not GBP"))

    assert (payment.state, payment.token, payment.step) == (State.DECLINED, None, None)


def test_a_payment_goes_from_requested_to_captured_and_tells_each_settled_state_once() -> None:
    """PA-7."""
    payment = a_payment()
    assert (payment.state, payment.version, payment.rest) == (State.REQUESTED, 0, AT_ONCE)

    payment.call()
    assert (payment.state, payment.calls) == (State.CALLING, 1)

    payment.learn(ID, Finding(Standing.AUTHORISED, "ch_1"), LATER)
    assert (payment.state, payment.version, payment.token) == (State.AUTHORISED, 1, None)

    payment.capture()
    done(payment, captured=1250)
    assert (payment.state, payment.version, payment.reference) == (State.CAPTURED, 2, "ch_1")


def test_silence_is_a_state_and_the_token_is_kept_to_ask_again() -> None:
    """PA-7: unknown is a real state."""
    payment = a_payment()
    payment.call()

    miss(payment)
    miss(payment)

    assert (payment.state, payment.version, payment.rest) == (State.UNKNOWN, 1, LATER)
    assert (kind_of(payment), payment.token) == (Kind.AUTHORISE, "tok_ok")


def test_a_void_before_any_call_is_done_at_once() -> None:
    """PA-7."""
    payment = a_payment()

    payment.void()

    assert (payment.state, payment.step, payment.token) == (State.VOIDED, None, None)


@pytest.mark.parametrize("heard_nothing", [False, True])
def test_a_void_during_a_call_waits_until_its_outcome_is_known(heard_nothing: bool) -> None:
    """PA-7, I5: a void of "nothing" could be overtaken by the call it should undo."""
    payment = a_payment()
    payment.call()
    if heard_nothing:
        miss(payment)

    payment.void()
    assert payment.state is (State.UNKNOWN if heard_nothing else State.CALLING)
    assert kind_of(payment) is Kind.AUTHORISE

    assert not answer(payment, Finding(Standing.NOT_FOUND))
    answer(payment, Finding(Standing.AUTHORISED))
    assert kind_of(payment) is Kind.VOID
    answer(payment, Finding(Standing.VOIDED))
    assert payment.state is State.VOIDED
    assert payment.amounts == Amounts(1250, voided=1250)


def test_a_void_of_a_declined_payment_leaves_it_declined() -> None:
    """PA-7: no money is held, and the reason stays."""
    payment = a_payment()
    answer(payment, Finding(Standing.DECLINED, reason="no funds"))

    payment.void()

    assert (payment.state, payment.refusal) == (State.DECLINED, No("PAYMENT_DECLINED", "no funds"))


def test_a_void_asked_during_an_authorisation_that_is_declined_is_done() -> None:
    """PA-7, SU-8."""
    payment = a_payment()
    payment.call()
    payment.void()

    payment.learn(ID, Finding(Standing.DECLINED, reason="no funds"), LATER)

    assert (payment.state, payment.step, payment.void_asked) == (State.DECLINED, None, False)


def test_a_void_of_a_capture_not_begun_refuses_the_capture() -> None:
    """PA-7: the money was not taken, so it is let go of and not given back."""
    payment = an_authorised_payment()
    payment.capture(ONE)

    payment.void()

    assert payment.operations[ONE].refusal == No("PAYMENT_VOIDED", "the payment was voided")
    answer(payment, Finding(Standing.VOIDED))
    assert (payment.state, payment.amounts.voided) == (State.VOIDED, 1250)


def test_a_void_of_a_capture_under_way_waits_for_it_and_gives_the_money_back() -> None:
    """PA-7, SU-8: a late success is given back."""
    payment = an_authorised_payment()
    payment.capture(ONE, gbp(400))
    payment.call()

    payment.void()
    assert kind_of(payment) is Kind.CAPTURE
    payment.learn(ONE, Finding(Standing.AUTHORISED, captured=400, done=frozenset({ONE})), LATER)
    assert (payment.state, kind_of(payment)) == (State.PARTLY_CAPTURED, Kind.VOID)
    answer(payment, Finding(Standing.VOIDED, captured=400, refunded=400, voided=850))

    assert payment.state is State.REFUNDED
    assert payment.amounts == Amounts(1250, captured=400, refunded=400, voided=850)
    assert payment.operations[void_id(ID)].amount == 1250


def test_a_late_answer_to_another_question_changes_nothing() -> None:
    """I7."""
    payment = an_authorised_payment()
    payment.capture()

    assert payment.learn(ID, Finding(Standing.VOIDED), LATER)
    payment.miss(ID, "no answer in time", LATER)

    assert (payment.state, payment.version, payment.trouble) == (State.AUTHORISED, 1, None)


def test_a_capture_waits_for_the_authorisation() -> None:
    """PA-7: it is a fault to ask so early, and the command is tried again."""
    with pytest.raises(WrongState):
        a_payment().capture()


def test_money_is_taken_in_parts_and_never_more_than_is_set_aside() -> None:
    """PA-7, PA-9: partial capture."""
    payment = an_authorised_payment()

    payment.capture(ONE, gbp(1000))
    over = payment.capture(TWO, gbp(251))
    done(payment, captured=1000)

    assert over.refusal is not None
    assert over.refusal.code == "AMOUNT_EXCEEDS_AUTHORISED"
    assert (payment.state, payment.amounts.open) == (State.PARTLY_CAPTURED, 250)
    payment.capture()
    done(payment, captured=1250)
    assert (payment.state, payment.amounts.open) == (State.CAPTURED, 0)


def test_money_is_given_back_in_parts_and_never_more_than_was_taken() -> None:
    """PA-7."""
    payment = a_captured_payment()

    payment.refund(ONE, gbp(1000), "broken")
    over = payment.refund(TWO, gbp(251), "greed")
    done(payment, captured=1250, refunded=1000)

    assert over.refusal is not None
    assert over.refusal.code == "AMOUNT_EXCEEDS_CAPTURED"
    assert payment.state is State.PARTLY_REFUNDED
    payment.refund(UUID(int=13), gbp(250), "the rest")
    done(payment, captured=1250, refunded=1250)
    assert (payment.state, payment.step) == (State.REFUNDED, None)


def test_an_operation_asked_again_is_the_same_and_its_id_names_no_other() -> None:
    """I4: repeatable by operation id."""
    payment = an_authorised_payment()
    first = payment.capture(ONE, gbp(400))

    assert payment.capture(ONE, gbp(400)) is first
    done(payment, captured=400)
    assert payment.capture(ONE, gbp(400)).outcome is Outcome.DONE
    assert payment.step is None
    with pytest.raises(OperationIdReused):
        payment.capture(ONE, gbp(401))
    with pytest.raises(OperationIdReused):
        payment.refund(ONE, gbp(400), "as a refund")


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (Money(0, "GBP"), "AMOUNT_OUT_OF_RANGE"),
        (Money(-1, "GBP"), "AMOUNT_OUT_OF_RANGE"),
        (Money(1, "EUR"), "CURRENCY_MISMATCH"),
    ],
)
def test_an_amount_that_makes_no_sense_is_refused_for_good(amount: Money, code: str) -> None:
    """PA-7."""
    payment = a_captured_payment()

    for operation in (payment.refund(ONE, amount, "?"), payment.refund(ONE, amount, "?")):
        assert operation.refusal is not None
        assert operation.refusal.code == code


def test_a_gateway_that_lets_go_of_the_rest_leaves_nothing_to_take() -> None:
    """PA-9: many gateways take once."""
    payment = an_authorised_payment()
    payment.capture(ONE, gbp(1000))
    done(payment, captured=1000, voided=250)

    assert payment.state is State.CAPTURED
    assert payment.capture(TWO, gbp(250)).refusal is not None
    assert payment.capture().outcome is Outcome.DONE  # all that is left, and that is nothing


def test_nothing_is_taken_from_or_given_back_by_a_payment_without_money() -> None:
    """PA-7, SU-8: a cancelled order is not revived."""
    voided, never = an_authorised_payment(), Payment.never(ID)
    voided.void()
    answer(voided, Finding(Standing.VOIDED))

    for payment in (voided, never):
        assert payment.capture(ONE, gbp(1)).outcome is Outcome.REFUSED
        assert payment.refund(TWO, gbp(1), "?").outcome is Outcome.REFUSED


def test_a_gateway_that_refuses_ends_the_operation_and_not_the_payment() -> None:
    """PA-7."""
    payment = a_captured_payment()
    payment.refund(ONE, gbp(100), "broken")

    no = No("GATEWAY_REFUSED", "too old")
    answer(payment, Finding(Standing.AUTHORISED, refused=no, captured=1250))

    assert (payment.operations[ONE].refusal, payment.state) == (no, State.CAPTURED)


def test_a_payment_that_waits_for_the_customers_bank_is_pending_and_asked_about_later() -> None:
    """PA-7: 3-D Secure."""
    payment = a_payment()
    waiting = Finding(Standing.REQUIRES_ACTION, "pi_1", action=Action(url="https://bank.example"))

    assert answer(payment, waiting)
    assert answer(payment, waiting)

    assert (payment.state, payment.version, payment.rest) == (State.PENDING, 1, LATER)
    assert (payment.action, payment.token) == (Action(url="https://bank.example"), None)
    answer(payment, Finding(Standing.AUTHORISED))
    assert (payment.state, payment.action, payment.version) == (State.AUTHORISED, None, 2)


def test_a_payment_that_waits_for_the_customers_bank_can_be_voided() -> None:
    """PA-5: the link expires while the customer is at the bank."""
    payment = a_payment()
    answer(payment, Finding(Standing.REQUIRES_ACTION, "pi_1", action=Action()))

    payment.void()

    assert (kind_of(payment), payment.rest) == (Kind.VOID, AT_ONCE)
    answer(payment, Finding(Standing.VOIDED))
    assert (payment.state, payment.step) == (State.VOIDED, None)


def test_money_from_outside_is_noted_when_it_comes() -> None:
    """PA-3, PA-8: a check that covers a part leaves the rest expected."""
    payment = a_payment(Method.CHECK)

    payment.receive(ONE, gbp(1000), "check 17")
    over = payment.receive(TWO, gbp(251), None)

    assert over.outcome is Outcome.REFUSED
    assert (payment.state, payment.amounts.open) == (State.PARTLY_CAPTURED, 250)
    payment.refund(UUID(int=13), gbp(100), "paid too much")
    assert (payment.state, payment.version) == (State.PARTLY_REFUNDED, 3)


def test_the_mark_of_an_early_void_learns_once_what_it_refuses() -> None:
    """PA-7, fault 9."""
    payment = Payment.never(PaymentId(UUID(int=9)))

    payment.concern(an_order())
    payment.concern(an_order(Method.CHECK))

    assert (payment.state, payment.version) == (State.VOIDED, 1)
    assert payment.order == an_order()


def test_every_state_names_its_origins_and_the_last_ones_lead_nowhere() -> None:
    """PA-7: declined, voided and refunded are final."""
    assert set(ORIGINS) == set(State)
    origins = {origin for states in ORIGINS.values() for origin in states}
    assert not origins & {State.DECLINED, State.VOIDED, State.REFUNDED}
