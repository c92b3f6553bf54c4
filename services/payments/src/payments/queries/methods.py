"""The ways to pay that a site offers."""

from collections.abc import Sequence
from typing import Any

from chassis.scope import Scope
from contracts.values import SiteId
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from payments.domain.methods import GatewayName, Method, Offer
from payments.queries.scoped import within
from payments.storage.tables import site_methods


class MethodView(BaseModel):
    """A way to pay, and whether the site offers it.

    Attributes:
        gateway: What it goes through; none when the money comes from outside.
    """

    model_config = ConfigDict(frozen=True)

    method: Method
    enabled: bool
    gateway: GatewayName | None


async def methods(scope: Scope, session: AsyncSession, site_id: SiteId) -> Sequence[MethodView]:
    """List every method; one that staff have not decided on is offered."""
    query = select(site_methods).where(
        site_methods.c.site_id == site_id, within(scope, site_methods.c.site_id)
    )
    decided = {row.method: row for row in await session.execute(query)}
    return [_view(one, decided.get(one.value)) for one in Method]


def _view(method: Method, decided: Row[Any] | None) -> MethodView:
    chosen = (decided.gateway if decided else None) or GatewayName.TEST
    offer = Offer("", enabled=decided is None or decided.enabled, card_gateway=GatewayName(chosen))
    return MethodView(method=method, enabled=offer.enabled, gateway=offer.gateway(method))
