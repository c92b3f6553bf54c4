"""The ledger as staff see it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from chassis.scope import Scope
from contracts.values import LocationId, Sku
from pydantic import BaseModel, ConfigDict
from sqlalchemy import BigInteger, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.availability import Availability
from catalog.domain.stock import Quotes
from catalog.queries.scoped import SeenSite, location_within
from catalog.storage.availability import read_availability
from catalog.storage.quotes import read_quotes
from catalog.storage.stock_tables import IS_EXPECTED
from catalog.storage.tables import locations, products, receipt_lines, stock, variants


class StockView(BaseModel):
    """What stands in the ledger for one product at one location, in units.

    Attributes:
        location: Code.
        reserved: Of the units on hand; so is ``allocated``.
        pending: Promised to somebody, and covered by no units on hand.
        safety_stock: Not sellable.
        available: on_hand - reserved - allocated - safety_stock, never negative.
        expected: On their way, booked by none yet.
        version: Grows when staff change it; it is the ETag.
    """

    model_config = ConfigDict(frozen=True)

    location: str
    sku: Sku
    name: str
    on_hand: int
    reserved: int
    allocated: int
    pending: int
    safety_stock: int
    available: int
    expected: int
    version: int


async def seen_location(
    scope: Scope, session: AsyncSession, code: str
) -> tuple[LocationId, datetime] | None:
    """Give a location's id by its code, and the database's time, UTC."""
    query = select(locations.c.location_id, func.statement_timestamp()).where(
        locations.c.code == code, location_within(scope)
    )
    row = (await session.execute(query)).first()
    return None if row is None else (LocationId(row[0]), row[1])


async def stock_at(
    scope: Scope,
    session: AsyncSession,
    location_id: LocationId,
    *,
    after: Sku | None,
    limit: int,
) -> Sequence[StockView]:
    """List a location's ledger by SKU, at most ``limit`` lines, those behind ``after``."""
    query = (
        _stock(scope).where(stock.c.location_id == location_id).order_by(stock.c.sku).limit(limit)
    )
    if after is not None:
        query = query.where(stock.c.sku > after)
    rows = await session.execute(query)
    return [StockView.model_validate(row, from_attributes=True) for row in rows]


async def shelf(scope: Scope, session: AsyncSession, location: str, sku: Sku) -> StockView | None:
    """Give what stands in the ledger for one product at one location, by its code."""
    query = _stock(scope).where(locations.c.code == location, stock.c.sku == sku)
    row = (await session.execute(query)).first()
    return None if row is None else StockView.model_validate(row, from_attributes=True)


async def available(
    scope: Scope, session: AsyncSession, site: SeenSite, skus: Collection[Sku]
) -> dict[Sku, Availability]:
    """Tell what a site can promise of products; of no product: left out."""
    return await read_availability(session, site.site_id, skus if scope.sees(site.site_id) else [])


async def quoted(scope: Scope, session: AsyncSession, site: SeenSite, sku: Sku) -> Quotes:
    """Give price and stock of a product on a site; empty when the site does not sell it."""
    return await read_quotes(session, site.site_id, [sku] if scope.sees(site.site_id) else [])


def _stock(scope: Scope) -> Select[Any]:
    expected = (
        select(func.coalesce(func.sum(receipt_lines.c.expected), 0).cast(BigInteger))
        .where(receipt_lines.c.sku == stock.c.sku)
        .where(receipt_lines.c.location_id == stock.c.location_id)
        .where(IS_EXPECTED)
        .scalar_subquery()
    )
    free = stock.c.on_hand - stock.c.reserved - stock.c.allocated - stock.c.safety_stock
    return (
        select(
            stock,
            locations.c.code.label("location"),
            products.c.name,
            func.greatest(free, 0).label("available"),
            expected.label("expected"),
        )
        .join(variants, variants.c.sku == stock.c.sku)
        .join(products, products.c.code == variants.c.product)
        .join(locations, locations.c.location_id == stock.c.location_id)
        .where(location_within(scope))
    )
