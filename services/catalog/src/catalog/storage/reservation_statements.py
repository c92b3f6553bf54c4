"""The statements of reservations, built once.

READ COMMITTED is enough: each takes its row locks first, and what it then compares is current.
The parts of a line that wait for goods belong to whoever has its shelf locked; so a line is read
``FOR UPDATE``, which gives its newest state, and only after its shelf.
A parameter is not named as a column of an updated table, or SQLAlchemy would set that column.
"""

from typing import Any
from uuid import UUID

from messaging.direct import Direct
from sqlalchemy import (
    CTE,
    BigInteger,
    ScalarSelect,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.dml import ReturningInsert

from catalog.domain.stock import State
from catalog.domain.stock_policy import Backorder
from catalog.storage.tables import (
    location_sites,
    locations,
    product_stock_policies,
    reservation_lines,
    reservations,
    site_stock_policies,
    stock,
    variants,
)
from catalog.storage.unnested import NUMBERS, TEXTS, UUIDS, unnested

FREE = stock.c.on_hand - stock.c.reserved - stock.c.allocated - stock.c.safety_stock
"""Units on hand that can be promised; below zero where safety stock is larger than the rest."""
WAITING = reservation_lines.c.pending + reservation_lines.c.backordered
SHELF_ORDER = (stock.c.sku, stock.c.location_id)
COVERED = reservation_lines.c.units - reservation_lines.c.returned - WAITING
_REFUSE = Backorder.REFUSE.value
SKUS = bindparam("skus", type_=TEXTS)
AT_SITE = bindparam("at_site", type_=Uuid())
OF = bindparam("of_submission", type_=Uuid())


def _claimed() -> ReturningInsert[UUID]:
    made = upsert(reservations).values(
        submission_id=bindparam("submission_id"),
        order_id=bindparam("order_id"),
        site_id=bindparam("site_id"),
        state=State.HELD.value,
    )
    return made.on_conflict_do_nothing().returning(reservations.c.submission_id)


def _claim() -> Select[*tuple[Any, ...]]:
    claim = _claimed().cte("claim")
    shelves = (
        _shelves()
        .where(location_sites.c.site_id == AT_SITE)
        .where(stock.c.sku == any_(SKUS), variants.c.tracked)
        # No shelf is locked before the submission is claimed: whoever ends it locks so too.
        .where(exists(select(claim.c.submission_id)))
        .order_by(*SHELF_ORDER)
        .with_for_update(of=stock)
        .cte("shelves")
    )
    return select(shelves).select_from(claim.outerjoin(shelves, true()))


def _shelves() -> Select[*tuple[Any, ...]]:
    """Give shelves as a plan needs them, and what else the site may promise."""
    own, policy = product_stock_policies, site_stock_policies
    of_site = policy.c.site_id == location_sites.c.site_id
    of_product = and_(own.c.site_id == location_sites.c.site_id, own.c.sku == stock.c.sku)
    ahead = or_(
        func.coalesce(policy.c.future_stock, false()),
        func.coalesce(policy.c.backorder, _REFUSE) != _REFUSE,
        own.c.sku.is_not(None),
    )
    return (
        select(
            stock.c.sku,
            stock.c.location_id,
            locations.c.code,
            locations.c.ships,
            locations.c.priority,
            func.greatest(FREE, 0).label("available"),
            func.coalesce(policy.c.split_shipping, true()).label("split"),
            ahead.label("ahead"),
        )
        .join(location_sites, location_sites.c.location_id == stock.c.location_id)
        .join(locations, locations.c.location_id == stock.c.location_id)
        .join(variants, variants.c.sku == stock.c.sku)
        .outerjoin(policy, of_site)
        .outerjoin(own, of_product)
    )


def _hold() -> Select[int]:
    parts = {"units": NUMBERS, "pending": NUMBERS, "backordered": NUMBERS}
    wanted = unnested("wanted", sku=TEXTS, location_id=UUIDS, **parts)
    waiting = wanted.c.pending + wanted.c.backordered
    covered = wanted.c.units - waiting
    moved = (
        update(stock)
        .where(stock.c.sku == wanted.c.sku, stock.c.location_id == wanted.c.location_id)
        .where((covered == 0) | (covered <= FREE))
        .values(reserved=stock.c.reserved + covered, pending=stock.c.pending + waiting)
        .returning(*wanted.c)
        .cte("moved")
    )
    names = ["sku", "location_id", *parts]
    held = select(OF, *(moved.c[name] for name in names))
    lines = (
        insert(reservation_lines)
        .from_select(["submission_id", *names], held, include_defaults=False)
        .returning(literal(1).label("one"))
        .cte("lines")
    )
    return select(count_of(lines).label("moved"))


def count_of(cte: CTE) -> ScalarSelect[int]:
    """Count the rows of a part of a statement."""
    return select(func.count()).select_from(cte).scalar_subquery()


def _end(kind: str, state: State) -> Select[int, int, int, int]:
    """Move what is held; the reservation's row is locked first, then its shelves in order."""
    of = reservations.c.submission_id == any_(bindparam("of_submissions", type_=UUIDS))
    ended = (
        update(reservations)
        .where(of, reservations.c.kind == kind, reservations.c.state == State.HELD.value)
        .values(state=state.value, ended_at=func.now())
        .returning(reservations.c.submission_id)
        .cte("ended")
    )
    of_ended = ended.c.submission_id == reservation_lines.c.submission_id
    keys = (
        select(reservation_lines.c.sku, reservation_lines.c.location_id)
        .join(ended, of_ended)
        .distinct()
        .cte("keys")
    )
    locked = locked_shelves(keys).cte("locked")
    at_locked = and_(
        locked.c.sku == reservation_lines.c.sku,
        locked.c.location_id == reservation_lines.c.location_id,
    )
    lines = (
        select(reservation_lines, COVERED.label("covered"), WAITING.label("waiting"))
        .join(ended, of_ended)
        .join(locked, at_locked)
        .with_for_update(of=reservation_lines)
        .cte("lines")
    )
    moved, gone = taken_off(lines, state), _gone(lines, kind, state)
    counted = select(
        count_of(ended).label("ended"),
        count_of(keys).label("shelves"),
        count_of(moved).label("moved"),
        hungry(moved).label("hungry"),
    )
    return counted if gone is None else counted.add_cte(gone)


def locked_shelves(keys: CTE) -> Select[str, UUID]:
    """Give the shelves of these products and locations, locked in order."""
    named = and_(keys.c.sku == stock.c.sku, keys.c.location_id == stock.c.location_id)
    query = select(stock.c.sku, stock.c.location_id).join(keys, named)
    return query.order_by(*SHELF_ORDER).with_for_update(of=stock)


def taken_off(lines: CTE, state: State | None) -> CTE:
    """Take what these lines hold off their shelves, or allocate it."""
    allocates = state is State.ALLOCATED
    sums = (
        select(
            lines.c.sku,
            lines.c.location_id,
            func.sum(lines.c.covered).cast(BigInteger).label("covered"),
            func.sum(lines.c.waiting).cast(BigInteger).label("waiting"),
        )
        .group_by(lines.c.sku, lines.c.location_id)
        .cte("sums")
    )
    zero = literal(0, BigInteger)
    return (
        update(stock)
        .where(stock.c.sku == sums.c.sku, stock.c.location_id == sums.c.location_id)
        .values(
            reserved=stock.c.reserved - sums.c.covered,
            allocated=stock.c.allocated + (sums.c.covered if allocates else zero),
            pending=stock.c.pending - (zero if allocates else sums.c.waiting),
        )
        .returning(stock.c.sku, (FREE > 0).label("free"), stock.c.pending)
        .cte("moved")
    )


def hungry(moved: CTE) -> ScalarSelect[int]:
    """Count the shelves where goods lie now that somebody waits for."""
    return (
        select(func.count())
        .select_from(moved)
        .where(moved.c.free, moved.c.pending > 0)
        .scalar_subquery()
    )


def _gone(lines: CTE, kind: str, state: State) -> CTE | None:
    """Forget what waits: of a submission the waiting parts, of a hold its lines."""
    if state is State.ALLOCATED:
        return None
    of_lines = (
        (reservation_lines.c.submission_id == lines.c.submission_id)
        & (reservation_lines.c.sku == lines.c.sku)
        & (reservation_lines.c.location_id == lines.c.location_id)
    )
    if kind == "hold":
        return delete(reservation_lines).where(of_lines).cte("gone")
    return (
        update(reservation_lines)
        .where(of_lines, lines.c.waiting > 0)
        .values(pending=0, backordered=0)
        .cte("gone")
    )


CLAIM = Direct(_claim())
"""Makes the submission's reservation and gives the site's shelves of ``skus``, locked.

No row: the submission has one already. One row of nulls: there are no such shelves. Products that
are not tracked have none.
"""

CLAIM_ONLY = _claimed()
"""Makes the submission's reservation and locks nothing else."""

HOLD = Direct(_hold())
"""Moves holds from available to reserved or pending where there is enough; counts the lines."""

END = {
    (kind, state): Direct(_end(kind, state))
    for kind, states in (
        ("submission", (State.RELEASED, State.ALLOCATED)),
        ("hold", (State.RELEASED, State.EXPIRED, State.CONSUMED)),
    )
    for state in states
}
"""Ends held reservations; counts them, their shelves, the moved ones, and where somebody waits.

The row of a hold must have been locked by an earlier statement: its lines may have changed.
"""

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
        where=reservations.c.state.not_in([State.HELD.value, State.ALLOCATED.value]),
    )
    .returning(reservations.c.submission_id)
)
"""Marks a reservation that holds nothing as released; gives a row when it is so now."""

LINES = (
    select(
        reservation_lines.c.sku,
        reservation_lines.c.location_id,
        reservation_lines.c.units,
        reservation_lines.c.pending,
        reservation_lines.c.backordered,
    )
    .where(reservation_lines.c.submission_id == OF)
    .order_by(reservation_lines.c.sku, reservation_lines.c.location_id)
)
