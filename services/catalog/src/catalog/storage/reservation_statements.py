"""The statements of reservations, built once.

READ COMMITTED is enough: each takes its row locks first, and what it then compares is current.
The parts of a line that wait for goods belong to whoever has its shelf locked; so a line is read
``FOR UPDATE``, which gives its newest state, and only after its shelf.
A parameter is not named as a column of an updated table, or SQLAlchemy would set that column.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    DateTime,
    ScalarSelect,
    Select,
    Text,
    Uuid,
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
_COVERED = reservation_lines.c.units - WAITING
_REFUSE = Backorder.REFUSE.value
_SKUS = bindparam("skus", type_=TEXTS)
_AT_SITE = bindparam("at_site", type_=Uuid())
_OF = bindparam("of_submission", type_=Uuid())


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
            func.greatest(FREE, 0).label("available"),
            func.coalesce(site_stock_policies.c.split_shipping, true()).label("split"),
            or_(
                func.coalesce(site_stock_policies.c.future_stock, false()),
                func.coalesce(site_stock_policies.c.backorder, _REFUSE) != _REFUSE,
                product_stock_policies.c.sku.is_not(None),
            ).label("ahead"),
        )
        .join(location_sites, location_sites.c.location_id == stock.c.location_id)
        .join(locations, locations.c.location_id == stock.c.location_id)
        .join(variants, variants.c.sku == stock.c.sku)
        .outerjoin(site_stock_policies, site_stock_policies.c.site_id == location_sites.c.site_id)
        .outerjoin(
            product_stock_policies,
            (product_stock_policies.c.site_id == location_sites.c.site_id)
            & (product_stock_policies.c.sku == stock.c.sku),
        )
        .where(location_sites.c.site_id == _AT_SITE)
        .where(stock.c.sku == any_(_SKUS), variants.c.tracked)
        # No shelf is locked before the submission is claimed: whoever ends it locks so too.
        .where(exists(select(claim.c.submission_id)))
        .order_by(*SHELF_ORDER)
        .with_for_update(of=stock)
        .cte("shelves")
    )
    return select(shelves).select_from(claim.outerjoin(shelves, true()))


def _hold() -> Select[int]:
    wanted = unnested(
        "wanted",
        sku=TEXTS,
        location_id=UUIDS,
        units=NUMBERS,
        pending=NUMBERS,
        backordered=NUMBERS,
    )
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
    names = ["sku", "location_id", "units", "pending", "backordered"]
    lines = (
        insert(reservation_lines)
        .from_select(
            ["submission_id", *names],
            select(_OF, *(moved.c[name] for name in names)),
            include_defaults=False,
        )
        .returning(literal(1).label("one"))
        .cte("lines")
    )
    return select(_count(lines))


def _count(cte: CTE) -> ScalarSelect[int]:
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
    locked = (
        select(stock.c.sku, stock.c.location_id)
        .join(keys, (keys.c.sku == stock.c.sku) & (keys.c.location_id == stock.c.location_id))
        .order_by(*SHELF_ORDER)
        .with_for_update(of=stock)
        .cte("locked")
    )
    lines = (
        select(reservation_lines, _COVERED.label("covered"), WAITING.label("waiting"))
        .join(ended, of_ended)
        .join(
            locked,
            (locked.c.sku == reservation_lines.c.sku)
            & (locked.c.location_id == reservation_lines.c.location_id),
        )
        .with_for_update(of=reservation_lines)
        .cte("lines")
    )
    moved, gone = _moved(lines, state), _gone(lines, kind, state)
    counted = select(_count(ended), _count(keys), _count(moved), _hungry(moved))
    return counted if gone is None else counted.add_cte(gone)


def _moved(lines: CTE, state: State | None) -> CTE:
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


def _hungry(moved: CTE) -> ScalarSelect[int]:
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


def _unhold() -> Select[int]:
    gone = (
        delete(reservation_lines)
        .where(reservation_lines.c.submission_id == _OF)
        .returning(reservation_lines, _COVERED.label("covered"), WAITING.label("waiting"))
        .cte("gone")
    )
    return select(_hungry(_moved(gone, None)))


def _lock_shelves() -> Select[str]:
    """Lock the site's shelves of some products, and those of a hold wherever they are."""
    site = (
        select(stock.c.sku, stock.c.location_id)
        .join(location_sites, location_sites.c.location_id == stock.c.location_id)
        .where(location_sites.c.site_id == _AT_SITE, stock.c.sku == any_(_SKUS))
    )
    held = select(reservation_lines.c.sku, reservation_lines.c.location_id).where(
        reservation_lines.c.submission_id == _OF
    )
    keys = site.union(held).cte("keys")
    return (
        select(stock.c.sku)
        .join(keys, (keys.c.sku == stock.c.sku) & (keys.c.location_id == stock.c.location_id))
        .order_by(*SHELF_ORDER)
        .with_for_update(of=stock)
    )


CLAIM = _claim()
"""Makes the submission's reservation and gives the site's shelves of ``skus``, locked.

No row: the submission has one already. One row of nulls: there are no such shelves. Products that
are not tracked have none.
"""

CLAIM_ONLY = (
    upsert(reservations)
    .values(
        submission_id=bindparam("submission_id"),
        order_id=bindparam("order_id"),
        site_id=bindparam("site_id"),
        state=State.HELD.value,
    )
    .on_conflict_do_nothing()
    .returning(reservations.c.submission_id)
)
"""Makes the submission's reservation and locks nothing else."""

HOLD = _hold()
"""Moves holds from available to reserved or pending where there is enough; counts the lines."""

END = {
    (kind, state): _end(kind, state)
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

OPEN_HOLD = (
    upsert(reservations)
    .values(
        submission_id=bindparam("hold_id"),
        kind="hold",
        order_id=bindparam("order_id"),
        site_id=bindparam("site_id"),
        state=State.REFUSED.value,
        sequence=-1,
    )
    .on_conflict_do_nothing()
)
"""Makes the row of a draft's hold; it holds nothing yet."""

LOCK_HOLD = (
    select(
        reservations.c.kind,
        reservations.c.state,
        reservations.c.sequence,
        reservations.c.refusal,
        reservations.c.expires_at,
    )
    .where(reservations.c.submission_id == _OF)
    .with_for_update()
)

LOCK_SHELVES = _lock_shelves()

UNHOLD = _unhold()
"""Drops the lines of a hold whose shelves are locked; counts shelves where somebody waits."""

KEEP_HOLD = (
    update(reservations)
    .where(reservations.c.submission_id == _OF)
    .values(
        state=bindparam("new_state", type_=Text()),
        sequence=bindparam("new_sequence", type_=BigInteger()),
        refusal=bindparam("new_refusal", type_=reservations.c.refusal.type),
        expires_at=bindparam("new_expires_at", type_=DateTime(timezone=True)),
        site_id=bindparam("new_site_id", type_=Uuid()),
        ended_at=None,
    )
)

EXPIRING = (
    select(reservations.c.submission_id)
    .where(reservations.c.kind == "hold", reservations.c.state == State.HELD.value)
    .where(reservations.c.expires_at <= func.now())
    .order_by(reservations.c.expires_at)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
"""Locks holds whose time is over, those that nobody else has locked."""

LINES = (
    select(
        reservation_lines.c.sku,
        reservation_lines.c.location_id,
        reservation_lines.c.units,
        reservation_lines.c.pending,
        reservation_lines.c.backordered,
    )
    .where(reservation_lines.c.submission_id == _OF)
    .order_by(reservation_lines.c.sku, reservation_lines.c.location_id)
)
