"""Keeps customer sets and sites."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from contracts.values import CustomerSetId, SiteId
from sqlalchemy import ColumnElement, Row, Table, exists, func, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from customers.domain.sites import TOLD_AS, CustomerSet, Site, SiteTerms, Within
from customers.storage.tables import customer_set, site


class SqlCustomerSetRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, customer_set_id: CustomerSetId) -> CustomerSet | None:
        await take_turns(self._session, customer_set_id)
        query = select(customer_set).where(customer_set.c.customer_set_id == customer_set_id)
        row = (await self._session.execute(query)).one_or_none()
        if row is None:
            return None
        return CustomerSet(CustomerSetId(row.customer_set_id), row.code, row.name, row.version)

    async def exists(self, customer_set_id: CustomerSetId, within: Within) -> bool:
        here = customer_set.c.customer_set_id == customer_set_id
        query = select(exists().where(here, has_site_in(customer_set_id, within)))
        return bool(await self._session.scalar(query))

    async def save(self, customer_set_: CustomerSet) -> None:
        await put(self._session, customer_set, ("customer_set_id",), asdict(customer_set_))


class SqlSiteRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, site_id: SiteId, *, lock: bool = False) -> Site | None:
        if lock:
            await take_turns(self._session, site_id)
        query = select(site).where(site.c.site_id == site_id)
        row = (await self._session.execute(query)).one_or_none()
        if row is None:
            return None
        return _site(row)

    async def only(self, within: Within) -> Site | None:
        query = select(site).where(site.c.active).limit(2)
        if within is not None:
            query = query.where(site.c.site_id.in_(within))
        rows = (await self._session.execute(query)).all()
        return _site(rows[0]) if len(rows) == 1 else None

    async def of_set(self, customer_set_id: CustomerSetId, within: Within) -> Sequence[Site]:
        query = select(site).where(site.c.customer_set_id == customer_set_id, site.c.active)
        if within is not None:
            query = query.where(site.c.site_id.in_(within))
        rows = await self._session.execute(query.order_by(site.c.code).limit(2))
        return [_site(row) for row in rows]

    async def save(self, site_: Site) -> None:
        values = {"site_id": site_.site_id, "code": site_.code, "version": site_.version}
        told = asdict(site_.terms) | {"told_as": TOLD_AS}
        await put(self._session, site, ("site_id",), values | told)

    async def told_before(self, told_as: int) -> SiteId | None:
        query = select(site.c.site_id).where(site.c.told_as < told_as).order_by(site.c.site_id)
        found = await self._session.scalar(query.limit(1))
        return None if found is None else SiteId(found)


def _site(row: Row[Any]) -> Site:
    terms = SiteTerms(
        name=row.name,
        customer_set_id=CustomerSetId(row.customer_set_id),
        country=row.country,
        currency=row.currency,
        time_zone=row.time_zone,
        active=row.active,
        storefront_url=row.storefront_url,
    )
    return Site(SiteId(row.site_id), row.code, terms, row.version)


def has_site_in(set_id: ColumnElement[UUID] | UUID, within: Within) -> ColumnElement[bool]:
    """Give the condition that a customer set has one of these sites (SC-1)."""
    if within is None:
        return true()
    return exists().where(site.c.customer_set_id == set_id, site.c.site_id.in_(within))


async def take_turns(session: AsyncSession, id_: UUID) -> None:
    """Wait for whoever changes the thing of this id, also when it does not exist yet."""
    key = func.hashtextextended(str(id_), 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def put(
    session: AsyncSession, table: Table, key: tuple[str, ...], values: dict[str, Any]
) -> None:
    """Insert a row, or change the one that has its key."""
    statement = insert(table).values(values)
    await session.execute(statement.on_conflict_do_update(index_elements=key, set_=values))
