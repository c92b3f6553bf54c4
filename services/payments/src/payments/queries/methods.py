"""The ways to pay that a site offers."""

from collections.abc import Sequence

from chassis.scope import Scope
from contracts.values import SiteId
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from payments.domain.methods import Method
from payments.queries.scoped import within
from payments.storage.tables import site_methods


class MethodView(BaseModel):
    """A way to pay, and whether the site offers it."""

    model_config = ConfigDict(frozen=True)

    method: Method
    enabled: bool


async def methods(scope: Scope, session: AsyncSession, site_id: SiteId) -> Sequence[MethodView]:
    """List every method; one that staff have not decided on is offered."""
    query = select(site_methods.c.method, site_methods.c.enabled).where(
        site_methods.c.site_id == site_id, within(scope, site_methods.c.site_id)
    )
    decided = {row.method: row.enabled for row in await session.execute(query)}
    return [MethodView(method=one, enabled=decided.get(one.value, True)) for one in Method]
