"""The statements of the stock ledger, built once.

READ COMMITTED is enough: each takes its row locks first, and what it then compares is current.
A parameter is not named as a column of an updated table, or SQLAlchemy would set that column.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ScalarSelect,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from catalog.domain.stock import State
from catalog.storage.tables import (
    location_sites,
    locations,
    reservation_lines,
    reservations,
    stock,
    stock_movements,
)
from catalog.storage.unnested import NUMBERS, TEXTS, UUIDS, unnested

_AVAILABLE = stock.c.on_hand - stock.c.reserved - stock.c.allocated
_SHELF_ORDER = (stock.c.sku, stock.c.location_id)
_SKUS = bindparam("skus", type_=TEXTS)


def _claim() -> Select[*tuple[Any, ...]]:
    claim = (
        upsert(reservations)
        .values(
            submission_id=bindparam("submission_id"),
            order_id=bindparam("order_id"),
            site_id=bindparam("site_id"),
            state=State.HELD.value,
        )
        .on_conflict_do_nothing()
        .returning(reservations.c.submission_id)
        .cte("claim")
    )
    shelves = (
        select(
            stock.c.sku,
            stock.c.location_id,
            locations.c.code,
            locations.c.ships,
            locations.c.priority,
            _AVAILABLE.label("available"),
        )
        .join(location_sites, location_sites.c.location_id == stock.c.location_id)
        .join(locations, locations.c.location_id == stock.c.location_id)
        .where(location_sites.c.site_id == bindparam("at_site", type_=Uuid()))
        .where(stock.c.sku == any_(_SKUS))
        # No shelf is locked before the submission is claimed: whoever ends it locks so too.
        .where(exists(select(claim.c.submission_id)))
        .order_by(*_SHELF_ORDER)
        .with_for_update(of=stock)
        .cte("shelves")
    )
    return select(shelves).select_from(claim.outerjoin(shelves, true()))


def _hold() -> Select[int]:
    wanted = unnested("wanted", sku=TEXTS, location_id=UUIDS, units=NUMBERS)
    moved = (
        update(stock)
        .where(stock.c.sku == wanted.c.sku, stock.c.location_id == wanted.c.location_id)
        .where(wanted.c.units <= _AVAILABLE)
        .values(reserved=stock.c.reserved + wanted.c.units)
        .returning(stock.c.sku, stock.c.location_id, wanted.c.units)
        .cte("moved")
    )
    submission = bindparam("of_submission", type_=Uuid())
    lines = (
        insert(reservation_lines)
        .from_select(
            ["submission_id", "sku", "location_id", "units"],
            select(submission, moved.c.sku, moved.c.location_id, moved.c.units),
        )
        .returning(literal(1).label("one"))
        .cte("lines")
    )
    return select(_count(lines))


def _count(cte: CTE) -> ScalarSelect[int]:
    return select(func.count()).select_from(cte).scalar_subquery()


def _end(state: State) -> Select[int, int, int]:
    """Move what is held; the submission's row is locked first, then its shelves in order."""
    ended = (
        update(reservations)
        .where(reservations.c.submission_id == bindparam("of_submission", type_=Uuid()))
        .where(reservations.c.state == State.HELD.value)
        .values(state=state.value, ended_at=func.now())
        .returning(reservations.c.submission_id)
        .cte("ended")
    )
    lines = (
        select(reservation_lines.c.sku, reservation_lines.c.location_id, reservation_lines.c.units)
        .join(ended, ended.c.submission_id == reservation_lines.c.submission_id)
        .cte("lines")
    )
    locked = (
        select(stock.c.sku, stock.c.location_id, lines.c.units)
        .join(lines, (lines.c.sku == stock.c.sku) & (lines.c.location_id == stock.c.location_id))
        .order_by(*_SHELF_ORDER)
        .with_for_update(of=stock)
        .cte("locked")
    )
    to_allocated = locked.c.units if state is State.ALLOCATED else literal(0, BigInteger)
    moved = (
        update(stock)
        .where(stock.c.sku == locked.c.sku, stock.c.location_id == locked.c.location_id)
        .values(
            reserved=stock.c.reserved - locked.c.units,
            allocated=stock.c.allocated + to_allocated,
        )
        .returning(stock.c.sku)
        .cte("moved")
    )
    return select(_count(ended), _count(lines), _count(moved))


CLAIM = _claim()
"""Makes the submission's reservation and gives the site's shelves of ``skus``, locked.

No row: the submission has one already. One row of nulls: there are no such shelves.
"""

HOLD = _hold()
"""Moves holds from available to reserved where there is enough; counts the shelves moved."""

END = {state: _end(state) for state in (State.RELEASED, State.ALLOCATED)}
"""Ends a held reservation; counts reservations (0 or 1), its lines, and moved shelves."""

BAR = (
    upsert(reservations)
    .values(
        submission_id=bindparam("submission_id"),
        state=State.RELEASED.value,
        ended_at=func.now(),
    )
    .on_conflict_do_update(
        index_elements=[reservations.c.submission_id],
        set_={"state": State.RELEASED.value},
        where=reservations.c.state.in_([State.REFUSED.value, State.RELEASED.value]),
    )
    .returning(reservations.c.submission_id)
)
"""Marks a submission that holds nothing as released; gives a row when it is so now."""

_opened = unnested("opened", sku=TEXTS)
_empty_shelves = select(
    _opened.c.sku, bindparam("at_location", type_=Uuid()), literal(0, BigInteger)
)

OPEN_SHELVES = (
    upsert(stock)
    .from_select(["sku", "location_id", "on_hand"], _empty_shelves.order_by(_opened.c.sku))
    .on_conflict_do_nothing()
)
"""Makes empty shelves of ``skus`` at a location where there are none."""

LEVELS = (
    select(stock.c.sku, stock.c.on_hand, stock.c.reserved, stock.c.allocated)
    .where(stock.c.location_id == bindparam("at_location", type_=Uuid()))
    .where(stock.c.sku == any_(_SKUS))
    .order_by(*_SHELF_ORDER)
    .with_for_update()
)
"""The shelves of ``skus`` at a location, locked."""


def _adjust() -> Select[str, int, int, int]:
    changed = unnested("changed", sku=TEXTS, change=NUMBERS)
    moved = (
        update(stock)
        .where(stock.c.sku == changed.c.sku)
        .where(stock.c.location_id == bindparam("at_location", type_=Uuid()))
        .values(on_hand=stock.c.on_hand + changed.c.change)
        .returning(
            stock.c.sku,
            stock.c.location_id,
            changed.c.change,
            stock.c.on_hand,
            stock.c.reserved,
            stock.c.allocated,
        )
        .cte("moved")
    )
    noted = (
        insert(stock_movements)
        .from_select(
            ["adjustment_id", "reason", "author", "sku", "location_id", "change", "on_hand"],
            select(
                bindparam("of_adjustment", type_=Uuid()),
                bindparam("for_reason", type_=Text()),
                bindparam("by_author", type_=Text()),
                moved.c.sku,
                moved.c.location_id,
                moved.c.change,
                moved.c.on_hand,
            ).order_by(moved.c.sku),
        )
        .cte("noted")
    )
    return (
        select(moved.c.sku, moved.c.on_hand, moved.c.reserved, moved.c.allocated)
        .order_by(moved.c.sku)
        .add_cte(noted)
    )


ADJUST = _adjust()
"""Changes the levels at a location by ``changes`` and notes the movements; gives the levels."""
