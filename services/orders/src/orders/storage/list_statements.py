"""How orders are listed and searched: one statement, put together once for each shape.

A list is read in the order of an index, newest first, site by site, so that a page costs the same
however many orders there are. A text is looked for among the newest first, and if it is frequent
there, among more of them: what many orders have fills a page so. What few orders have is then taken
from the index of words and sites.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, array
from sqlalchemy.types import TypeEngine

from orders.storage.tables import (
    ANY_REASON,
    SITE_OF_ORDER,
    WORDS_OF_ORDER,
    orders,
    revised_for,
    sites,
)

NEWEST = 500
"""Orders that a text is looked for among at first."""
FURTHER = 4000
"""Orders that it is looked for among when the first ones promise a page of it."""
MOST = 1000
"""A list is not longer. PostgreSQL plans for a number that it reads in the statement; for one that
is a parameter it would rather put all orders of a site in order."""
SHAPES = 512
"""Statements that are kept; more than there are combinations in use."""
LISTED = (
    *("id", "number", "state", "version", "customer_id", "customer_name", "external_reference"),
    *("total_minor", "currency", "created_at", "updated_at", "submitted_at"),
    *("revisions", "cancel_reason", "giving_back", "submitted_by", "ships_to", "payment_methods"),
)

_ID: TypeEngine[Any] = Uuid()
_LIMIT = bindparam("limit", type_=BigInteger())
_SITES = bindparam("sites", type_=ARRAY(Uuid))
_FURTHER = bindparam("further", type_=BigInteger())


def _revised_for(reason: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(
        revised_for.c.reason == reason,
        revised_for.c.order_id == orders.c.id,
        revised_for.c.site_id == orders.c.site_id,
    )


_SEEN = bindparam("seen", type_=ARRAY(Uuid))
_HERE = sites.alias("here")
_CALLED = (
    select(_HERE.c.site_id)
    .where(_HERE.c.code == bindparam("site", type_=Text()))
    .where(or_(_SEEN.is_(None), _HERE.c.site_id == func.any(_SEEN)))
    .order_by(_HERE.c.version.desc())
    .limit(1)
    .scalar_subquery()
)
_ONE_SITE: Mapping[str, ColumnElement[UUID]] = {
    "site": _CALLED,
    "site_id": bindparam("site_id", type_=_ID),
}
"""How a list is of one site: by its code, if it is among those ``seen``, or by its id."""
_FILTERS: Mapping[str, ColumnElement[bool]] = {
    **{name: orders.c.site_id == site for name, site in _ONE_SITE.items()},
    "state": orders.c.state == bindparam("state", type_=Text()),
    "number": orders.c.number == bindparam("number", type_=Text()),
    "external_reference": orders.c.external_reference
    == bindparam("external_reference", type_=Text()),
    "customer_id": orders.c.customer_id == bindparam("customer_id", type_=_ID),
    "revised": _revised_for(literal_column(f"'{ANY_REASON}'", Text())),
    "not_revised": orders.c.revisions == 0,
    "cancel_reason": orders.c.cancel_reason == bindparam("cancel_reason", type_=Text()),
    "revision_reason": _revised_for(bindparam("revision_reason", type_=Text())),
    "from_id": orders.c.id >= bindparam("from_id", type_=_ID),
    "until_id": orders.c.id < bindparam("until_id", type_=_ID),
    "before": orders.c.id < bindparam("before", type_=_ID),
}
FILTERS = tuple(_FILTERS)
"""What a list can be narrowed by; what needs a value has a parameter of the same name."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides how the statement is written; the rest are its parameters.

    Attributes:
        everywhere: Of all sites, or of one, which is a filter; else of ``sites``.
        filters: Some of ``FILTERS``.
        words: Of the text; each is a parameter, a pattern named by ``word_name``. Together they
            are ``all_words``, a text search query. ``further`` is how many orders are looked at
            where the newest promise enough.
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
    found = (_with_text(shape) if shape.words else _first(shape)).subquery("found")
    return (
        select(*(orders.c[name] for name in LISTED), sites.c.code)
        .join(found, found.c.id == orders.c.id)
        .join(sites, sites.c.site_id == orders.c.site_id)
        .order_by(orders.c.id.desc())
    )


def _first(shape: Shape) -> Select[*tuple[Any, ...]]:
    """Select a page of the newest."""
    if not shape.everywhere:
        return _newest(shape, _LIMIT)
    newest = _newest(shape, _exactly(MOST)).subquery("newest")
    return select(newest.c.id).order_by(newest.c.id.desc()).limit(_LIMIT)


def _exactly(number: int) -> ColumnElement[int]:
    return literal_column(str(number), BigInteger())


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
    near = _among(shape, _exactly(NEWEST)).cte("near")
    seen = select(func.count()).select_from(near).scalar_subquery()
    promising = and_(seen < _LIMIT, seen * _FURTHER >= _LIMIT * NEWEST)
    far = _among(shape, case((promising, _FURTHER), else_=0)).cte("far")
    seen_further = select(func.count()).select_from(far).scalar_subquery()
    # What is found is put in order after it was found: there may be no order in which it ends soon.
    gathered = _gathered(shape).where(seen < _LIMIT, seen_further < _LIMIT)
    every = union_all(
        select(near.c.id).where(seen >= _LIMIT),
        select(far.c.id).where(seen_further >= _LIMIT),
        select(gathered.cte("gathered").prefix_with("MATERIALIZED").c.id),
    ).subquery("every")
    return select(every.c.id).order_by(every.c.id.desc()).limit(_LIMIT)


def _among(shape: Shape, looked_at: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    """Select a page of those that have every word among the newest ``looked_at``."""
    newest = _newest(shape, looked_at).subquery("newest")
    words = _has_words(newest.c.search_text, shape)
    return select(newest.c.id).where(*words).order_by(newest.c.id.desc()).limit(_LIMIT)


def _gathered(shape: Shape) -> Select[*tuple[Any, ...]]:
    """Select all that have every word, by the index of texts."""
    words = WORDS_OF_ORDER.bool_op("@@")(cast(bindparam("all_words", type_=Text()), TSQUERY))
    # Not the condition that they are of this site: another index answers that, for all its orders.
    others = Shape(shape.everywhere, shape.filters - _ONE_SITE.keys())
    query = select(orders.c.id).where(words, *_conditions(others))
    for name in shape.filters & _ONE_SITE.keys():
        query = query.where(SITE_OF_ORDER.bool_op("&&")(array([_ONE_SITE[name]])))
    return query if shape.everywhere else query.where(SITE_OF_ORDER.bool_op("&&")(_SITES))


def _conditions(shape: Shape) -> list[ColumnElement[bool]]:
    return [_FILTERS[name] for name in FILTERS if name in shape.filters]


def _has_words(text: ColumnElement[str], shape: Shape) -> list[ColumnElement[bool]]:
    patterns = [bindparam(word_name(place), type_=Text()) for place in range(shape.words)]
    return [text.like(pattern) for pattern in patterns]
