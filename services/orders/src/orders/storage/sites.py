from dataclasses import asdict

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.site import Site
from orders.storage.tables import sites


class SqlSiteRepository:
    """Keeps the highest version of each site."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, site: Site) -> None:
        values = asdict(site)
        statement = insert(sites).values(values)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[sites.c.site_id],
                set_={name: statement.excluded[name] for name in values if name != "site_id"},
                where=sites.c.version < statement.excluded.version,
            )
        )
