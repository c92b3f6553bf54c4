"""What a revision of a submitted order changes: goods, sums and money (SU-11)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.values import LocationId, Money, OrderId, PaymentId, Sku, StaffId

from orders.domain.content import Content
from orders.domain.lines import Line, LineTerms
from orders.domain.parts import Refused
from orders.domain.pricing import PriceStep
from orders.domain.reasons import Reason
from orders.domain.revised_coupons import CouponDelta, with_amounts, withheld_of


class RevisionState(StrEnum):
    """Where a revision stands."""

    RUNNING = "running"
    APPLIED = "applied"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    """The order was cancelled meanwhile."""


@dataclass(frozen=True, slots=True)
class LineDelta:
    """A line that is different; ``net`` is what it comes to, in minor units."""

    line_id: int
    sku: Sku
    name: str
    units_was: int
    units_now: int
    unit_price: Money
    net_was: int
    net_now: int


@dataclass(frozen=True, slots=True)
class StockDelta:
    """Units to be reserved, or to go back; of any location that ships unless one is named."""

    sku: Sku
    units: int
    location_id: LocationId | None = None


@dataclass(frozen=True, slots=True)
class GiveBack:
    """What is to be given back of a payment, or not to be taken.

    Attributes:
        by_hand: No gateway moves its money: staff pay it out, or wait for less.
    """

    payment_id: PaymentId
    method: str
    amount: Money
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """What a revision changes.

    Attributes:
        to_charge: By the payments that came with the revision.
        to_give_back: Of what was taken, from the last payment on backwards.
        not_to_take: Of what is set aside or expected: less of it is due from now on. What is to
            come from outside is lowered by it in the payments service's books.
        left_to_pay: What the order's payments leave to pay afterwards.
        tax_was: Of the whole order; none of both: of a revision from before they were told.
        coupons: Those that take something else off, or have ended.
        tax_by_table: The tax provider gave no answer, and the site's own table stands in.
    """

    lines: tuple[LineDelta, ...]
    total_was: Money
    total_now: Money
    to_reserve: tuple[StockDelta, ...]
    to_return: tuple[StockDelta, ...]
    to_charge: Money
    to_give_back: tuple[GiveBack, ...]
    not_to_take: tuple[GiveBack, ...]
    left_to_pay: Money
    tax_was: Money | None = None
    tax_now: Money | None = None
    tax_by_table: bool = False
    coupons: tuple[CouponDelta, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A revision of an order.

    Attributes:
        proposed: The order's content as it is to be.
        refusals: Why it was refused; the order is then as it was.
    """

    revision_id: UUID
    order_id: OrderId
    asked_by: StaffId
    asked_at: datetime
    proposed: Content
    difference: Difference
    state: RevisionState = RevisionState.RUNNING
    refusals: tuple[Refused, ...] = ()
    reason: Reason | None = None


def with_fewer(line: Line, units: int) -> Line:
    """Give a line with fewer units at the price that was paid; discounts shrink with it.

    A part of a minor unit goes to the customer, as long as the line costs something.
    """
    terms, left = line.terms, line.terms.unit_price.minor * units
    trace: list[PriceStep] = []
    for step in terms.trace:
        if not step.is_discount:
            trace.append(step)
            continue
        part = min(-(-step.amount.minor * units // terms.units), left)
        left -= part
        held = min(-(-withheld_of(step) * units // terms.units), left)
        left -= held
        if part or held:
            trace.append(with_amounts(step, part, held))
    return replace(line, terms=replace(terms, units=units, trace=tuple(trace)))


def joined(line: Line, more: LineTerms) -> Line | None:
    """Put units that are added onto a line, if their price came about just as the line's did.

    None when it did not: then they are a line of their own.
    """
    terms = line.terms
    prices = (terms.unit_price, terms.list_price, [_named(step) for step in terms.trace])
    if terms.adjustment or prices != (
        more.unit_price,
        more.list_price,
        [_named(step) for step in more.trace],
    ):
        return None
    trace = tuple(
        with_amounts(
            step,
            step.amount.minor + added.amount.minor,
            withheld_of(step) + withheld_of(added),
        )
        if step.is_discount
        else step
        for step, added in zip(terms.trace, more.trace, strict=True)
    )
    units = terms.units + more.units
    return replace(line, terms=replace(terms, units=units, trace=trace))


def _named(step: PriceStep) -> PriceStep:
    """Give a step without what it takes off: that grows with the units."""
    return with_amounts(step, 0, 0) if step.is_discount else step


def stock_deltas(
    before: Content, after: Content
) -> tuple[tuple[StockDelta, ...], tuple[StockDelta, ...]]:
    """Give what is to be reserved and what goes back, by product and location."""
    was, now = _units(before.lines), _units(after.lines)
    return _deltas(now - was), _deltas(was - now)


def bound_stock(content: Content) -> tuple[StockDelta, ...]:
    """Give what the order collects at, or has delivered from, a location of its own."""
    return tuple(one for one in _deltas(_units(content.lines)) if one.location_id is not None)


def line_deltas(before: Content, after: Content) -> tuple[LineDelta, ...]:
    """Give the lines that are different, those that are gone first."""
    was = dict(zip(_ids(before), _nets(before), strict=True))
    now = dict(zip(_ids(after), _nets(after), strict=True))
    old = {line.line_id: line.terms for line in before.lines}
    new = {line.line_id: line.terms for line in after.lines}
    found: list[LineDelta] = []
    for line_id in [*(n for n in old if n not in new), *new]:
        terms = new.get(line_id) or old[line_id]
        units_was = old[line_id].units if line_id in old else 0
        units_now = new[line_id].units if line_id in new else 0
        nets = was.get(line_id, 0), now.get(line_id, 0)
        if units_was != units_now or nets[0] != nets[1]:
            delta = LineDelta(
                line_id, terms.sku, terms.name, units_was, units_now, terms.unit_price, *nets
            )
            found.append(delta)
    return tuple(found)


def _units(lines: Iterable[Line]) -> Counter[tuple[Sku, LocationId | None]]:
    units = Counter[tuple[Sku, LocationId | None]]()
    for line in lines:
        place = line.terms.place.location_id if line.terms.place else None
        units[line.terms.sku, place] += line.terms.units
    return units


def _deltas(units: Counter[tuple[Sku, LocationId | None]]) -> tuple[StockDelta, ...]:
    keys = sorted(units, key=lambda key: (key[0], str(key[1] or "")))
    return tuple(StockDelta(sku, units[sku, place], place) for sku, place in keys)


def _ids(content: Content) -> Sequence[int]:
    return [line.line_id for line in content.lines]


def _nets(content: Content) -> Sequence[int]:
    return [line.net for line in content.sums().lines]
