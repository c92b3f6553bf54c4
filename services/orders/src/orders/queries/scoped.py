"""What a scope lets through: out of scope is not there (SC-1)."""

from uuid import UUID

from chassis.scope import Scope
from contracts.values import OrderId, SiteId
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.site import Site
from orders.storage.tables import orders, sites


async def seen_site(scope: Scope, session: AsyncSession, code: str) -> Site | None:
    """Give a site within the scope, by its code."""
    query = (
        select(sites)
        .where(sites.c.code == code, within(scope, sites.c.site_id))
        .order_by(sites.c.version.desc())
        .limit(1)
    )
    row = (await session.execute(query)).first()
    return None if row is None else Site(*row)


async def site_of_order(scope: Scope, session: AsyncSession, order_id: OrderId) -> SiteId | None:
    """Give the site of an order within the scope."""
    query = select(orders.c.site_id).where(orders.c.id == order_id, within(scope, orders.c.site_id))
    found = (await session.execute(query)).scalar_one_or_none()
    return None if found is None else SiteId(found)


def within(scope: Scope, site_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Give the condition that a site is within the scope."""
    return true() if scope.sites is None else site_id.in_(scope.sites)
