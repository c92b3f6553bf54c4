"""Locations as staff see them: only those that serve one of their sites."""

from collections.abc import Sequence
from typing import Any

from chassis.scope import Scope
from contracts.values import LocationId
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.queries.scoped import location_within, within
from catalog.storage.tables import location_sites, locations, sites


class LocationView(BaseModel):
    """A location.

    Attributes:
        sites: Codes of the sites it serves, of those that the caller sees, in ascending order.
        priority: The lowest ships first.
        version: Grows with every change; it is the ETag.
    """

    model_config = ConfigDict(frozen=True)

    code: str
    location_id: LocationId
    name: str
    sites: tuple[str, ...]
    ships: bool
    pickup: bool
    delivery: bool
    priority: int
    version: int


async def location(scope: Scope, session: AsyncSession, code: str) -> LocationView | None:
    """Give a location, by its code."""
    query = _seen(scope).where(locations.c.code == code)
    row = (await session.execute(query)).first()
    return None if row is None else _view(row)


async def list_locations(
    scope: Scope, session: AsyncSession, *, after: str | None, limit: int
) -> Sequence[LocationView]:
    """List locations by code, at most ``limit``, those behind ``after``."""
    query = _seen(scope).order_by(locations.c.code).limit(limit)
    if after is not None:
        query = query.where(locations.c.code > after)
    return [_view(row) for row in await session.execute(query)]


def _seen(scope: Scope) -> Select[Any]:
    codes = (
        select(sites.c.code)
        .join(location_sites, location_sites.c.site_id == sites.c.site_id)
        .where(location_sites.c.location_id == locations.c.location_id)
        .where(within(scope, sites.c.site_id))
        .order_by(sites.c.code)
        .correlate(locations)
    )
    return select(locations, func.array(codes.scalar_subquery()).label("sites")).where(
        location_within(scope)
    )


def _view(row: Row[Any]) -> LocationView:
    return LocationView(
        code=row.code,
        location_id=row.location_id,
        name=row.name,
        sites=row.sites,
        ships=row.ships,
        pickup=row.pickup,
        delivery=row.delivery,
        priority=row.priority,
        version=row.version,
    )
