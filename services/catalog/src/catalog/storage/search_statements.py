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

from catalog.storage.spelt_terms import asked
from catalog.storage.tables import (
    price_list_entries,
    product_categories,
    product_search,
    product_sites,
    product_words,
    variants,
)
from catalog.storage.unnested import TEXTS

_NEAR = 1000
"""Words that are looked at, where most products are expected to have the other terms too."""
_FEW = 1000
"""So many products are not few; looking at each takes as long as asking for a site's."""
SHAPES = 64
"""Statements that are kept; more than there are combinations in use."""

_SITE_ID = bindparam("site_id", type_=Uuid())
_BEGIN, _UNTIL = bindparam("begin", type_=Text()), bindparam("until", type_=Text())
_PLACE = (bindparam("after_word", type_=Text()), bindparam("after_product", type_=Text()))


def _is_here(site_ids: ColumnElement[Any]) -> ColumnElement[bool]:
    return site_ids.contains(array([_SITE_ID]))


def _has_all(words: ColumnElement[Any]) -> ColumnElement[bool]:
    """Give the condition that a product has all the terms; so that no index is asked with it."""
    query = cast(bindparam("all_words", type_=Text()), TSQUERY)
    return func.coalesce(words.bool_op("@@")(query), false())


_HERE, _HAS_ALL = _is_here(product_search.c.site_ids), _has_all(product_search.c.words)

_other = product_words.alias("other")


class Way(Enum):
    """How products are found."""

    SITE = "through all that the site sells"
    WALK = "along the words that begin with the term"
    MEET = "where all the terms meet"
    NEAR = "along the first of the words that begin with the term"


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides how the statement is written; the rest are its parameters.

    Attributes:
        several: There is more than one term.
        met: Terms that the index is asked for, where they meet.
        lists: Exclusive price lists.
        sorted_into: Only what is in some categories.
    """

    way: Way
    several: bool = True
    met: int = 1
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
    query = query.where(tuple_(*keys) > tuple_(*_PLACE[-len(keys) :]))
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


def _where_all_meet(shape: Shape) -> _Found:
    """Gather what all the terms have in common, and put it in order.

    Mostly that is little, and then looking at each whether it is of the site is the shortest way:
    the index would go through all that the site sells. Where it is much, the site comes first.
    """
    terms = asked(shape.met).cte("asked")
    meets = [product_search.c.words.bool_op("@@")(select(one).scalar_subquery()) for one in terms.c]
    few = select(product_search).where(*meets).limit(_FEW).cte("few")
    is_few = select(func.count() < _FEW).select_from(few).scalar_subquery()
    found = union_all(
        select(_first(few.c.words), few.c.product).where(
            is_few, _is_here(few.c.site_ids), _has_all(few.c.words)
        ),
        select(_first(product_search.c.words), product_search.c.product).where(
            ~is_few, _HERE, *meets, _HAS_ALL
        ),
    ).subquery("found")
    query = select(found.c.word, found.c.product).where(_is_so(_seen(found.c.product)))
    return [found.c.word, found.c.product], query


def _first(words: ColumnElement[Any]) -> ColumnElement[str]:
    """Give the first of a product's words that begins as the list is ordered by."""
    lexeme = func.unnest(words).table_valued("lexeme", "positions", "weights")
    word = collate(lexeme.render_derived("lexemes").c.lexeme, "C")
    first = select(func.min(word)).where(word >= _BEGIN, word < _UNTIL)
    return first.scalar_subquery().label("word")


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
    """Give the conditions that a product is seen, and costs something.

    A price left over from before the site changed its currency is no price (CP-8).
    """
    levels, level = product_sites.c.levels, bindparam("level", type_=Text())
    return (
        bindparam("currency", type_=Text()) == any_(product_sites.c.currencies),
        product_sites.c.visible,
        or_(levels.is_(None), level == any_(levels)),
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
