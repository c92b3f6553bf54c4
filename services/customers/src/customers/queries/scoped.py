"""What a scope lets through: out of scope is not there (SC-1)."""

from uuid import UUID

from chassis.scope import Scope
from messaging.direct import Direct
from sqlalchemy import Select, Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from customers.domain.sites import customer_set_id, site_id
from customers.storage.tables import customer_set, site

_SET_OF_SITE = Direct(
    select(site.c.customer_set_id).where(site.c.site_id == bindparam("site_id", type_=Uuid()))
)


async def set_of_site(scope: Scope, session: AsyncSession, code: str) -> UUID | None:
    """Give the customer set of a site; none when the site is unknown or out of scope."""
    id_ = site_id(code)
    if not scope.sees(id_):
        return None
    rows = await _SET_OF_SITE.rows(session, {"site_id": id_})
    return rows[0].customer_set_id if rows else None


async def set_named(scope: Scope, session: AsyncSession, code: str) -> UUID | None:
    """Give the id of a customer set; none when it is unknown or has no site in scope."""
    here = customer_set.c.customer_set_id == customer_set_id(code)
    seen = customer_set.c.customer_set_id.in_(sets_in(scope))
    return await session.scalar(select(customer_set.c.customer_set_id).where(here, seen))


def sets_in(scope: Scope) -> Select[UUID]:
    """Select the customer sets that have a site in scope; all of them when every site is."""
    if scope.sites is None:
        return select(customer_set.c.customer_set_id)
    return select(site.c.customer_set_id).where(site.c.site_id.in_(scope.sites)).distinct()
