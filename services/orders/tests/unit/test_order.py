"""An order's states: every change names where it may come from."""

import pytest
from contracts.gift_cards import CodeDigest
from orders.domain.errors import NotAcceptable, NotADraft, NotUnderSubmission
from orders.domain.order import State
from orders.domain.parts import Refused, Shipping
from orders.domain.payments import PaymentTerms

from services.orders.tests.builders import CLERK, FIRST, NOW, SECOND, a_line, an_order, gbp

NO = Refused("reserve stock", "OUT_OF_STOCK", "short")


def test_a_draft_is_handed_in_and_submitted_once() -> None:
    """The first time stands; a repeated step changes nothing."""
    order = an_order()
    order.begin_submission(FIRST, CLERK)
    assert order.submit(FIRST, NOW) is not None
    version = order.version
    assert order.submit(FIRST, NOW.replace(year=2027)) is None
    assert (order.state, order.submitted_at, order.version) == (State.SUBMITTED, NOW, version)


def test_a_returned_order_keeps_the_reasons_until_it_is_handed_in_again() -> None:
    """SU-5."""
    order = an_order()
    order.begin_submission(FIRST, CLERK)
    order.give_back(FIRST, [NO], cancelled=False)
    assert (order.state, order.content.refusals) == (State.DRAFT, (NO,))
    order.begin_submission(SECOND, CLERK)
    assert order.content.refusals == ()
    assert order.give_back(FIRST, [NO], cancelled=True) is None
    assert order.state is State.SUBMITTING


def test_a_step_of_another_submission_is_a_fault() -> None:
    order = an_order()
    order.begin_submission(FIRST, CLERK)
    with pytest.raises(NotUnderSubmission):
        order.submit(SECOND, NOW)
    order.submit(FIRST, NOW)
    with pytest.raises(NotUnderSubmission):
        order.give_back(FIRST, [NO], cancelled=False)


def test_only_a_draft_is_edited_or_cancelled() -> None:
    order = an_order()
    order.begin_submission(FIRST, CLERK)
    with pytest.raises(NotADraft):
        order.add_line(a_line())
    with pytest.raises(NotADraft):
        order.cancel()
    assert (len(order.content.lines), order.state) == (1, State.SUBMITTING)


def test_an_order_without_customer_or_line_is_not_handed_in() -> None:
    """SU-1, SU-4."""
    with pytest.raises(NotAcceptable) as refused:
        an_order(lines=0, customer=False).begin_submission(FIRST, CLERK)
    assert [fault.code for fault in refused.value.faults] == ["CUSTOMER_MISSING", "NO_LINES"]


def test_payments_open_with_customer_and_line() -> None:
    """PA-1."""
    for order in (an_order(lines=0), an_order(customer=False)):
        with pytest.raises(NotAcceptable) as refused:
            order.add_payment(PaymentTerms("check"))
        assert refused.value.faults[0].code == "ORDER_HAS_NO_DETAILS"


def test_shipping_costs_nothing_when_no_line_ships() -> None:
    """FU-2: the price goes with the last line that ships, and comes back with the next."""
    order = an_order()
    order.set_shipping(Shipping(gbp(495)))
    order.add_line(a_line(collected=True))
    assert order.content.totals().shipping == gbp(495)

    order.remove_line(1)
    assert (order.content.totals().shipping, order.content.totals().total) == (gbp(0), gbp(100))

    order.add_line(a_line())
    assert order.content.totals().total == gbp(695)


def test_a_refused_edit_changes_nothing() -> None:
    order = an_order()
    before, version = order.content, order.version
    with pytest.raises(NotAcceptable):
        order.add_line(a_line(2**62, 9))
    assert (order.content, order.version) == (before, version)


def test_a_change_tells_only_what_differs() -> None:
    """SC-2; the gateway's token is left out, and the digest of a gift card's code."""
    order = an_order()
    change = order.add_payment(PaymentTerms("card", gbp(1), "tok_ok"))
    assert "tok_ok" not in repr(change)
    change = order.add_payment(PaymentTerms("gift-card", None, code_digest=CodeDigest("f48b3f")))
    assert "f48b3f" not in repr(change)
    change = order.change_line(1, a_line(100, 3))
    assert (change.before, change.after) != (None, None)
    assert change.action == "line changed"
