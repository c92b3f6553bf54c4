from collections.abc import Collection
from dataclasses import asdict

from contracts.values import SiteId
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.sites import Site
from catalog.storage.tables import sites


class SqlSiteRepository:
    """Keeps the copies of sites."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, site: Site) -> None:
        values = asdict(site)
        statement = insert(sites).values(values)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[sites.c.site_id],
                set_={name: statement.excluded[name] for name in values},
                where=sites.c.version < statement.excluded.version,
            )
        )

    async def by_code(self, codes: Collection[str]) -> dict[str, Site]:
        if not codes:
            return {}
        rows = await self._session.execute(select(sites).where(sites.c.code.in_(codes)))
        return {row.code: Site(*row) for row in rows}

    async def codes(self, site_ids: Collection[SiteId]) -> dict[SiteId, str]:
        query = select(sites.c.site_id, sites.c.code).where(sites.c.site_id.in_(site_ids))
        return {SiteId(id_): code for id_, code in await self._session.execute(query)}

    async def known(self, site_id: SiteId) -> bool:
        query = select(sites.c.site_id).where(sites.c.site_id == site_id)
        return (await self._session.execute(query)).first() is not None
