"""Products as staff see them: only those that one of their sites sells."""

from uuid import UUID

from chassis.scope import Scope
from contracts.values import Money, Sku
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.queries.scoped import within
from catalog.storage.tables import product_prices, products, sites


class ProductView(BaseModel):
    """A product.

    Attributes:
        version: Grows with every change; it is the ETag.
        prices: Unit price by site code, of the sites that the caller sees.
    """

    model_config = ConfigDict(frozen=True)

    sku: Sku
    product_id: UUID
    name: str
    version: int
    prices: dict[str, Money]


async def product(scope: Scope, session: AsyncSession, sku: Sku) -> ProductView | None:
    """Give a product; one that none of the caller's sites sells is not there."""
    query = select(products.c.product_id, products.c.name, products.c.version).where(
        products.c.code == sku
    )
    row = (await session.execute(query)).first()
    if row is None:
        return None
    priced = (
        select(sites.c.code, product_prices.c.minor, product_prices.c.currency)
        .join(sites, sites.c.site_id == product_prices.c.site_id)
        .where(product_prices.c.sku == sku, within(scope, product_prices.c.site_id))
        .order_by(sites.c.code)
    )
    prices = {
        code: Money(minor, currency) for code, minor, currency in await session.execute(priced)
    }
    if scope.sites is not None and not prices:
        return None
    return ProductView(
        sku=sku, product_id=row.product_id, name=row.name, version=row.version, prices=prices
    )
