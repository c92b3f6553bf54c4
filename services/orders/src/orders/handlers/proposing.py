"""What a submitted order would be after a revision, and what that changes; nothing is kept.

The change is tried on a copy that takes edits as a draft does. What the customer has bought keeps
its price: only lines and units that are added are quoted, on their own, with the coupons of the
order (see ``domain.revised_coupons``). Shipping and tax are settled anew for the whole; an outside
tax provider is asked when the order goes somewhere else, or gave no answer for where it goes.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

from contracts.values import Money, StaffId
from messaging.transport import Asker

from orders.domain.completeness import missing_from
from orders.domain.content import Content
from orders.domain.errors import Fault, NotAcceptable, NotSubmitted
from orders.domain.extras import choose_shipping
from orders.domain.lines import Line, LineTerms
from orders.domain.order import Order, State
from orders.domain.parts import Address, Shipping
from orders.domain.payments import PaymentTerms
from orders.domain.reasons import Reason
from orders.domain.repricing import Fresh
from orders.domain.revised_coupons import coupon_deltas, settled_coupons, settled_lines
from orders.domain.revisions import (
    Difference,
    joined,
    line_deltas,
    stock_deltas,
    with_fewer,
)
from orders.domain.shipping import place_of
from orders.domain.site_terms import TaxSource
from orders.handlers.cancelling import payments_told
from orders.handlers.giving_back import beyond, given_back, settled
from orders.handlers.quotes import ask_of, quoted, told_rates
from orders.handlers.standing import standing_goods, standing_payments
from orders.handlers.wishes import LineWish


@dataclass(frozen=True, slots=True)
class RevisionWish:
    """What staff want to be different about a submitted order; what is left out stays.

    Attributes:
        units: Place of each changed line in the request, its id, and its units; 0 takes it away.
        added: Place of each new line in the request, and the line.
        shipping: At staff's own cost; ``shipping_method`` is a method of the site's instead.
        payments: For what is more to pay.
        keep_coupons: A coupon whose minimum is not reached any more goes on for what is kept.
    """

    staff_id: StaffId
    units: tuple[tuple[int, int, int], ...] = ()
    added: tuple[tuple[int, LineWish], ...] = ()
    shipping_address: Address | None = None
    shipping: Shipping | None = None
    shipping_method: str | None = None
    payments: tuple[PaymentTerms, ...] = ()
    reason: Reason | None = None
    keep_coupons: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A revision that could be begun.

    Attributes:
        order: As it was looked at.
        new_payments: Numbers of the payments that came with it.
        shared_total: What these may come to beside what stands already (PA-8); none without any.
    """

    order: Order
    content: Content
    difference: Difference
    new_payments: tuple[int, ...]
    reason: Reason | None = None
    shared_total: Money | None = None


async def proposed(order: Order, wish: RevisionWish, asker: Asker) -> Proposal:
    """Work a revision out.

    Raises:
        NotSubmitted: The order is not submitted, or not any more.
        NotAcceptable: It does not fit; the pointers are into the request.
        Unanswered: A service gave no answer in time.
    """
    if order.state is not State.SUBMITTED:
        raise NotSubmitted(order.state)
    bench = copy(order)
    bench.state = State.DRAFT
    bench.content = replace(order.content, payments=())
    more = _with_changed_units(bench, wish.units)
    more += [
        (f"/lines/{at}", None, line.terms(bench.content.currency, wish.staff_id))
        for at, line in wish.added
    ]
    if more or (bench.content.coupons and wish.units):
        await _quote(order, bench, more, asker, keep_coupons=wish.keep_coupons)
    if not bench.content.lines:
        detail = "nothing would be left of the order; cancel it instead"
        raise NotAcceptable.at("/lines", "NO_LINES", detail)
    _send(bench, wish)
    await _tax(bench, asker)
    return await _paid(order, bench, wish, asker)


_More = tuple[str, int | None, LineTerms]
"""Pointer to what is added, the line it is added to (none: a new one), and what."""


def _with_changed_units(bench: Order, units: Sequence[tuple[int, int, int]]) -> list[_More]:
    """Take units away at once; give those that are added."""
    more: list[_More] = []
    lines = {line.line_id: line for line in bench.content.lines}
    for at, line_id, wanted in units:
        if (line := lines.get(line_id)) is None:
            detail = f"the order has no line {line_id}"
            raise NotAcceptable.at(f"/lines/{at}/line_id", "NO_SUCH_LINE", detail)
        had = line.terms.units
        if wanted > had:
            added = replace(line.terms, units=wanted - had, adjustment=None)
            more.append((f"/lines/{at}", line_id, added))
        elif wanted == 0:
            del lines[line_id]
        else:
            lines[line_id] = with_fewer(line, wanted)
    bench.edit(replace(bench.content, lines=tuple(lines.values())))
    return more


async def _quote(
    order: Order, bench: Order, more: Sequence[_More], asker: Asker, *, keep_coupons: bool
) -> None:
    """Quote what is added by itself, put it on the order, and settle the order's coupons."""
    kept, first = bench.content, bench.content.lines_ever + 1
    added = copy(bench)
    added.content = replace(kept, lines=(), adjustment=None)
    if more:
        added.content = added.content.with_lines([(at, terms) for at, _, terms in more])
    pointers = {number: at for number, (at, _, _) in enumerate(more, first)}
    if (ask := ask_of(added, standing_goods(bench))) is None:
        raise ValueError("something is added, or has a coupon")
    added.price(await quoted(asker, replace(ask, taxed_at=None)), Fresh(pointers))
    told = added.content.coupons
    lines = settled_lines(kept.lines, told, order.content.lines, keep=keep_coupons)
    kept = replace(kept, lines=tuple(lines))
    content = _with_more(kept, added.content, [onto for _, onto, _ in more])
    bench.edit(settled_coupons(content, told, keep=keep_coupons))


def _with_more(kept: Content, added: Content, onto: Sequence[int | None]) -> Content:
    """Put what was quoted onto its lines, where it costs the same, or beside them."""
    lines = {line.line_id: line for line in kept.lines}
    new: list[Line] = []
    for line, line_id in zip(added.lines, onto, strict=True):
        known = lines.get(line_id) if line_id is not None else None
        together = joined(known, line.terms) if known else None
        if together is None:
            new.append(line)
        else:
            lines[together.line_id] = together
    return replace(kept, lines=(*lines.values(), *new), lines_ever=added.lines_ever)


def _send(bench: Order, wish: RevisionWish) -> None:
    if wish.shipping_address is not None:
        try:
            bench.set_addresses(bench.content.billing_address, wish.shipping_address)
        except NotAcceptable as error:
            raise NotAcceptable(
                [_moved(one, "/shipping_address") for one in error.faults]
            ) from None
    if wish.shipping is not None:
        bench.edit(bench.content.with_shipping(wish.shipping, "/shipping"))
    if wish.shipping_method is not None:
        choose_shipping(bench, wish.shipping_method, "/shipping")
    lacking = [fault for fault in missing_from(bench) if fault.pointer.startswith("/ship")]
    if lacking:
        raise NotAcceptable(lacking)


async def _tax(bench: Order, asker: Asker) -> None:
    """Have an outside provider's rates of where the order goes, if its site wants them."""
    known, place = bench.content.told_rates, place_of(bench.content, bench.site)
    if bench.terms.policy.tax_source is not TaxSource.PROVIDER:
        return
    if known is None or known.rates is None or known.place != place:
        told = await told_rates(asker, place)
        bench.edit(replace(bench.content, told_rates=told))


def _moved(fault: Fault, to: str) -> Fault:
    return replace(fault, pointer=fault.pointer.replace("/shipping", to, 1))


async def _paid(order: Order, bench: Order, wish: RevisionWish, asker: Asker) -> Proposal:
    """Settle what each payment pays from now on, and what is given back."""
    standing = standing_payments(order)
    total = bench.content.totals().total
    over = sum(one.amount.minor for one in standing) - total.minor
    asks = over > 0 or wish.payments
    told = {one.payment_id: one for one in await payments_told(order, asker)} if asks else {}
    back = given_back(standing, told, over)
    content = replace(bench.content, payments=tuple(settled(standing, back)))
    for at, terms in enumerate(wish.payments):
        content = content.with_payment(terms, f"/payments/{at}")
    new = content.payments[len(standing) :]
    was, totals = order.content.totals(), content.totals()
    to_reserve, to_return = stock_deltas(order.content, content)
    charged = totals.paid.minor - sum(
        one.terms.amount.minor for one in content.payments[: len(standing)] if one.terms.amount
    )
    difference = Difference(
        lines=line_deltas(order.content, content),
        total_was=was.total,
        total_now=total,
        to_reserve=to_reserve,
        to_return=to_return,
        to_charge=Money(charged, total.currency),
        to_give_back=tuple(refund for refund, _ in back.values() if refund.amount.minor),
        not_to_take=tuple(less for _, less in back.values() if less.amount.minor),
        left_to_pay=totals.balance,
        tax_was=was.tax,
        tax_now=totals.tax,
        tax_by_table=content.tax.degraded,
        coupons=coupon_deltas(order.content, content),
    )
    shared = Money(total.minor + beyond(content, told), total.currency) if new else None
    numbers = tuple(one.payment_no for one in new)
    return Proposal(order, content, difference, numbers, wish.reason, shared)
