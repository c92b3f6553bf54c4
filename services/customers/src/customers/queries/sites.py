"""Customer sets and sites as staff see them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.scope import Scope
from contracts.values import CustomerSetId, SiteId
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from customers.queries.scoped import sets_in
from customers.storage.tables import customer_level as levels
from customers.storage.tables import customer_set as sets
from customers.storage.tables import site as sites


class CustomerSetView(BaseModel):
    """A customer set."""

    model_config = ConfigDict(frozen=True)

    id: CustomerSetId
    code: str
    name: str
    version: int


class SiteView(BaseModel):
    """A site; ``customer_set`` is the set's code."""

    model_config = ConfigDict(frozen=True)

    id: SiteId
    code: str
    name: str
    customer_set: str
    country: str
    currency: str
    time_zone: str
    active: bool
    storefront_url: str | None
    version: int


class LevelView(BaseModel):
    """A level of a customer set (CU-14); ``customer_set`` is the set's code."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    customer_set: str
    code: str
    name: str
    version: int


async def customer_set(scope: Scope, session: AsyncSession, code: str) -> CustomerSetView | None:
    """Give a set; none when it is unknown or has no site in scope."""
    row = (await session.execute(_sets(scope).where(sets.c.code == code))).mappings().first()
    return CustomerSetView.model_validate(row) if row else None


async def list_customer_sets(
    scope: Scope, session: AsyncSession, *, after: str, limit: int
) -> Sequence[CustomerSetView]:
    """List sets by code, at most ``limit``, those after ``after``."""
    query = _sets(scope).where(sets.c.code > after).order_by(sets.c.code).limit(limit)
    rows = (await session.execute(query)).mappings()
    return [CustomerSetView.model_validate(row) for row in rows]


async def site(scope: Scope, session: AsyncSession, code: str) -> SiteView | None:
    """Give a site; none when it is unknown or out of scope."""
    row = (await session.execute(_sites(scope).where(sites.c.code == code))).mappings().first()
    return SiteView.model_validate(row) if row else None


async def list_sites(
    scope: Scope, session: AsyncSession, *, after: str, limit: int
) -> Sequence[SiteView]:
    """List sites by code, at most ``limit``, those after ``after``."""
    query = _sites(scope).where(sites.c.code > after).order_by(sites.c.code).limit(limit)
    rows = (await session.execute(query)).mappings()
    return [SiteView.model_validate(row) for row in rows]


async def level(scope: Scope, session: AsyncSession, set_code: str, code: str) -> LevelView | None:
    """Give a level; none when it is unknown or its set has no site in scope."""
    query = _levels(scope, set_code).where(levels.c.code == code)
    row = (await session.execute(query)).mappings().first()
    return LevelView.model_validate(row) if row else None


async def list_levels(
    scope: Scope, session: AsyncSession, set_code: str, *, after: str, limit: int
) -> Sequence[LevelView]:
    """List a set's levels by code, at most ``limit``, those after ``after``."""
    query = _levels(scope, set_code).where(levels.c.code > after)
    rows = (await session.execute(query.order_by(levels.c.code).limit(limit))).mappings()
    return [LevelView.model_validate(row) for row in rows]


def _levels(scope: Scope, set_code: str) -> Select[Any]:
    columns = (levels.c.level_id.label("id"), sets.c.code.label("customer_set"))
    query = select(levels, *columns)
    here = sets.c.customer_set_id.in_(sets_in(scope))
    return query.join_from(levels, sets).where(sets.c.code == set_code, here)


def _sets(scope: Scope) -> Select[Any]:
    query = select(sets, sets.c.customer_set_id.label("id"))
    return query.where(sets.c.customer_set_id.in_(sets_in(scope)))


def _sites(scope: Scope) -> Select[Any]:
    columns = (sites.c.site_id.label("id"), sets.c.code.label("customer_set"))
    query = select(sites, *columns).join_from(sites, sets)
    return query if scope.sites is None else query.where(sites.c.site_id.in_(scope.sites))
