"""The statements of drafts' holds, built once."""

from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from catalog.domain.stock import State
from catalog.storage.reservation_statements import (
    AT_SITE,
    COVERED,
    OF,
    SKUS,
    WAITING,
    hungry,
    locked_shelves,
    taken_off,
)
from catalog.storage.stock_tables import IS_HELD_FOR_A_DRAFT
from catalog.storage.tables import location_sites, reservation_lines, reservations, stock


def _unhold() -> Select[int]:
    gone = (
        delete(reservation_lines)
        .where(reservation_lines.c.submission_id == OF)
        .returning(reservation_lines, COVERED.label("covered"), WAITING.label("waiting"))
        .cte("gone")
    )
    return select(hungry(taken_off(gone, None)))


def _lock_shelves() -> Select[str, UUID]:
    """Lock the site's shelves of some products, and those of a hold wherever they are."""
    site = (
        select(stock.c.sku, stock.c.location_id)
        .join(location_sites, location_sites.c.location_id == stock.c.location_id)
        .where(location_sites.c.site_id == AT_SITE, stock.c.sku == any_(SKUS))
    )
    held = select(reservation_lines.c.sku, reservation_lines.c.location_id).where(
        reservation_lines.c.submission_id == OF
    )
    keys = site.union(held).cte("keys")
    return locked_shelves(keys)


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
    .where(reservations.c.submission_id == OF)
    .with_for_update()
)

LOCK_SHELVES = _lock_shelves()

UNHOLD = _unhold()
"""Drops the lines of a hold whose shelves are locked; counts shelves where somebody waits."""

KEEP_HOLD = (
    update(reservations)
    .where(reservations.c.submission_id == OF)
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
    .where(IS_HELD_FOR_A_DRAFT)
    .where(reservations.c.expires_at <= func.now())
    .order_by(reservations.c.expires_at)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
"""Locks holds whose time is over, those that nobody else has locked."""
