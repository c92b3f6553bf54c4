"""What a scope lets through: out of scope is not there (SC-1)."""

from uuid import UUID

from chassis.scope import Scope
from messaging.direct import Direct, On
from sqlalchemy import ColumnElement, Text, bindparam, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.site import Site
from orders.domain.site_terms import SiteTerms
from orders.storage.documents import terms_of
from orders.storage.tables import site_terms, sites

_SITE = Direct(select(*sites.c).where(sites.c.code == bindparam("called", type_=Text)))
_BY_CODE = (
    select(*sites.c, site_terms.c.version.label("terms_version"), site_terms.c.terms)
    .outerjoin(site_terms, site_terms.c.site_id == sites.c.site_id)
    .where(sites.c.code == bindparam("called", type_=Text))
    .order_by(sites.c.version.desc())
)
"""Written once: putting it together costs more than running it."""
_OF_SITE = tuple(Site.__dataclass_fields__)


async def seen_site(scope: Scope, on: On, code: str) -> Site | None:
    """Give a site within the scope, by its code."""
    seen = [
        Site(*(row[name] for name in _OF_SITE))
        for row in await _SITE.rows(on, {"called": code})
        if scope.sees(row.site_id)
    ]
    return max(seen, key=lambda site: site.version, default=None)


async def seen_terms(
    scope: Scope, session: AsyncSession, code: str
) -> tuple[Site, int, SiteTerms] | None:
    """Give a site within the scope, with what it has decided and the version of that."""
    rows = await session.execute(_BY_CODE, {"called": code})
    row = next((row for row in rows if scope.sees(row.site_id)), None)
    if row is None:
        return None
    site = Site(*(getattr(row, name) for name in _OF_SITE))
    return site, row.terms_version or 0, terms_of(row.terms)


def within(scope: Scope, site_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Give the condition that a site is within the scope."""
    return true() if scope.sites is None else site_id.in_(scope.sites)
