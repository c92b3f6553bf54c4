"""The ledger as staff see it."""

from collections.abc import Sequence
from datetime import datetime

from chassis.scope import Scope
from contracts.values import LocationId, Sku
from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.stock import Quotes
from catalog.queries.scoped import SeenSite, location_within
from catalog.storage.quotes import read_quotes
from catalog.storage.tables import locations, products, stock, variants


class StockView(BaseModel):
    """What stands in the ledger for one product at one location, in units.

    Attributes:
        available: on_hand - reserved - allocated.
    """

    model_config = ConfigDict(frozen=True)

    sku: Sku
    name: str
    on_hand: int
    reserved: int
    allocated: int
    available: int


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
        select(
            stock.c.sku,
            products.c.name,
            stock.c.on_hand,
            stock.c.reserved,
            stock.c.allocated,
            (stock.c.on_hand - stock.c.reserved - stock.c.allocated).label("available"),
        )
        .join(variants, variants.c.sku == stock.c.sku)
        .join(products, products.c.code == variants.c.product)
        .join(locations, locations.c.location_id == stock.c.location_id)
        .where(stock.c.location_id == location_id, location_within(scope))
        .order_by(stock.c.sku)
        .limit(limit)
    )
    if after is not None:
        query = query.where(stock.c.sku > after)
    rows = await session.execute(query)
    return [StockView.model_validate(row, from_attributes=True) for row in rows]


async def quoted(scope: Scope, session: AsyncSession, site: SeenSite, sku: Sku) -> Quotes:
    """Give price and stock of a product on a site; empty when the site does not sell it."""
    return await read_quotes(session, site.site_id, [sku] if scope.sees(site.site_id) else [])
