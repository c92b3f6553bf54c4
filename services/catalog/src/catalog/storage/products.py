from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from typing import Any
from uuid import UUID

from contracts.values import SiteId, Sku
from sqlalchemy import (
    Table,
    any_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.products import Product
from catalog.domain.stock import Quotes
from catalog.storage.product_rows import (
    PRODUCT_COLUMNS,
    Rows,
    price_rows,
    product_row,
    read_products,
    site_rows,
    variant_rows,
)
from catalog.storage.quotes import read_quotes
from catalog.storage.tables import (
    product_categories,
    product_prices,
    product_search,
    product_sites,
    product_words,
    products,
    variants,
)
from catalog.storage.unnested import TEXTS, unnested

_CODES = bindparam("codes", type_=TEXTS)
_MADE = (
    upsert(products)
    .values(name="", version=0)
    .on_conflict_do_nothing(index_elements=[products.c.code])
)
_KEPT = (
    update(products)
    .where(products.c.code == bindparam("of_code"))
    .values(
        {name: bindparam(f"new_{name}", type_=products.c[name].type) for name in PRODUCT_COLUMNS}
    )
    .values(updated_at=func.now())
)
_variants = upsert(variants)
_VARIANTS = _variants.on_conflict_do_update(
    index_elements=[variants.c.sku],
    set_={
        column.name: _variants.excluded[column.name]
        for column in variants.c
        if column.name not in {"sku", "variant_id", "product"}
    },
    where=variants.c.product == _variants.excluded.product,
).returning(variants.c.sku)
_UNKEPT = delete(products).where(products.c.code == any_(_CODES), products.c.version == 0)
_word = unnested("found", product=TEXTS, word=TEXTS)
_WORDS = insert(product_words).from_select(
    ["product", "word"], select(_word.c.product, _word.c.word)
)


def _searched() -> Insert:
    """Write what searches meet anew, where it differs; from the words and sites just written."""
    code = func.unnest(_CODES).column_valued("code")
    sites, words = product_sites.c, product_words.c
    is_sold = func.cardinality(sites.currencies) > 0
    seen = select(sites.site_id).where(sites.product == code, is_sold, sites.visible)
    found = func.array(select(words.word).where(words.product == code).scalar_subquery())
    rows = select(
        code,
        func.array(seen.order_by(sites.site_id).scalar_subquery()),
        func.array_to_tsvector(found),
    )
    statement = upsert(product_search).from_select(["product", "site_ids", "words"], rows)
    old, new = product_search.c, statement.excluded
    return statement.on_conflict_do_update(
        index_elements=[old.product],
        set_={"site_ids": new.site_ids, "words": new.words},
        where=or_(old.site_ids != new.site_ids, old.words != new.words),
    )


SEARCHED = _searched()
"""Keeps what searches meet of the products ``codes``, after their words and sites were written."""


class SqlProductRepository:
    """Keeps products with their variants, prices, and the words they are found by."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def locked(self, codes: Mapping[Sku, UUID]) -> dict[Sku, Product]:
        # The rows are made first, in order: two who put the same new product wait for each other.
        rows = [{"code": code, "product_id": codes[code]} for code in sorted(codes)]
        await self._session.execute(_MADE, rows)
        return await read_products(self._session, codes, locked=True)

    async def found(self, codes: Collection[Sku]) -> dict[Sku, Product]:
        return await read_products(self._session, codes, locked=True)

    async def keep(self, kept: Collection[Product]) -> None:
        if not kept:
            return
        session, codes = self._session, {"codes": [product.code for product in kept]}
        rows = [product_row(product) for product in kept]
        await session.execute(
            _KEPT,
            [
                {"of_code": row.pop("code")} | {f"new_{k}": v for k, v in row.items()}
                for row in rows
            ],
        )
        await self._keep_variants(_by_sku(chain(*map(variant_rows, kept))))
        skus = [sku for product in kept for sku in product.variants]
        prices = product_prices.c.sku == any_(_CODES)
        await session.execute(delete(product_prices).where(prices), {"codes": skus})
        await self._insert(product_prices, [*chain(*map(price_rows, kept))])
        for table in (product_sites, product_categories, product_words):
            await session.execute(delete(table).where(table.c.product == any_(_CODES)), codes)
        await self._insert(product_sites, [*chain(*map(site_rows, kept))])
        categories = [
            {"product": p.code, "category": code} for p in kept for code in p.terms.categories
        ]
        await self._insert(product_categories, categories)
        words = [(product.code, word) for product in kept for word in sorted(product.words())]
        names, found = zip(*words, strict=True)
        await session.execute(_WORDS, {"products": list(names), "words": list(found)})
        await session.execute(SEARCHED, codes)

    async def drop_unkept(self, codes: Collection[Sku]) -> None:
        if codes:
            await self._session.execute(_UNKEPT, {"codes": list(codes)})

    async def owners(self, skus: Collection[Sku]) -> dict[Sku, Sku]:
        query = select(variants.c.sku, variants.c.product).where(
            variants.c.sku == any_(bindparam("skus", type_=TEXTS))
        )
        rows = await self._session.execute(query, {"skus": list(skus)})
        return {Sku(sku): Sku(product) for sku, product in rows}

    async def unknown(self, skus: Collection[Sku]) -> set[Sku]:
        return set(skus) - (await self.owners(skus)).keys()

    async def unnamed(self, names: Collection[str]) -> set[str]:
        if not names:
            return set()
        skus = select(variants.c.sku).where(variants.c.sku == any_(_CODES))
        codes = select(products.c.code).where(products.c.code == any_(_CODES))
        rows = await self._session.execute(skus.union(codes), {"codes": list(names)})
        return set(names) - set(rows.scalars())

    async def quotes(self, site_id: SiteId, skus: Collection[Sku]) -> Quotes:
        return await read_quotes(self._session, site_id, skus)

    async def _keep_variants(self, rows: Rows) -> None:
        kept = set((await self._session.execute(_VARIANTS, rows)).scalars())
        # Another product was given a SKU since its owner was looked up: let the database refuse it.
        await self._insert(variants, [row for row in rows if row["sku"] not in kept])

    async def _insert(self, table: Table, rows: Rows) -> None:
        if rows:
            await self._session.execute(insert(table), rows)


def _by_sku(rows: Iterable[dict[str, Any]]) -> Rows:
    """Give rows in the one order in which they are locked."""
    return sorted(rows, key=lambda row: row["sku"])
