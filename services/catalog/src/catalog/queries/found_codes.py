"""Which products a customer sees on a site, by their words: one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chassis.scope import Scope
from contracts.values import Sku
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    any_,
    bindparam,
    exists,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.queries.scoped import SeenSite
from catalog.storage.categories import BELOW
from catalog.storage.tables import (
    price_list_entries,
    product_categories,
    product_prices,
    product_sites,
    product_words,
    variants,
)
from catalog.storage.unnested import TEXTS

_LAST = "\U0010ffff"
"""Sorts behind every character that can follow a prefix."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which products are wanted.

    Attributes:
        terms: Folded beginnings of words; none finds all.
        level: Of the customer.
        category: Only what is sorted into it, or into a part of it.
        on_lists: Exclusive price lists: only what stands on each.
        after: Word and code behind which the list goes on.
        limit: Products at most.
    """

    terms: Sequence[str]
    level: str | None
    category: str | None
    on_lists: Sequence[str]
    after: tuple[str, Sku] | None
    limit: int


async def found_codes(
    scope: Scope, session: AsyncSession, site: SeenSite, wanted: Wanted
) -> Sequence[tuple[str, Sku]]:
    """Give word and code of the products found, in that order."""
    if not scope.sees(site.site_id):
        return []
    query = _matching(site, wanted) if wanted.terms else _all(site, wanted)
    for code in wanted.on_lists:
        query = query.where(_on_list(code))
    if wanted.category is not None:
        below = await session.execute(BELOW, {"codes": [wanted.category]})
        query = query.where(_in_category([*below.scalars()]))
    rows = await session.execute(query.limit(wanted.limit))
    return [(row[0], Sku(row[1])) for row in rows]


def _all(site: SeenSite, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    query = _seen(site, wanted, literal("")).order_by(product_sites.c.product)
    if wanted.after is None:
        return query
    return query.where(product_sites.c.product > wanted.after[1])


def _matching(site: SeenSite, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    terms = sorted(set(wanted.terms), key=len)
    found, term, others = product_words.alias("found"), terms[-1], terms[:-1]
    query = (
        _seen(site, wanted, found.c.word)
        .join(found, found.c.product == product_sites.c.product)
        .where(_begins(found.c.word, term))
        # A product is listed once: by the first of its words that begin so.
        .where(~_has_word(found.c.product, term, before=found.c.word))
        .where(*(_has_word(found.c.product, other) for other in others))
        .order_by(found.c.word, found.c.product)
    )
    if wanted.after is None:
        return query
    return query.where(tuple_(found.c.word, found.c.product) > tuple_(*wanted.after))


def _seen(site: SeenSite, wanted: Wanted, word: ColumnElement[str]) -> Select[*tuple[Any, ...]]:
    levels = product_sites.c.levels
    shown = levels.is_(None)
    if wanted.level is not None:
        shown = or_(shown, any_(levels) == wanted.level)
    # A price left over from before the site changed its currency is no price (CP-8).
    priced = exists().where(
        variants.c.product == product_sites.c.product,
        variants.c.active,
        product_prices.c.sku == variants.c.sku,
        product_prices.c.site_id == site.site_id,
        product_prices.c.currency == site.currency,
    )
    return (
        select(word, product_sites.c.product)
        .select_from(product_sites)
        .where(product_sites.c.site_id == site.site_id)
        .where(product_sites.c.sold, product_sites.c.visible, shown, priced)
    )


def _on_list(code: str) -> ColumnElement[bool]:
    return exists().where(
        variants.c.product == product_sites.c.product,
        price_list_entries.c.sku == variants.c.sku,
        price_list_entries.c.price_list == code,
    )


def _in_category(codes: Sequence[str]) -> ColumnElement[bool]:
    return exists().where(
        product_categories.c.product == product_sites.c.product,
        product_categories.c.category == any_(bindparam(None, codes, type_=TEXTS)),
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
