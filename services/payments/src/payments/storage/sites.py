"""The copy of the sites in the database."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from contracts.values import SiteId
from sqlalchemy import Row, Text, Uuid, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from payments.domain.methods import GatewayName, Method, Offer
from payments.domain.site import Site
from payments.storage.tables import site_methods, sites

_OFFER = (
    select(
        sites.c.currency,
        func.coalesce(site_methods.c.enabled, True),
        func.coalesce(site_methods.c.gateway, GatewayName.TEST.value),
    )
    .select_from(
        sites.outerjoin(
            site_methods,
            and_(
                site_methods.c.site_id == sites.c.site_id,
                site_methods.c.method == bindparam("by_method", type_=Text()),
            ),
        )
    )
    .where(sites.c.site_id == bindparam("at_site", type_=Uuid()))
)
"""Written once: every payment asks for it."""


class SqlSiteRepository:
    """Keeps the highest version of each site."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, site: Site) -> None:
        values = asdict(site)
        statement = insert(sites).values(values)
        statement = statement.on_conflict_do_update(
            index_elements=[sites.c.site_id],
            set_={name: statement.excluded[name] for name in values if name != "site_id"},
            where=sites.c.version < statement.excluded.version,
        )
        await self._session.execute(statement)

    async def offer(self, site_id: SiteId, method: str) -> Offer | None:
        given = {"at_site": site_id, "by_method": method}
        row = (await self._session.execute(_OFFER, given)).one_or_none()
        return None if row is None else Offer(row[0], row[1], GatewayName(row[2]))

    async def offers(self, site_id: SiteId) -> Mapping[Method, Offer]:
        decided = site_methods.c.site_id == sites.c.site_id
        query = (
            select(sites.c.currency, *(site_methods.c[n] for n in ("method", "enabled", "gateway")))
            .select_from(sites.outerjoin(site_methods, decided))
            .where(sites.c.site_id == site_id)
        )
        rows = (await self._session.execute(query)).all()
        known = {row.method: row for row in rows}
        return {
            method: _offer(row.currency, known.get(method.value))
            for row in rows[:1]
            for method in Method
        }

    async def enable(
        self, site_id: SiteId, method: str, *, enabled: bool, gateway: str | None
    ) -> None:
        statement = insert(site_methods).values(
            site_id=site_id, method=method, enabled=enabled, gateway=gateway
        )
        chosen = func.coalesce(statement.excluded.gateway, site_methods.c.gateway)
        statement = statement.on_conflict_do_update(
            index_elements=[site_methods.c.site_id, site_methods.c.method],
            set_={
                "enabled": statement.excluded.enabled,
                "gateway": chosen,
                "changed_at": func.now(),
            },
        )
        await self._session.execute(statement)


def _offer(currency: str, decided: Row[Any] | None) -> Offer:
    """Give what a site says to a method; one that staff have not decided on is offered."""
    if decided is None:
        return Offer(currency, enabled=True)
    return Offer(currency, decided.enabled, GatewayName(decided.gateway or GatewayName.TEST))
