"""Price lists as staff see them: those of their sites."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.scope import Scope
from contracts.values import Money, Sku
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.queries.scoped import within
from catalog.storage.tables import price_list_entries, price_lists, sites


class PriceListView(BaseModel):
    """A price list.

    Attributes:
        site: Code of its site.
        level: Applies by itself to customers of this level.
        valid_until: The first moment when it does not hold any more.
        version: Grows with every change, of an entry too; it is the ETag.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    code: str
    price_list_id: UUID
    site: str
    name: str
    currency: str
    level: str | None
    valid_from: datetime | None
    valid_until: datetime | None
    exclusive: bool
    active: bool
    version: int


class EntryView(BaseModel):
    """The unit price of a product from ``min_units`` on."""

    model_config = ConfigDict(frozen=True)

    sku: Sku
    min_units: int
    price: Money
    no_discounts: bool


def _seen(scope: Scope) -> Select[*tuple[Any, ...]]:
    return (
        select(price_lists, sites.c.code.label("site"))
        .join(sites, sites.c.site_id == price_lists.c.site_id)
        .where(within(scope, price_lists.c.site_id))
    )


async def price_list(scope: Scope, session: AsyncSession, code: str) -> PriceListView | None:
    """Give a price list, by its code."""
    row = (await session.execute(_seen(scope).where(price_lists.c.code == code))).first()
    return None if row is None else PriceListView.model_validate(row)


async def list_price_lists(
    scope: Scope, session: AsyncSession, *, site: str | None, after: str | None, limit: int
) -> Sequence[PriceListView]:
    """List price lists by code, of a site or all, at most ``limit``, those behind ``after``."""
    query = _seen(scope).order_by(price_lists.c.code).limit(limit)
    if site is not None:
        query = query.where(sites.c.code == site)
    if after is not None:
        query = query.where(price_lists.c.code > after)
    return [PriceListView.model_validate(row) for row in await session.execute(query)]


async def entries(
    scope: Scope,
    session: AsyncSession,
    code: str,
    *,
    after: tuple[str, int] | None,
    limit: int,
) -> Sequence[EntryView] | None:
    """List a price list's entries by SKU and units; none when there is no such list."""
    found = await price_list(scope, session, code)
    if found is None:
        return None
    columns = price_list_entries.c
    query = (
        select(columns.sku, columns.min_units, columns.minor, columns.no_discounts)
        .where(columns.price_list == code)
        .order_by(columns.sku, columns.min_units)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(columns.sku, columns.min_units) > tuple_(*after))
    return [
        EntryView(
            sku=Sku(sku),
            min_units=min_units,
            price=Money(minor, found.currency),
            no_discounts=no_discounts,
        )
        for sku, min_units, minor, no_discounts in await session.execute(query)
    ]
