"""How orders are listed and searched: one statement, put together once for each shape.

A list is read in the order of an index, newest first, site by site, so that a page costs the same
however many orders there are. A text is looked for among the newest first: what many orders have
fills a page there. What few orders have is then taken from the index of words and sites.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.types import TypeEngine

from orders.storage.tables import SITE_OF_ORDER, WORDS_OF_ORDER, orders, sites

NEWEST = 1000
"""Orders that a text is looked for among at first; of one site, a quarter of it."""
SHAPES = 512
"""Statements that are kept; more than there are combinations in use."""
LISTED = (
    *("id", "number", "state", "version", "customer_id", "customer_name", "external_reference"),
    *("total_minor", "currency", "created_at", "updated_at", "submitted_at"),
    *("revisions", "cancel_reason", "giving_back"),
)

_ID: TypeEngine[Any] = Uuid()
_LIMIT = bindparam("limit", type_=BigInteger())
_SITES = bindparam("sites", type_=ARRAY(Uuid))
_FILTERS: Mapping[str, ColumnElement[bool]] = {
    "state": orders.c.state == bindparam("state", type_=Text()),
    "number": orders.c.number == bindparam("number", type_=Text()),
    "external_reference": orders.c.external_reference
    == bindparam("external_reference", type_=Text()),
    "customer_id": orders.c.customer_id == bindparam("customer_id", type_=_ID),
    "from_id": orders.c.id >= bindparam("from_id", type_=_ID),
    "until_id": orders.c.id < bindparam("until_id", type_=_ID),
    "before": orders.c.id < bindparam("before", type_=_ID),
}
FILTERS = tuple(_FILTERS)
"""What a list can be narrowed by; each is a parameter of the same name."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides how the statement is written; the rest are its parameters.

    Attributes:
        everywhere: Of all sites; else of ``sites``.
        filters: Some of ``FILTERS``.
        words: Of the text; each is a parameter, a pattern named by ``word_name``. Together they
            are ``all_words``, a text search query.
    """

    everywhere: bool
    filters: frozenset[str]
    words: int = 0


def word_name(place: int) -> str:
    """Give the name of the parameter for the pattern of a word."""
    return f"word_{place}"


@lru_cache(SHAPES)
def statement(shape: Shape) -> Select[*tuple[Any, ...]]:
    """Select the columns that a list shows, each with its site's code, newest first."""
    found = (_with_text(shape) if shape.words else _newest(shape, _LIMIT)).subquery("found")
    return (
        select(*(orders.c[name] for name in LISTED), sites.c.code)
        .join(found, found.c.id == orders.c.id)
        .join(sites, sites.c.site_id == orders.c.site_id)
        .order_by(orders.c.id.desc())
    )


def _newest(shape: Shape, limit: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    """Select the newest that pass the filters: each site's by themselves, and of those the first.

    Each site's stand in the order of an index; those of several do not.
    """
    columns = (orders.c.id, orders.c.search_text) if shape.words else (orders.c.id,)
    query = select(*columns).where(*_conditions(shape))
    if shape.everywhere:
        return query.order_by(orders.c.id.desc()).limit(limit)
    wanted = func.unnest(_SITES).table_valued(column("site_id", _ID), name="wanted")
    wanted = wanted.render_derived()
    of_site = (
        query.where(orders.c.site_id == wanted.c.site_id)
        .order_by(orders.c.id.desc())
        .limit(limit)
        .lateral("of_one")
    )
    every = select(*of_site.c).select_from(wanted).join(of_site, true())
    return every.order_by(of_site.c.id.desc()).limit(limit)


def _with_text(shape: Shape) -> Select[*tuple[Any, ...]]:
    """Select the newest that have every word: among the newest, or by the index of texts."""
    looked_at = NEWEST if shape.everywhere else NEWEST // 4
    newest = _newest(shape, literal(looked_at, BigInteger())).cte("newest")
    near = (
        select(newest.c.id)
        .where(*_has_words(newest.c.search_text, shape))
        .order_by(newest.c.id.desc())
        .limit(_LIMIT)
        .cte("near")
    )
    fills_a_page = select(func.count() >= _LIMIT).select_from(near).scalar_subquery()
    is_all = select(func.count() < looked_at).select_from(newest).scalar_subquery()
    enough = select(or_(fills_a_page, is_all).label("enough")).cte("judged")
    is_enough = select(enough.c.enough).scalar_subquery()
    here = true() if shape.everywhere else SITE_OF_ORDER.bool_op("&&")(_SITES)
    has_all = WORDS_OF_ORDER.bool_op("@@")(cast(bindparam("all_words", type_=Text()), TSQUERY))
    rare = select(orders.c.id).where(~is_enough, here, has_all, *_conditions(shape))
    # What is found is put in order after it was found: there may be no order in which it ends soon.
    gathered = rare.cte("gathered").prefix_with("MATERIALIZED")
    both = union_all(select(near.c.id).where(is_enough), select(gathered.c.id)).subquery("both")
    return select(both.c.id).order_by(both.c.id.desc()).limit(_LIMIT)


def _conditions(shape: Shape) -> list[ColumnElement[bool]]:
    return [_FILTERS[name] for name in FILTERS if name in shape.filters]


def _has_words(text: ColumnElement[str], shape: Shape) -> list[ColumnElement[bool]]:
    patterns = [bindparam(word_name(place), type_=Text()) for place in range(shape.words)]
    return [text.like(pattern) for pattern in patterns]
