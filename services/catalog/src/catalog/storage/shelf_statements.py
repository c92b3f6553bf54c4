"""The statements of the ledger itself, built once.

Shelves are named in pairs of parameters, ``skus`` and ``location_ids``, and locked in order of
(SKU, location) like everywhere else.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    Text,
    Update,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.selectable import TableValuedAlias

from catalog.domain.stock import State
from catalog.storage.reservation_statements import FREE, SHELF_ORDER, WAITING
from catalog.storage.stock_tables import IS_EXPECTED, IS_WAITING
from catalog.storage.tables import (
    receipt_lines,
    reservation_lines,
    reservations,
    stock,
    stock_movements,
)
from catalog.storage.unnested import NUMBERS, TEXTS, UUIDS, unnested


def _named() -> TableValuedAlias:
    return unnested("named", sku=TEXTS, location_id=UUIDS)


def _is(shelves: Any) -> Any:  # noqa: ANN401 - any FROM with the two columns
    return and_(stock.c.sku == shelves.c.sku, stock.c.location_id == shelves.c.location_id)


def _levels() -> Select[*tuple[Any, ...]]:
    named = _named()
    expected = (
        select(func.coalesce(func.sum(receipt_lines.c.expected), 0).cast(BigInteger))
        .where(receipt_lines.c.sku == stock.c.sku)
        .where(receipt_lines.c.location_id == stock.c.location_id)
        .where(IS_EXPECTED)
        .scalar_subquery()
    )
    return (
        select(
            stock.c.sku,
            stock.c.location_id,
            stock.c.on_hand,
            stock.c.reserved,
            stock.c.allocated,
            stock.c.pending,
            stock.c.safety_stock,
            expected,
            stock.c.version,
        )
        .join(named, _is(named))
        .order_by(*SHELF_ORDER)
    )


def _open() -> Any:  # noqa: ANN401 - an insert of PostgreSQL's dialect
    named = _named()
    empty = select(named.c.sku, named.c.location_id, literal(0, BigInteger))
    return (
        upsert(stock)
        .from_select(
            ["sku", "location_id", "on_hand"],
            empty.order_by(named.c.sku, named.c.location_id),
            include_defaults=False,
        )
        .on_conflict_do_nothing()
        .returning(stock.c.sku, stock.c.location_id)
    )


def _lock() -> Select[str]:
    named = _named()
    return (
        select(stock.c.sku).join(named, _is(named)).order_by(*SHELF_ORDER).with_for_update(of=stock)
    )


def _change() -> Select[int]:
    texts = {"kind": TEXTS, "reason": TEXTS}
    changed = unnested(
        "changed", sku=TEXTS, location_id=UUIDS, change=NUMBERS, safety=NUMBERS, **texts
    )
    moved = (
        update(stock)
        .where(_is(changed))
        .values(
            on_hand=stock.c.on_hand + changed.c.change,
            safety_stock=func.coalesce(changed.c.safety, stock.c.safety_stock),
            version=stock.c.version + 1,
        )
        .returning(
            stock.c.sku,
            stock.c.location_id,
            changed.c.change,
            stock.c.on_hand,
            *(changed.c[name] for name in texts),
        )
        .cte("moved")
    )
    return select(func.count()).select_from(moved).add_cte(_noted(moved))


def _noted(moved: CTE) -> CTE:
    """Note the movements of what is on hand, in order."""
    cause = {
        "adjustment_id": bindparam("of_cause", type_=Uuid()),
        "receipt_id": bindparam("of_receipt", type_=Uuid()),
        "author": bindparam("by_author", type_=Text()),
    }
    movements = (
        select(*cause.values(), *moved.c)
        .where(moved.c.change != 0)
        .order_by(moved.c.sku, moved.c.location_id)
    )
    names = [*cause, *(column.name for column in moved.c)]
    made = insert(stock_movements).from_select(names, movements, include_defaults=False)
    return made.cte("noted")


def _given() -> CTE:
    """Share what lies free among those who wait: allocated first, the oldest first."""
    waiting = _waiting()
    given = func.least(waiting.c.waiting, waiting.c.left).label("given")
    return select(waiting, given).where(waiting.c.left > 0).cte("given")


def _waiting() -> CTE:
    """Give who waits on shelves with free goods, and what those before them leave there."""
    named, lines = _named(), reservation_lines
    shelves = (
        select(stock.c.sku, stock.c.location_id, FREE.label("free"))
        .join(named, _is(named))
        .where(stock.c.pending > 0, FREE > 0)
        .cte("shelves")
    )
    earlier = func.sum(WAITING).over(
        partition_by=(lines.c.sku, lines.c.location_id),
        order_by=(
            (reservations.c.state == State.ALLOCATED.value).desc(),
            reservations.c.created_at,
            reservations.c.submission_id,
        ),
        rows=(None, -1),
    )
    left = (shelves.c.free - func.coalesce(earlier, 0)).cast(BigInteger).label("left")
    at = and_(shelves.c.sku == lines.c.sku, shelves.c.location_id == lines.c.location_id)
    owner = reservations.c.submission_id == lines.c.submission_id
    return (
        select(lines, reservations.c.order_id, reservations.c.state, WAITING.label("waiting"), left)
        .join(shelves, at)
        .join(reservations, owner)
        # What has ended waits for nothing: its waiting parts were taken off its lines.
        .where(IS_WAITING)
        .cte("waiting")
    )


def _cover() -> Select[*tuple[Any, ...]]:
    given = _given()
    names = ("submission_id", "order_id", "sku", "location_id", "given")
    return (
        select(*(given.c[name] for name in names))
        .where(given.c.state == State.ALLOCATED.value)
        .order_by(given.c.submission_id, given.c.sku, given.c.location_id)
        .add_cte(_covered_lines(given), _covered_shelves(given))
    )


def _covered_lines(given: CTE) -> CTE:
    """Take what was given off what the lines wait for: goods on their way first."""
    arrived = func.least(given.c.pending, given.c.given)
    lines = reservation_lines
    covered: Update = (
        update(lines)
        .where(
            lines.c.submission_id == given.c.submission_id,
            lines.c.sku == given.c.sku,
            lines.c.location_id == given.c.location_id,
        )
        .values(
            pending=lines.c.pending - arrived,
            backordered=lines.c.backordered - (given.c.given - arrived),
        )
    )
    return covered.cte("covered")


def _covered_shelves(given: CTE) -> CTE:
    """Move what was given from pending to allocated or reserved."""

    def sum_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, given.c.given), else_=0)).cast(BigInteger)

    allocated = given.c.state == State.ALLOCATED.value
    sums = (
        select(
            given.c.sku,
            given.c.location_id,
            sum_where(allocated).label("allocated"),
            sum_where(~allocated).label("reserved"),
        )
        .group_by(given.c.sku, given.c.location_id)
        .cte("sums")
    )
    moved: Update = (
        update(stock)
        .where(_is(sums))
        .values(
            allocated=stock.c.allocated + sums.c.allocated,
            reserved=stock.c.reserved + sums.c.reserved,
            pending=stock.c.pending - sums.c.allocated - sums.c.reserved,
        )
    )
    return moved.cte("moved")


LEVELS = _levels()
"""What stands on shelves, in order; a shelf that was never made is left out."""

OPEN_SHELVES = _open()
"""Makes empty shelves where there are none; gives those made."""

LOCK = _lock()
"""Locks shelves, in order."""

CHANGE = _change()
"""Changes locked shelves by ``changes`` and to ``safetys``, notes movements, counts the shelves."""

COVER = _cover()
"""Gives goods that lie free on locked shelves to who waits; tells what orders have now."""
