from collections.abc import Collection
from uuid import UUID

from contracts.values import Money, SiteId, Sku
from sqlalchemy import any_, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.products import Product
from catalog.domain.stock import Quotes
from catalog.storage.quotes import read_quotes
from catalog.storage.tables import (
    product_prices,
    product_sites,
    product_words,
    products,
    variants,
)
from catalog.storage.unnested import TEXTS


class SqlProductRepository:
    """Keeps products with their prices and the words they are found by."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def locked(self, sku: Sku, *, new_id: UUID) -> Product:
        # The row is made first: two who put the same new product wait for each other here.
        made = upsert(products).values(code=sku, product_id=new_id, name="", version=0)
        await self._session.execute(made.on_conflict_do_nothing(index_elements=[products.c.code]))
        query = (
            select(products.c.product_id, products.c.name, products.c.version)
            .where(products.c.code == sku)
            .with_for_update()
        )
        product_id, name, version = (await self._session.execute(query)).one()
        priced = select(
            product_prices.c.site_id, product_prices.c.minor, product_prices.c.currency
        ).where(product_prices.c.sku == sku)
        prices = {
            SiteId(site_id): Money(minor, currency)
            for site_id, minor, currency in await self._session.execute(priced)
        }
        return Product(sku, product_id, name, version, prices)

    async def keep(self, product: Product) -> None:
        session, sku = self._session, product.sku
        await session.execute(
            update(products)
            .where(products.c.code == sku)
            .values(name=product.name, version=product.version, updated_at=func.now())
        )
        made = upsert(variants).values(
            sku=sku, variant_id=product.product_id, product=sku, version=product.version
        )
        await session.execute(
            made.on_conflict_do_update(
                index_elements=[variants.c.sku], set_={"version": product.version}
            )
        )
        await session.execute(delete(product_prices).where(product_prices.c.sku == sku))
        await session.execute(delete(product_sites).where(product_sites.c.product == sku))
        if product.prices:
            rows = [
                {"sku": sku, "site_id": site, "minor": price.minor, "currency": price.currency}
                for site, price in product.prices.items()
            ]
            await session.execute(insert(product_prices).values(rows))
            sold = [{"product": sku, "site_id": site, "sold": True} for site in product.prices]
            await session.execute(insert(product_sites).values(sold))
        await session.execute(delete(product_words).where(product_words.c.product == sku))
        words = [{"product": sku, "word": word} for word in sorted(product.words())]
        await session.execute(insert(product_words).values(words))

    async def unknown(self, skus: Collection[Sku]) -> set[Sku]:
        known = select(variants.c.sku).where(variants.c.sku == any_(bindparam("skus", type_=TEXTS)))
        return set(skus) - set((await self._session.execute(known, {"skus": list(skus)})).scalars())

    async def quotes(self, site_id: SiteId, skus: Collection[Sku]) -> Quotes:
        return await read_quotes(self._session, site_id, skus)
