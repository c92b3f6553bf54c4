"""What a revised order's payments give back, or do not take, when it costs less than they pay."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from contracts.payments.replies import ToldPayment
from contracts.values import Money, PaymentId

from orders.domain.content import Content
from orders.domain.payments import Payment
from orders.domain.revisions import GiveBack
from orders.handlers.standing import StandingPayment


def beyond(content: Content, told: Mapping[PaymentId, ToldPayment]) -> int:
    """Give what payments hold beyond what they are to pay: it is given back, or never taken."""
    found = 0
    for one in content.payments:
        known = None if one.payment_id is None else told.get(one.payment_id)
        if known is not None and one.terms.amount is not None:
            held = known.set_aside.minor + known.captured.minor - known.refunded.minor
            found += max(held - one.terms.amount.minor, 0)
    return found


def given_back(
    standing: Sequence[StandingPayment], told: Mapping[PaymentId, ToldPayment], over: int
) -> dict[PaymentId, tuple[GiveBack, GiveBack]]:
    """Share what is too much out, from the last payment on backwards.

    A gateway gives back first what it has taken. Of money from outside first what has not come is
    expected no more: nobody is paid back what they still owe.
    """
    found: dict[PaymentId, tuple[GiveBack, GiveBack]] = {}
    for one in reversed(standing):
        if over <= 0 or (known := told.get(one.payment_id)) is None:
            continue
        most = min(over, one.amount.minor)
        taken, to_come = known.captured.minor - known.refunded.minor, known.set_aside.minor
        if known.from_outside:
            less = min(most, to_come)
            refund = min(most - less, taken)
        else:
            refund = min(most, taken)
            less = min(most - refund, to_come)
        over -= refund + less
        found[one.payment_id] = (_of(one, known, refund), _of(one, known, less))
    return found


def settled(
    standing: Sequence[StandingPayment], back: Mapping[PaymentId, tuple[GiveBack, GiveBack]]
) -> list[Payment]:
    """Give the payments with what each pays from now on."""
    payments: list[Payment] = []
    for one in standing:
        off = sum(part.amount.minor for part in back.get(one.payment_id, ()))
        amount = Money(one.amount.minor - off, one.amount.currency)
        terms = replace(one.payment.terms, amount=amount)
        payments.append(Payment(one.payment.payment_no, terms, one.payment_id))
    return payments


def _of(one: StandingPayment, known: ToldPayment, minor: int) -> GiveBack:
    amount = Money(minor, one.amount.currency)
    return GiveBack(one.payment_id, one.payment.terms.method, amount, known.from_outside)
