"""What becomes of an order's coupons in a revision (CP-7, SU-11).

What the customer keeps keeps its discount, and a part of a line keeps its part of it. What is added
gets what the coupon gives on its terms as they were at submission; it is not used up once more, and
one of an amount gives the whole order no more than that amount.

A coupon whose minimum the goods of the revised order do not reach any more ends: its discount on
what is kept is taken back, for nobody was promised it for so little. But taking goods away never
makes the others dearer in all than everything was: as much of the discount stays as that needs.
Staff who may adjust prices can let the customer keep all of it, say when the shop itself could not
send the rest.

A coupon that has ended stays on the order, used up. What it would take off is kept beside each
step of a price: what was taken back, and what it would have taken off goods that were added
meanwhile. A later revision that reaches the minimum brings all of it back. So an order costs the
same however many revisions led to it, as long as nothing else has changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contracts.values import Money

from orders.domain.amounts import spread
from orders.domain.content import Content
from orders.domain.lines import Line
from orders.domain.pricing import COUPON, Coupon, PriceStep

ENDED = "COUPON_MINIMUM_NOT_REACHED"
_REACHED = frozenset({None, "COUPON_WITHOUT_EFFECT", "COUPON_NOT_COMBINABLE"})


@dataclass(frozen=True, slots=True)
class CouponDelta:
    """A coupon that takes something else off than before.

    Attributes:
        refusal: Why it has ended; none: it applies.
        free_shipping: It makes shipping free, from now on.
    """

    code: str
    was: Money
    now: Money
    refusal: str | None = None
    detail: str | None = None
    free_shipping: bool = False


def taken_by(lines: Sequence[Line], code: str) -> int:
    """Give what a coupon takes off lines, in minor units."""
    return sum(step.amount.minor for line in lines for step in line.terms.trace if _is(step, code))


def claimed_by(lines: Sequence[Line], code: str) -> int:
    """Give what a coupon takes off lines, and what it would if its minimum were reached."""
    steps = (step for line in lines for step in line.terms.trace if _is(step, code))
    return sum(step.amount.minor + withheld_of(step) for step in steps)


def withheld_of(step: PriceStep) -> int:
    """Give what a coupon holds back of what it would take off, in minor units."""
    return step.withheld.minor if step.withheld else 0


def with_amounts(step: PriceStep, off: int, withheld: int) -> PriceStep:
    """Let a step take something else off, in minor units."""
    currency = step.amount.currency
    held = Money(withheld, currency) if withheld else None
    return replace(step, amount=Money(off, currency), withheld=held)


def worth(lines: Sequence[Line]) -> int:
    """Give what discountable goods cost before discounts, in minor units."""
    return sum(line.amount.minor for line in lines if line.terms.discountable)


def ended(told: Sequence[Coupon]) -> frozenset[str]:
    """Give the codes of the coupons whose minimum is not reached any more."""
    return frozenset(coupon.code for coupon in told if coupon.refusal == ENDED)


def reached(told: Sequence[Coupon]) -> frozenset[str]:
    """Give the codes of the coupons whose minimum is reached, whatever they do to what is added."""
    return frozenset(coupon.code for coupon in told if coupon.refusal in _REACHED)


def without(kept: Sequence[Line], codes: frozenset[str], before: Sequence[Line]) -> list[Line]:
    """Take coupons off the lines that are kept, as far as they may be; see above."""
    steps = [
        (place, number, step.amount.minor)
        for place, line in enumerate(kept)
        for number, step in enumerate(line.terms.trace)
        if any(_is(step, code) for code in codes)
    ]
    amounts = [amount for _, _, amount in steps]
    room = max(_costs(before) - _costs(kept), 0)
    left = spread(max(sum(amounts) - room, 0), amounts)
    lines = list(kept)
    for (place, number, had), amount in zip(steps, left, strict=True):
        terms = lines[place].terms
        trace = list(terms.trace)
        held = withheld_of(trace[number]) + had - amount
        trace[number] = with_amounts(trace[number], amount, held)
        lines[place] = replace(lines[place], terms=replace(terms, trace=tuple(trace)))
    return lines


def restored(kept: Sequence[Line], codes: frozenset[str]) -> list[Line]:
    """Let coupons take off lines what they have held back."""
    return [
        replace(line, terms=replace(line.terms, trace=trace))
        for line in kept
        for trace in [tuple(_restored(step, codes) for step in line.terms.trace)]
    ]


def settled_lines(
    kept: Sequence[Line], told: Sequence[Coupon], before: Sequence[Line], *, keep: bool
) -> list[Line]:
    """Take coupons off the lines that are kept, or bring them back, as their minimum is reached."""
    lines = list(kept) if keep else without(kept, ended(told), before)
    return restored(lines, reached(told))


def settled_coupons(content: Content, told: Sequence[Coupon], *, keep: bool) -> Content:
    """Give the content with its coupons as they are now, and what becomes of free shipping."""
    coupons = tuple(
        _settled(known, now, content, keep=keep)
        for known, now in zip(content.coupons, told, strict=True)
    )
    had = any(coupon.free_shipping for coupon in content.coupons)
    has = any(coupon.free_shipping for coupon in coupons)
    free = has or (content.free_shipping and not had)
    return replace(content, coupons=coupons, free_shipping=free)


def coupon_deltas(was: Content, now: Content) -> tuple[CouponDelta, ...]:
    """Give the coupons that do something else than before."""
    return tuple(
        CouponDelta(
            after.code,
            Money(taken_by(was.lines, after.code), was.currency),
            Money(taken_by(now.lines, after.code), now.currency),
            after.refusal,
            after.detail,
            after.free_shipping,
        )
        for before, after in zip(was.coupons, now.coupons, strict=True)
        if (before.refusal, before.free_shipping) != (after.refusal, after.free_shipping)
        or taken_by(was.lines, after.code) != taken_by(now.lines, after.code)
    )


def _settled(known: Coupon, now: Coupon, content: Content, *, keep: bool) -> Coupon:
    taken = Money(taken_by(content.lines, known.code), content.currency)
    freed = known.free_shipping or known.had_free_shipping
    if now.refusal == ENDED and not keep:
        return replace(
            known,
            refusal=now.refusal,
            detail=now.detail,
            discount=taken,
            free_shipping=False,
            had_free_shipping=freed,
        )
    if now.refusal is None or (known.refusal == ENDED and now.refusal in _REACHED):
        return replace(
            known,
            refusal=None,
            detail=None,
            discount=taken,
            free_shipping=freed or now.free_shipping,
            had_free_shipping=False,
        )
    return replace(known, discount=taken)


def _restored(step: PriceStep, codes: frozenset[str]) -> PriceStep:
    if not step.withheld or not any(_is(step, code) for code in codes):
        return step
    return with_amounts(step, step.amount.minor + step.withheld.minor, 0)


def _is(step: PriceStep, code: str) -> bool:
    return step.source == COUPON and (step.code or "").casefold() == code.casefold()


def _costs(lines: Sequence[Line]) -> int:
    """Give what lines cost after discounts and before adjustments."""
    return sum(
        max(line.amount.minor - sum(step.amount.minor for step in line.terms.discounts), 0)
        for line in lines
    )
