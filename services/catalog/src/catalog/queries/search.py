"""Products of one site, listed or searched, with price and stock (SE-4, IN-1).

A search walks the index of words in its own order, (word, SKU), so that a page costs the same
however many products there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chassis.scope import Scope
from contracts.values import Money, Sku
from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.words import search_terms
from catalog.queries.scoped import SeenSite
from catalog.storage.tables import (
    location_sites,
    locations,
    product_prices,
    product_words,
    products,
    stock,
    variants,
)

_Found = Select[str, Any, Any, Any, Any, int]
_LAST = "\U0010ffff"
"""Sorts behind every character that can follow a prefix."""


@dataclass(frozen=True, slots=True)
class FoundProduct:
    """A product that a site sells.

    Attributes:
        word: The word that it was found by; empty in a plain list.
        available: Units over all locations that ship for the site.
    """

    word: str
    sku: Sku
    name: str
    price: Money
    available: int


@dataclass(frozen=True, slots=True)
class ProductSearch:
    """What is looked for.

    Attributes:
        text: For each of its words, a product has one in its name or SKU that begins so; case and
            accents do not count. Blank finds all.
        after: Word and SKU of the product behind which the list goes on.
        limit: Products at most.
    """

    text: str
    after: tuple[str, Sku] | None
    limit: int


async def find_products(
    scope: Scope, session: AsyncSession, site: SeenSite, search: ProductSearch
) -> Sequence[FoundProduct]:
    """Find what a site sells, in order of the word found and SKU."""
    if not scope.sees(site.site_id):
        return []
    if not search.text.strip():
        query = _all(site, search)
    elif terms := search_terms(search.text):
        query = _matching(site, search, sorted(set(terms), key=len))
    else:
        return []
    rows = await session.execute(query.limit(search.limit))
    return [
        FoundProduct(word, sku, name, Money(minor, currency), int(available))
        for word, sku, name, minor, currency, available in rows
    ]


def _all(site: SeenSite, search: ProductSearch) -> _Found:
    query = _sold(site, literal("")).order_by(product_prices.c.sku)
    return query if search.after is None else query.where(product_prices.c.sku > search.after[1])


def _matching(site: SeenSite, search: ProductSearch, terms: Sequence[str]) -> _Found:
    found, term, others = product_words.alias("found"), terms[-1], terms[:-1]
    query = (
        _sold(site, found.c.word)
        .join(found, found.c.product == variants.c.product)
        .where(_begins(found.c.word, term))
        # A product is listed once: by the first of its words that begin so.
        .where(~_has_word(found.c.product, term, before=found.c.word))
        .where(*(_has_word(found.c.product, other) for other in others))
        .order_by(found.c.word, found.c.product)
    )
    if search.after is None:
        return query
    return query.where(tuple_(found.c.word, found.c.product) > tuple_(*search.after))


def _sold(site: SeenSite, word: ColumnElement[str]) -> _Found:
    return (
        select(
            word,
            product_prices.c.sku,
            products.c.name,
            product_prices.c.minor,
            product_prices.c.currency,
            _available(site),
        )
        .select_from(product_prices)
        .join(variants, variants.c.sku == product_prices.c.sku)
        .join(products, products.c.code == variants.c.product)
        .where(product_prices.c.site_id == site.site_id)
        .where(product_prices.c.currency == site.currency)
    )


def _available(site: SeenSite) -> ColumnElement[int]:
    ships = and_(
        location_sites.c.location_id == stock.c.location_id,
        location_sites.c.site_id == site.site_id,
    )
    free = func.sum(
        func.greatest(
            stock.c.on_hand - stock.c.reserved - stock.c.allocated - stock.c.safety_stock, 0
        )
    )
    return (
        select(func.coalesce(free, 0))
        .select_from(stock)
        .join(location_sites, ships)
        .join(locations, locations.c.location_id == stock.c.location_id)
        .where(locations.c.ships, stock.c.sku == product_prices.c.sku)
        .scalar_subquery()
    )


def _begins(word: ColumnElement[str], term: str) -> ColumnElement[bool]:
    return and_(word >= term, word < term + _LAST)


def _has_word(
    product: ColumnElement[str], term: str, *, before: ColumnElement[str] | None = None
) -> ColumnElement[bool]:
    word = product_words.alias()
    condition = [word.c.product == product, _begins(word.c.word, term)]
    if before is not None:
        condition.append(word.c.word < before)
    return exists().where(*condition)
