"""What a scope lets through: out of scope is not there (SC-1)."""

from uuid import UUID

from chassis.scope import Scope
from contracts.values import SiteId
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from payments.storage.tables import sites


async def seen_site(scope: Scope, session: AsyncSession, code: str) -> SiteId | None:
    """Give the id of a site within the scope, by its code."""
    query = (
        select(sites.c.site_id)
        .where(sites.c.code == code, within(scope, sites.c.site_id))
        .order_by(sites.c.version.desc())
        .limit(1)
    )
    found = (await session.execute(query)).scalar_one_or_none()
    return None if found is None else SiteId(found)


async def currencies_of_set(scope: Scope, session: AsyncSession, site_id: SiteId) -> set[str]:
    """Give what the sites of a site's customer set sell in; nothing of a set that is out of scope.

    A set is within the scope when all its sites are.
    """
    of_set = select(sites.c.customer_set_id).where(sites.c.site_id == site_id)
    query = select(sites.c.site_id, sites.c.currency).where(
        sites.c.customer_set_id == of_set.scalar_subquery()
    )
    rows = (await session.execute(query)).all()
    if not all(scope.sees(SiteId(row.site_id)) for row in rows):
        return set()
    return {row.currency for row in rows}


def within(scope: Scope, site_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Give the condition that a site is within the scope."""
    return true() if scope.sites is None else site_id.in_(scope.sites)


def of_sets(scope: Scope, site_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Give the condition that a site's customer set has a site within the scope."""
    if scope.sites is None:
        return true()
    seen = select(sites.c.customer_set_id).where(sites.c.site_id.in_(scope.sites))
    return site_id.in_(select(sites.c.site_id).where(sites.c.customer_set_id.in_(seen)))
