"""The terms of a search, spelt out as the whole words that begin with them.

The index of what products have meets whole words several times faster than beginnings.
"""

from collections.abc import Sequence
from typing import Any

from chassis.text_search import beginning
from sqlalchemy import ColumnElement, Select, Text, bindparam, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY

from catalog.storage.tables import product_words

MOST_ASKED = 3
"""Terms that the index is asked for; of what has them, the others are looked at."""
LAST = "\U0010ffff"
"""Sorts behind every character that can follow a beginning."""
_SPELT = 32
"""A term that begins so many words is not spelt out: the index would be asked for each."""


def asked(count: int) -> Select[*tuple[Any, ...]]:
    """Give what the index is asked for each of so many terms, as columns of one row.

    A term that begins too many words is not asked for, unless all do: what has the others is
    looked at anyway.
    """
    spelt = select(*map(_spelt, range(count))).subquery("spelt")
    every = (func.coalesce(one, *spelt.c, _beginning(at)) for at, one in enumerate(spelt.c))
    return select(*(cast(one, TSQUERY) for one in every))


def _spelt(at: int) -> ColumnElement[str | None]:
    """Spell a term out as the words that begin with it, none where they are too many.

    Each is looked up behind the last: the index of words has each as often as there are products.
    """
    word = product_words.c.word
    term, behind = (bindparam(f"{name}_{at}", type_=Text()) for name in ("term", "behind"))
    first = select(func.min(word).label("word"), literal(1).label("place"))
    found = first.where(word >= term, word < behind).cte(f"spelt_{at}", recursive=True)
    following = select(func.min(word)).where(word > found.c.word, word < behind).scalar_subquery()
    more = select(following, found.c.place + 1)
    found = found.union_all(more.where(found.c.word.is_not(None), found.c.place < _SPELT))
    count = func.count(found.c.word)
    # What begins with a letter or digit has no other signs that would need quoting.
    words = func.string_agg(literal("'") + found.c.word + literal("'"), " | ")
    spelt = case((count == 0, _beginning(at)), (count < _SPELT, words))
    return select(spelt).select_from(found).scalar_subquery()


def _beginning(at: int) -> ColumnElement[str]:
    return bindparam(f"beginning_{at}", type_=Text())


def asked_for(terms: Sequence[str]) -> dict[str, str]:
    """Give the parameters for terms that the index is asked for, in a shape that has so many."""
    return {
        f"{name}_{at}": value
        for at, term in enumerate(terms)
        for name, value in (
            ("term", term),
            ("behind", term + LAST),
            ("beginning", beginning(term)),
        )
    }
