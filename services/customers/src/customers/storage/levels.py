"""Keeps the levels of customer sets."""

from collections.abc import Collection
from dataclasses import asdict

from contracts.values import CustomerSetId, SiteId
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from customers.domain.sites import Level, level_id
from customers.storage.sites import put, take_turns
from customers.storage.tables import customer_level, site


class SqlLevelRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, customer_set_id: CustomerSetId, code: str) -> Level | None:
        await take_turns(self._session, level_id(customer_set_id, code))
        query = select(customer_level).where(
            customer_level.c.customer_set_id == customer_set_id, customer_level.c.code == code
        )
        row = (await self._session.execute(query)).one_or_none()
        if row is None:
            return None
        return Level(
            row.level_id, CustomerSetId(row.customer_set_id), row.code, row.name, row.version
        )

    async def exists(self, customer_set_id: CustomerSetId, code: str) -> bool:
        here = (customer_level.c.customer_set_id == customer_set_id, customer_level.c.code == code)
        return bool(await self._session.scalar(select(exists().where(*here))))

    async def of_sites(
        self, asked: Collection[tuple[SiteId, str]]
    ) -> frozenset[tuple[SiteId, str]]:
        query = (
            select(site.c.site_id, customer_level.c.code)
            .join(customer_level, customer_level.c.customer_set_id == site.c.customer_set_id)
            .where(
                site.c.site_id.in_({site_id for site_id, _ in asked}),
                customer_level.c.code.in_({code for _, code in asked}),
            )
        )
        rows = await self._session.execute(query)
        return frozenset((SiteId(row.site_id), row.code) for row in rows)

    async def save(self, level: Level) -> None:
        await put(self._session, customer_level, ("customer_set_id", "code"), asdict(level))
