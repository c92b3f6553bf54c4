"""The audit leads back to every state that an order ever had (SC-2)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import hypothesis.strategies as st
from contracts.gift_cards import CodeDigest
from contracts.values import CustomerId, new_id
from contracts.values import SubmissionId as Submission
from hypothesis import given, settings
from orders.domain import extras
from orders.domain.adjustments import Adjustment
from orders.domain.draft import Customer
from orders.domain.errors import OrderError
from orders.domain.order import Order
from orders.domain.parts import Buyer, Refused, Shipping
from orders.domain.payments import PaymentTerms
from orders.storage.documents import first_columns_of
from orders.storage.history import undo_of, undone
from orders.storage.snapshots import order_at, snapshot_of

from services.orders.tests.builders import ADDRESS, CLERK, NOW, UK, a_line, an_order, gbp

NO = Refused("reserve stock", "OUT_OF_STOCK", "short", "/lines/0")
CUSTOMER = Customer(CustomerId(new_id()), "Grace")
BUYER = Buyer("grace@example.org", "trade")
GIFT = PaymentTerms("gift-card", gbp(1), code_digest=CodeDigest("f48b3f"))


def act(order: Order, what: str, number: int) -> None:
    """Do something to an order; it may be refused."""
    submission = order.submission_id or Submission(new_id())
    kind = Adjustment("kind", CLERK, gbp(number)) if number % 2 else None
    actions: dict[str, Callable[[], object]] = {
        "add": lambda: order.add_line(a_line(number)),
        "change": lambda: order.change_line(number, a_line(5, number)),
        "remove": lambda: order.remove_line(number),
        "unpay": lambda: order.remove_payment(number),
        "ship": lambda: order.set_shipping(Shipping(gbp(number))),
        "note": lambda: order.set_notes("hi" * (number % 2) or None, None),
        "adjust": lambda: extras.adjust_total(order, kind),
        "pay": lambda: order.add_payment(PaymentTerms("card", gbp(1), "tok_secret")),
        "give": lambda: order.add_payment(GIFT),
        "choose": lambda: order.choose_customer(CUSTOMER, None, ADDRESS, BUYER),
        "hand in": lambda: order.begin_submission(Submission(new_id()), CLERK),
        "give back": lambda: order.give_back(submission, [NO], cancelled=False),
        "submit": lambda: order.submit(submission, NOW),
        "cancel": order.cancel,
    }
    actions[what]()


ACTS = (
    *("add", "change", "remove", "pay", "give", "unpay", "ship", "note", "adjust", "choose"),
    *("hand in", "give back", "submit", "cancel"),
)
doings = st.tuples(st.sampled_from(ACTS), st.integers(1, 4))


@given(doings=st.lists(doings, max_size=25))
@settings(max_examples=300, deadline=None)
def test_undoing_every_change_leads_back_to_every_state(doings: list[tuple[str, int]]) -> None:
    """SC-2: an order at any instant; nothing that pays is kept in the audit."""
    order = an_order()
    snapshots = [snapshot_of(first_columns_of(order))]
    undos: list[dict[str, Any]] = []
    for place, (what, number) in enumerate(doings):
        try:
            act(order, what, number)
        except OrderError:
            continue
        order.updated_at = NOW + timedelta(seconds=place)
        after = snapshot_of(first_columns_of(order))
        undos.append(undo_of(snapshots[-1], after))
        snapshots.append(after)
    assert not any(paying in str(undos) for paying in ("tok_secret", "f48b3f"))
    found = snapshots[-1]
    for undo, expected in zip(reversed(undos), reversed(snapshots[:-1]), strict=True):
        found = undone(found, undo)
        assert _shown(found) == _shown(expected)


def _shown(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Give the parts of a snapshot's order, as it is shown: without what pays."""
    order = order_at(snapshot, UK)
    payments = tuple(
        replace(payment, terms=replace(payment.terms, token=None, code_digest=None))
        for payment in order.content.payments
    )
    order.content = replace(order.content, payments=payments)
    return vars(order)


def test_a_change_of_one_line_keeps_that_line_only() -> None:
    """A thousand edits of a thousand lines stay small."""
    order = an_order(lines=3)
    before = snapshot_of(first_columns_of(order))
    order.change_line(2, a_line(7, 9))
    undo = undo_of(before, snapshot_of(first_columns_of(order)))
    assert list(undo["content"]["lines"]) == ["2"]
