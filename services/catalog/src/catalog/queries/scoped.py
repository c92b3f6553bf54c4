"""What a scope lets through: out of scope is not there (SC-1)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.scope import Scope
from contracts.values import SiteId
from sqlalchemy import ColumnElement, Text, bindparam, exists, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.storage.tables import location_sites, locations, sites

_BY_CODE = select(
    sites.c.site_id, sites.c.code, sites.c.currency, func.statement_timestamp()
).where(sites.c.code == bindparam("code", type_=Text()))


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
    row = (await session.execute(_BY_CODE, {"code": code})).first()
    return SeenSite(*row) if row is not None and scope.sees(row.site_id) else None


def within(scope: Scope, site_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Give the condition that a site is within the scope."""
    return true() if scope.sites is None else site_id.in_(scope.sites)


def location_within(scope: Scope) -> ColumnElement[bool]:
    """Give the condition that a location serves a site within the scope."""
    if scope.sites is None:
        return true()
    link = location_sites.c.location_id == locations.c.location_id
    return exists().where(link, location_sites.c.site_id.in_(scope.sites))
