"""How a search finds products by their words: one statement, put together once for each shape."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    collate,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY, array

from catalog.storage.tables import (
    price_list_entries,
    product_categories,
    product_prices,
    product_search,
    product_sites,
    product_words,
    variants,
)
from catalog.storage.unnested import TEXTS

_NEAR = 1000
"""Words that are looked at, where most products are expected to have the other terms too."""
_RARE = 200
"""A term that begins fewer words is rare: looking at each of its products is the shortest way."""
SHAPES = 64
"""Statements that are kept; more than there are combinations in use."""

_SITE_ID = bindparam("site_id", type_=Uuid())
_BEGIN, _UNTIL = bindparam("begin", type_=Text()), bindparam("until", type_=Text())
_PLACE = (bindparam("after_word", type_=Text()), bindparam("after_product", type_=Text()))
_HERE = product_search.c.site_ids.contains(array([_SITE_ID]))


def _has(words: str) -> ColumnElement[bool]:
    """Give the condition that a product has what a text search query asks for."""
    query = cast(bindparam(words, type_=Text()), TSQUERY)
    return product_search.c.words.bool_op("@@")(query)


_HAS_ALL = func.coalesce(_has("all_words"), false())
"""That it has all the terms; in words that no index is asked with."""

_other = product_words.alias("other")


class Way(Enum):
    """How products are found."""

    SITE = "through all that the site sells"
    WALK = "along the words that begin with the term"
    MEET = "where all the terms meet"
    NEAR = "along the first of the words that begin with the term"


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides how the statement is written; the rest are its parameters."""

    way: Way
    several: bool = True
    lists: int = 0
    sorted_into: bool = False


@lru_cache(SHAPES)
def statement(shape: Shape) -> Select[*tuple[Any, ...]]:
    """Put the statement together; doing so anew for each search would cost more than running it.

    Each condition is a subquery with a value, for the planner never makes a join of one. As joins
    it would gather everything that a site sells before it looks for the word.
    """
    keys, query = _WAYS[shape.way](shape)
    product = keys[-1]
    query = query.where(tuple_(*keys) > tuple_(*_PLACE[-len(keys) :]), _is_priced(product))
    for place in range(shape.lists):
        query = query.where(_on_list(product, bindparam(list_name(place))))
    if shape.sorted_into:
        query = query.where(_in_category(product))
    return query.order_by(*keys).limit(bindparam("limit", type_=BigInteger()))


_Found = tuple[Sequence[ColumnElement[str]], Select[*tuple[Any, ...]]]
"""What the list is ordered by, the product last; and what selects word and product."""


def _through_the_site(_: Shape) -> _Found:
    product = product_sites.c.product
    here = product_sites.c.site_id == _SITE_ID
    return [product], select(literal(""), product).where(here, *_shown())


def _along_words(shape: Shape) -> _Found:
    """Walk the index of words from where the term begins, and look at each product on the way."""
    word, product = product_words.c.word, product_words.c.product
    query = select(word, product).where(word < _UNTIL, _is_listed(word, product))
    return [word, product], query.where(_is_met(product)) if shape.several else query


def _near(_: Shape) -> _Found:
    """Walk so only past a number of words: there may be few products that have all the terms."""
    word, product = product_words.c.word, product_words.c.product
    walk = select(word, product).where(word < _UNTIL, tuple_(word, product) > tuple_(*_PLACE))
    near = walk.order_by(word, product).limit(_NEAR).subquery("near")
    word, product = near.c.word, near.c.product
    query = select(word, product).where(_is_listed(word, product), _is_met(product))
    return [word, product], query


def _is_listed(word: ColumnElement[str], product: ColumnElement[str]) -> ColumnElement[bool]:
    """Tell whether a product is seen, and this is the first of its words that begin so.

    In this order: most products on the way are those of other sites.
    """
    earlier = select(true()).where(
        _other.c.product == product, _other.c.word >= _BEGIN, _other.c.word < word
    )
    return case((_is_so(_seen(product)), ~_is_so(earlier)), else_=false())


def _where_all_meet(_: Shape) -> _Found:
    """Gather what all the terms have in common, unless the longest is rare: then look at its own.

    What is gathered is put in order before it is looked at more closely, page by page.
    """
    word, product = product_words.c.word, product_words.c.product
    begins = and_(word >= _BEGIN, word < _UNTIL)
    some = select(literal(1)).where(begins).limit(_RARE).subquery()
    counted = select((func.count() < _RARE).label("rare")).select_from(some).cte("counted")
    rare = select(counted.c.rare).scalar_subquery()
    own = select(func.min(word).label("word"), product).where(begins, rare).group_by(product)
    few = own.subquery("few")
    lexeme = func.unnest(product_search.c.words).table_valued("lexeme", "positions", "weights")
    lexeme = lexeme.render_derived("lexemes")
    of_word = collate(lexeme.c.lexeme, "C")
    first = select(func.min(of_word)).where(of_word >= _BEGIN, of_word < _UNTIL).scalar_subquery()
    met = union_all(
        select(few.c.word, few.c.product).where(_is_met(few.c.product)),
        select(first, product_search.c.product).where(~rare, _HERE, _has("long_words"), _HAS_ALL),
    )
    found = met.order_by("word", "product").subquery("found")
    query = select(found.c.word, found.c.product).where(_is_so(_seen(found.c.product)))
    return [found.c.word, found.c.product], query


_WAYS = {
    Way.SITE: _through_the_site,
    Way.WALK: _along_words,
    Way.MEET: _where_all_meet,
    Way.NEAR: _near,
}


def _is_met(product: ColumnElement[str]) -> ColumnElement[bool]:
    return _is_so(select(true()).where(product_search.c.product == product, _HERE, _HAS_ALL))


def _seen(product: ColumnElement[str]) -> Select[bool]:
    return select(true()).where(
        product_sites.c.product == product, product_sites.c.site_id == _SITE_ID, *_shown()
    )


def _shown() -> Sequence[ColumnElement[bool]]:
    levels, level = product_sites.c.levels, bindparam("level", type_=Text())
    return (
        product_sites.c.sold,
        product_sites.c.visible,
        or_(levels.is_(None), level == any_(levels)),
    )


def _is_priced(product: ColumnElement[str]) -> ColumnElement[bool]:
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
            product_prices.c.site_id == _SITE_ID,
            product_prices.c.currency == bindparam("currency", type_=Text()),
        )
    )


def _is_so(query: Select[bool]) -> ColumnElement[bool]:
    """Tell whether there is a row; a value, and not an EXISTS, which may become a join."""
    return func.coalesce(query.limit(1).scalar_subquery(), false())


def list_name(place: int) -> str:
    """Give the name of the parameter for an exclusive list."""
    return f"list_{place}"


def _on_list(product: ColumnElement[str], code: ColumnElement[str]) -> ColumnElement[bool]:
    return _is_so(
        select(true())
        .select_from(variants)
        .join(price_list_entries, price_list_entries.c.sku == variants.c.sku)
        .where(variants.c.product == product, price_list_entries.c.price_list == code)
    )


def _in_category(product: ColumnElement[str]) -> ColumnElement[bool]:
    return _is_so(
        select(true()).where(
            product_categories.c.product == product,
            product_categories.c.category == any_(bindparam("categories", type_=TEXTS)),
        )
    )
