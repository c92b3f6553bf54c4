"""What a scope lets through: out of scope is not there (SC-1)."""

from uuid import UUID

from chassis.scope import Scope
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.site import Site
from orders.domain.site_terms import SiteTerms
from orders.storage.documents import terms_of
from orders.storage.tables import site_terms, sites


async def seen_site(scope: Scope, session: AsyncSession, code: str) -> Site | None:
    """Give a site within the scope, by its code."""
    found = await seen_terms(scope, session, code)
    return None if found is None else found[0]


async def seen_terms(
    scope: Scope, session: AsyncSession, code: str
) -> tuple[Site, int, SiteTerms] | None:
    """Give a site within the scope, with what it has decided and the version of that."""
    query = (
        select(*sites.c, site_terms.c.version.label("terms_version"), site_terms.c.terms)
        .outerjoin(site_terms, site_terms.c.site_id == sites.c.site_id)
        .where(sites.c.code == code, within(scope, sites.c.site_id))
        .order_by(sites.c.version.desc())
        .limit(1)
    )
    row = (await session.execute(query)).first()
    if row is None:
        return None
    site = Site(*(getattr(row, name) for name in Site.__dataclass_fields__))
    return site, row.terms_version or 0, terms_of(row.terms)


def within(scope: Scope, site_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Give the condition that a site is within the scope."""
    return true() if scope.sites is None else site_id.in_(scope.sites)
