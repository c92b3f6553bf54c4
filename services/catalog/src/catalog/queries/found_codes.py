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
    false,
    func,
    literal,
    or_,
    select,
    true,
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
_COUNTED = 500
"""Words counted at most to find the rarest term; behind that the walk itself ends soon."""
_ALIAS = product_words.alias("other")


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
    if wanted.terms:
        product = product_words.c.product
        query = _matching(site, wanted, *await _walked(session, wanted))
    else:
        product = product_sites.c.product
        query = _all(site, wanted)
    for code in wanted.on_lists:
        query = query.where(_on_list(product, code))
    if wanted.category is not None:
        below = await session.execute(BELOW, {"codes": [wanted.category]})
        query = query.where(_in_category(product, [*below.scalars()]))
    rows = await session.execute(query.limit(wanted.limit))
    return [(row[0], Sku(row[1])) for row in rows]


async def _walked(session: AsyncSession, wanted: Wanted) -> tuple[str, Sequence[str]]:
    """Give the term whose words are walked, the rarest, and the others, which are looked up.

    A further page walks the same term as the first: of what is left no term begins another, so the
    word that the page goes on behind begins with one of them only.
    """
    every = sorted(set(wanted.terms))
    # Whatever begins with "cab" begins with "ca" as well.
    terms = [a for a in every if not any(b != a and b.startswith(a) for b in every)]
    if wanted.after is not None:
        word = wanted.after[0]
        chosen = next((term for term in terms if word.startswith(term)), terms[0])
    elif len(terms) == 1:
        chosen = terms[0]
    else:
        counts = (await session.execute(select(*map(_counted, terms)))).one()
        chosen = min(zip(counts, terms, strict=True))[1]
    return chosen, [term for term in terms if term != chosen]


def _counted(term: str) -> ColumnElement[int]:
    """Count the words that begin so, up to where it makes no difference."""
    some = select(literal(1)).where(_begins(product_words.c.word, term)).limit(_COUNTED).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _all(site: SeenSite, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    query = (
        select(literal(""), product_sites.c.product)
        .where(product_sites.c.site_id == site.site_id, *_shown(wanted))
        .where(_is_priced(site, product_sites.c.product))
        .order_by(product_sites.c.product)
    )
    if wanted.after is None:
        return query
    return query.where(product_sites.c.product > wanted.after[1])


def _matching(
    site: SeenSite, wanted: Wanted, term: str, others: Sequence[str]
) -> Select[*tuple[Any, ...]]:
    """Walk the index of words from where the term begins, and look at each product on the way.

    Each condition is a subquery with a value, for the planner never makes a join of one. As joins
    it would gather everything that a site sells before it looks for the word.
    """
    word, product = product_words.c.word, product_words.c.product
    query = (
        select(word, product)
        .where(_begins(word, term))
        .where(*(_is_so(_words_of(product, other)) for other in others))
        .where(_is_so(_seen_on(site, wanted, product)))
        # A product is listed once: by the first of its words that begin so.
        .where(~_is_so(_words_of(product, term).where(_ALIAS.c.word < word)))
        .where(_is_priced(site, product))
        .order_by(word, product)
    )
    if wanted.after is None:
        return query
    return query.where(tuple_(word, product) > tuple_(*wanted.after))


def _words_of(product: ColumnElement[str], term: str) -> Select[bool]:
    return select(true()).where(_ALIAS.c.product == product, _begins(_ALIAS.c.word, term))


def _seen_on(site: SeenSite, wanted: Wanted, product: ColumnElement[str]) -> Select[bool]:
    return select(true()).where(
        product_sites.c.product == product,
        product_sites.c.site_id == site.site_id,
        *_shown(wanted),
    )


def _shown(wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    levels = product_sites.c.levels
    to_level = levels.is_(None)
    if wanted.level is not None:
        to_level = or_(to_level, any_(levels) == wanted.level)
    return product_sites.c.sold, product_sites.c.visible, to_level


def _is_priced(site: SeenSite, product: ColumnElement[str]) -> ColumnElement[bool]:
    """Tell whether a variant has a price that counts.

    One left over from before the site changed its currency is no price (CP-8).
    """
    return _is_so(
        select(true())
        .select_from(variants)
        .join(product_prices, product_prices.c.sku == variants.c.sku)
        .where(
            variants.c.product == product,
            variants.c.active,
            product_prices.c.site_id == site.site_id,
            product_prices.c.currency == site.currency,
        )
    )


def _is_so(query: Select[bool]) -> ColumnElement[bool]:
    """Tell whether there is a row; a value, and not an EXISTS, which may become a join."""
    return func.coalesce(query.limit(1).scalar_subquery(), false())


def _on_list(product: ColumnElement[str], code: str) -> ColumnElement[bool]:
    return _is_so(
        select(true())
        .select_from(variants)
        .join(price_list_entries, price_list_entries.c.sku == variants.c.sku)
        .where(variants.c.product == product, price_list_entries.c.price_list == code)
    )


def _in_category(product: ColumnElement[str], codes: Sequence[str]) -> ColumnElement[bool]:
    return _is_so(
        select(true()).where(
            product_categories.c.product == product,
            product_categories.c.category == any_(bindparam(None, codes, type_=TEXTS)),
        )
    )


def _begins(word: ColumnElement[str], term: str) -> ColumnElement[bool]:
    return and_(word >= term, word < term + _LAST)
