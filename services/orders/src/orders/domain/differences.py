"""What has changed on a draft since it was last priced (CP-9, CS-8, HI-2)."""

from dataclasses import dataclass

from contracts.values import Money, Sku

from orders.domain.content import Content
from orders.domain.lines import Line, LineTerms
from orders.domain.pricing import Coupon, Unavailable


@dataclass(frozen=True, slots=True)
class LinePrice:
    """What a line costs: its unit price, and what is taken off all its units."""

    unit_price: Money
    discount: Money


@dataclass(frozen=True, slots=True)
class LineDifference:
    """What is different about a line.

    Attributes:
        pointer: JSON Pointer to it in the order.
        unavailable: Why it cannot be had any more.
    """

    line_id: int
    pointer: str
    sku: Sku
    name: str
    was: LinePrice
    now: LinePrice
    unavailable: Unavailable | None = None


@dataclass(frozen=True, slots=True)
class Differences:
    """What is different in all.

    Attributes:
        coupons: Those that do something else than before, as they are now.
    """

    lines: tuple[LineDifference, ...]
    coupons: tuple[Coupon, ...]
    total_was: Money
    total_now: Money

    def __bool__(self) -> bool:
        """Tell whether anything is."""
        return bool(self.lines or self.coupons) or self.total_was != self.total_now


def differences(was: Content, now: Content) -> Differences:
    """Compare a draft with itself priced anew; lines of a manual price are not compared."""
    before = {line.line_id: line for line in was.lines}
    coupons = {coupon.code.casefold(): coupon for coupon in was.coupons}
    return Differences(
        lines=tuple(
            found
            for place, line in enumerate(now.lines)
            if line.line_id in before
            if (found := _difference(before[line.line_id], line, f"/lines/{place}"))
        ),
        coupons=tuple(
            coupon
            for coupon in now.coupons
            if (known := coupons.get(coupon.code.casefold()))
            and (known.refusal, known.free_shipping) != (coupon.refusal, coupon.free_shipping)
        ),
        total_was=was.totals().total,
        total_now=now.totals().total,
    )


def _difference(was: Line, now: Line, pointer: str) -> LineDifference | None:
    before, after = _price(was.terms), _price(now.terms)
    same = before == after or now.terms.manual is not None
    if same and was.terms.unavailable == now.terms.unavailable:
        return None
    terms = now.terms
    return LineDifference(
        now.line_id, pointer, terms.sku, terms.name, before, after, terms.unavailable
    )


def _price(terms: LineTerms) -> LinePrice:
    nothing = Money(0, terms.list_price.currency)
    off = sum((step.amount for step in terms.discounts), start=nothing)
    return LinePrice(terms.unit_price, off)
