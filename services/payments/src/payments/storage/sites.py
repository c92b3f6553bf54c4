"""The copy of the sites in the database."""

from dataclasses import asdict

from contracts.values import SiteId
from sqlalchemy import Text, Uuid, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from payments.domain.methods import GatewayName, Offer
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
