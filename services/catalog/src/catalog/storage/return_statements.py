"""The statements of returns, built once.

Locks are taken as everywhere: the rows of reservations in order, then shelves in order.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Select,
    Uuid,
    any_,
    bindparam,
    func,
    literal,
    select,
    update,
)

from catalog.domain.stock import Kind, State
from catalog.storage.reservation_statements import COVERED, count_of, locked_shelves
from catalog.storage.tables import reservation_lines, reservations, stock
from catalog.storage.unnested import NUMBERS, TEXTS, UUIDS, unnested

OF_THESE = bindparam("of_submissions", type_=UUIDS)


def _lock_shelves() -> Select[*tuple[Any, ...]]:
    lines = reservation_lines
    keys = (
        select(lines.c.sku, lines.c.location_id)
        .where(lines.c.submission_id == any_(OF_THESE))
        .distinct()
        .cte("keys")
    )
    return locked_shelves(keys)


def _owned() -> Select[*tuple[Any, ...]]:
    lines = reservation_lines
    return (
        select(
            lines.c.submission_id,
            lines.c.sku,
            lines.c.location_id,
            (lines.c.units - lines.c.returned).label("units"),
            lines.c.pending,
            lines.c.backordered,
        )
        .join(reservations, reservations.c.submission_id == lines.c.submission_id)
        .where(lines.c.submission_id == any_(OF_THESE))
        .order_by(
            reservations.c.created_at.desc(),
            lines.c.submission_id,
            lines.c.sku,
            lines.c.location_id,
        )
        .with_for_update(of=lines)
    )


def _give_back() -> Select[int, int]:
    """Take units off lines and shelves: what is covered off the goods, the rest off what waits."""
    parts = {"units": NUMBERS, "pending": NUMBERS, "backordered": NUMBERS}
    taken = unnested("taken", submission_id=UUIDS, sku=TEXTS, location_id=UUIDS, **parts)
    lines = reservation_lines
    waiting = taken.c.pending + taken.c.backordered
    given = (
        update(lines)
        .where(
            lines.c.submission_id == taken.c.submission_id,
            lines.c.sku == taken.c.sku,
            lines.c.location_id == taken.c.location_id,
        )
        .where(taken.c.pending <= lines.c.pending, taken.c.backordered <= lines.c.backordered)
        .where(taken.c.units - waiting <= COVERED)
        .values(
            returned=lines.c.returned + taken.c.units,
            pending=lines.c.pending - taken.c.pending,
            backordered=lines.c.backordered - taken.c.backordered,
        )
        .returning(
            taken.c.sku,
            taken.c.location_id,
            (taken.c.units - waiting).label("covered"),
            waiting.label("waiting"),
        )
        .cte("given")
    )
    return select(count_of(given), count_of(_taken_off_shelves(given)))


def _taken_off_shelves(given: CTE) -> CTE:
    sums = (
        select(
            given.c.sku,
            given.c.location_id,
            func.sum(given.c.covered).cast(BigInteger).label("covered"),
            func.sum(given.c.waiting).cast(BigInteger).label("waiting"),
        )
        .group_by(given.c.sku, given.c.location_id)
        .cte("sums")
    )
    return (
        update(stock)
        .where(stock.c.sku == sums.c.sku, stock.c.location_id == sums.c.location_id)
        .values(
            allocated=stock.c.allocated - sums.c.covered, pending=stock.c.pending - sums.c.waiting
        )
        .returning(literal(1).label("one"))
        .cte("moved")
    )


LOCK_RESERVATIONS = (
    select(reservations.c.submission_id, reservations.c.state)
    .where(reservations.c.order_id == bindparam("of_order", type_=Uuid()))
    .where(reservations.c.kind == Kind.SUBMISSION.value)
    .where(reservations.c.state.in_([State.HELD.value, State.ALLOCATED.value]))
    .order_by(reservations.c.submission_id)
    .with_for_update()
)
"""Locks what an order holds or was allocated, but for its holds as a draft."""

LOCK_SHELVES_OF = _lock_shelves()
"""Locks the shelves of reservations, in order."""

OWNED = _owned()
"""What reservations have left, locked; the latest promise first."""

GIVE_BACK = _give_back()
"""Takes units off locked lines and shelves; counts the lines and the shelves that had them."""
