"""What a scope lets through: out of scope is not there (SC-1)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.scope import Scope
from contracts.values import SiteId
from messaging.direct import Direct, On
from sqlalchemy import ColumnElement, Text, bindparam, exists, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.selling import Selling
from catalog.storage.offers import read_selling
from catalog.storage.tables import location_sites, locations, sites

_BY_CODE = Direct(
    select(sites.c.site_id, sites.c.code, sites.c.currency, func.statement_timestamp()).where(
        sites.c.code == bindparam("code", type_=Text())
    )
)


@dataclass(frozen=True, slots=True)
class SeenSite:
    """A site that the caller sees.

    Attributes:
        as_of: The database's time when it was looked up, UTC; what is read next is no older.
    """

    site_id: SiteId
    code: str
    currency: str
    as_of: datetime


async def seen_site(scope: Scope, session: AsyncSession, code: str) -> SeenSite | None:
    """Give a site within the scope, by its code."""
    rows = await _BY_CODE.rows(session, {"code": code})
    return SeenSite(*rows[0]) if rows and scope.sees(rows[0].site_id) else None


async def seen_sites(
    scope: Scope, session: AsyncSession, codes: Collection[str]
) -> dict[str, SiteId]:
    """Give the ids of those sites that are there and within the scope."""
    query = select(sites.c.code, sites.c.site_id).where(
        sites.c.code.in_(codes), within(scope, sites.c.site_id)
    )
    return {row.code: SiteId(row.site_id) for row in await session.execute(query)}


async def selling_site(scope: Scope, on: On, code: str) -> Selling | None:
    """Give the same as it sells now, in one statement."""
    found = await read_selling(on, code)
    return found if found is not None and scope.sees(found.site.site_id) else None


def within(scope: Scope, site_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Give the condition that a site is within the scope."""
    return true() if scope.sites is None else site_id.in_(scope.sites)


def location_within(scope: Scope) -> ColumnElement[bool]:
    """Give the condition that a location serves a site within the scope."""
    if scope.sites is None:
        return true()
    link = location_sites.c.location_id == locations.c.location_id
    return exists().where(link, location_sites.c.site_id.in_(scope.sites))
