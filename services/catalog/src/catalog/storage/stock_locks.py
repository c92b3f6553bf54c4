"""Locks what several commands need, in the order in which each of them would."""

from typing import Any
from uuid import UUID

from messaging.direct import Direct
from sqlalchemy import Select, and_, any_, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.stock import Needed
from catalog.storage.reservation_statements import locked_shelves
from catalog.storage.tables import location_sites, reservation_lines, reservations, stock
from catalog.storage.unnested import TEXTS, UUIDS, unnested

_IDS = bindparam("ids", type_=UUIDS)
_ORDERS = bindparam("orders", type_=UUIDS)


async def lock_needed(session: AsyncSession, needed: Needed) -> None:
    """Lock reservations that are there, in order of id, and then shelves in their order."""
    held = list[UUID]()
    if needed.reservations or needed.orders:
        parameters = {"ids": list(needed.reservations), "orders": list(needed.orders)}
        rows = await _RESERVATIONS.rows(session, parameters)
        held = [row.submission_id for row in rows]
    if held or needed.shelves:
        sites, skus = zip(*sorted(needed.shelves), strict=True) if needed.shelves else ((), ())
        shelves = {"ids": held, "sites": list(sites), "skus": list(skus)}
        await _SHELVES.rows(session, shelves)


def _locked_reservations() -> Select[UUID]:
    of_these = or_(
        reservations.c.submission_id == any_(_IDS), reservations.c.order_id == any_(_ORDERS)
    )
    query = select(reservations.c.submission_id).where(of_these)
    return query.order_by(reservations.c.submission_id).with_for_update()


def _locked_shelves() -> Select[*tuple[Any, ...]]:
    wanted = unnested("wanted", site=UUIDS, sku=TEXTS)
    serves = location_sites.c.location_id == stock.c.location_id
    asked = and_(wanted.c.site == location_sites.c.site_id, wanted.c.sku == stock.c.sku)
    at_sites = (
        select(stock.c.sku, stock.c.location_id).join(location_sites, serves).join(wanted, asked)
    )
    held = select(reservation_lines.c.sku, reservation_lines.c.location_id).where(
        reservation_lines.c.submission_id == any_(_IDS)
    )
    return locked_shelves(at_sites.union(held).cte("keys"))


_RESERVATIONS = Direct(_locked_reservations())
_SHELVES = Direct(_locked_shelves())
