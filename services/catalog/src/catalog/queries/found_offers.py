"""Which products a customer sees on a site, by their words, with price and stock: one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chassis.scope import Scope
from chassis.text_search import beginning
from contracts.values import Sku
from messaging.direct import Direct, On

from catalog.domain.errors import CatalogError
from catalog.domain.pricing import Offered
from catalog.domain.selling import Selling
from catalog.storage.availability import promised_by
from catalog.storage.categories import BELOW
from catalog.storage.offers import found_offers, with_offers
from catalog.storage.search_statements import SHAPES, Shape, Way, list_name, statement
from catalog.storage.spelt_terms import LAST, MOST_ASKED, asked_for

_DENSE = 2
"""Letters that very many words begin with, barcodes for one: an index would go through them all."""


class UnknownCategory(CatalogError):
    """There is no such category."""


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


async def find_offers(
    scope: Scope, on: On, selling: Selling, wanted: Wanted
) -> Sequence[tuple[str, Sku, Sequence[Offered]]]:
    """Give word and code of the products found, in that order, each with its variants.

    Raises:
        UnknownCategory: There is none like the one that is named.
    """
    if not scope.sees(selling.site.site_id):
        return []
    terms = _apart(wanted.terms)
    begin = max(terms, key=lambda term: (len(term), term), default="")
    values: dict[str, Any] = {
        "site_id": selling.site.site_id,
        "currency": selling.site.currency,
        "level": wanted.level,
        "begin": begin,
        "until": begin + LAST,
        "all_words": " & ".join(map(beginning, terms)),
        "limit": wanted.limit,
        **promised_by(selling.promise),
        **{list_name(place): code for place, code in enumerate(wanted.on_lists)},
    }
    word, code = max((begin, ""), wanted.after or ("", ""))
    values |= {"after_word": word, "after_product": code}
    if wanted.category is not None:
        below = await BELOW.rows(on, {"codes": [wanted.category]})
        if not below:
            raise UnknownCategory(wanted.category)
        values["categories"] = [row.code for row in below]
    met = sorted((term for term in terms if len(term) > _DENSE), key=len)[-MOST_ASKED:]
    values |= asked_for(met)
    for way in _ways(terms):
        shape = Shape(
            way, len(terms) > 1, len(met), len(wanted.on_lists), wanted.category is not None
        )
        found = found_offers(await _direct(shape).rows(on, values), selling.promise)
        if way is not Way.NEAR or len(found) == wanted.limit:
            return found
    raise AssertionError("the last way always ends")


@lru_cache(SHAPES)
def _direct(shape: Shape) -> Direct:
    return Direct(with_offers(statement(shape)))


def _apart(terms: Sequence[str]) -> list[str]:
    """Give the terms of which none begins another: what begins with "cab" begins with "ca"."""
    every = sorted(set(terms))
    return [a for a in every if not any(b != a and b.startswith(a) for b in every)]


def _ways(terms: Sequence[str]) -> Sequence[Way]:
    """Choose the way that reads the least; the second only where the first did not fill the page.

    A word or two letters are soon walked to the end of a page, however many products there are;
    several words may have few products in common, or none, and then the walk would not end. One
    word beside a letter or two mostly is walked soon, too: very many products have those letters.
    """
    if not terms:
        return [Way.SITE]
    long = sum(len(term) > _DENSE for term in terms)
    if len(terms) == 1 or not long:
        return [Way.WALK]
    return [Way.MEET] if long > 1 else [Way.NEAR, Way.MEET]
