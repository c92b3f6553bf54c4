"""What a submitted order has: payments, under which ids and how much, and goods with coupons."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.catalog.quotes import Standing
from contracts.values import Money, PaymentId, SubmissionId, derived_id

from orders.domain.content import Content
from orders.domain.order import Order
from orders.domain.payments import Payment, shares
from orders.domain.revised_coupons import claimed_by, worth


@dataclass(frozen=True, slots=True)
class StandingPayment:
    """A payment of an order that is handed in.

    Attributes:
        amount: More than nothing, unless a revision has brought it to that.
    """

    payment_id: PaymentId
    payment: Payment
    amount: Money


def payments_of(content: Content, submission_id: SubmissionId) -> Sequence[StandingPayment]:
    """Give the payments; one with nothing left to pay is left out (CP-6: a free order)."""
    amounts = shares(content.payments, content.totals().total)
    return [
        StandingPayment(
            payment.payment_id or PaymentId(derived_id(submission_id, payment.payment_no)),
            payment,
            amount,
        )
        for payment, amount in zip(content.payments, amounts, strict=True)
        if amount.minor > 0 or payment.payment_id is not None
    ]


def standing_payments(order: Order) -> Sequence[StandingPayment]:
    """Give the payments of an order by its last submission; none before the first."""
    if order.submission_id is None:
        return ()
    return payments_of(order.content, order.submission_id)


def standing_goods(bench: Order) -> Standing | None:
    """Tell what goods an order goes on with, where that matters to its coupons."""
    content = bench.content
    if not content.coupons or bench.submission_id is None:
        return None
    taken = {one.code: claimed_by(content.lines, one.code) for one in content.coupons}
    return Standing(
        submission_id=bench.submission_id,
        worth=Money(worth(content.lines), content.currency),
        taken={code: Money(minor, content.currency) for code, minor in taken.items() if minor},
    )
