"""Products of one site, listed or searched, with price and stock (SE-4, IN-1).

A search walks the index of words in its own order, (word, product), or takes what several words
have in common from an index of all of them, so that a page costs the same however many products
there are. A customer's level and price list decide what is found and what it costs, by the same
rules as a quote.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from chassis.scope import Scope
from contracts.values import Sku
from messaging.direct import On

from catalog.domain.errors import CatalogError
from catalog.domain.pricing import Applied, Offered, Priced, price_of
from catalog.domain.selling import Selling
from catalog.domain.words import search_terms
from catalog.queries.found_offers import Wanted, find_offers
from catalog.storage.listed_prices import read_entries, read_lists
from catalog.storage.offers import offered_products


class UnknownPriceList(CatalogError):
    """There is no such price list on the site now."""


@dataclass(frozen=True, slots=True)
class FoundVariant:
    """A variant that a site sells, for one unit of it."""

    offered: Offered
    priced: Priced


@dataclass(frozen=True, slots=True)
class FoundProduct:
    """A product that a site sells; ``word`` is what it was found by, empty in a plain list."""

    word: str
    code: Sku
    variants: Sequence[FoundVariant]


@dataclass(frozen=True, slots=True)
class ProductSearch:
    """What is looked for, and for whom.

    Attributes:
        text: For each of its words, a product has one in its name, SKUs or barcodes that begins so;
            case and accents do not count. Blank finds all.
        level: Of the customer: it decides what is seen and what it costs.
        price_list: Put on the order: likewise.
        category: Only what is sorted into it, or into a part of it.
        after: Word and code of the product behind which the list goes on.
        limit: Products at most.
    """

    text: str
    after: tuple[str, Sku] | None
    limit: int
    level: str | None = None
    price_list: str | None = None
    category: str | None = None


async def find_products(
    scope: Scope, on: On, selling: Selling, search: ProductSearch
) -> Sequence[FoundProduct]:
    """Find what a customer sees on a site, in order of the word found and code.

    Raises:
        UnknownPriceList: The list that is named does not hold on this site now.
        UnknownCategory: There is none like the one that is named.
    """
    if not scope.sees(selling.site.site_id):
        return []
    terms = search_terms(search.text)
    if search.text.strip() and not terms:
        return []
    applied = await _applied(on, selling, search)
    hiding = [one.price_list.code for one in applied if one.price_list.terms.exclusive]
    wanted = Wanted(terms, search.level, search.category, hiding, search.after, search.limit)
    found = await find_offers(scope, on, selling, wanted)
    every = [one for *_, offered in found for one in offered]
    shown = await _variants(on, every, applied)
    return [FoundProduct(word, code, shown[code]) for word, code, _ in found if code in shown]


async def find_variant(
    scope: Scope, on: On, selling: Selling, search: ProductSearch, code: Sku
) -> Sequence[FoundVariant]:
    """Give what a customer sees of one product on a site; empty when they do not see it.

    Raises:
        UnknownPriceList: The list that is named does not hold on this site now.
    """
    if not scope.sees(selling.site.site_id):
        return []
    applied = await _applied(on, selling, search)
    offered = await offered_products(on, selling.promise, [code])
    shown = await _variants(on, offered, applied)
    return [one for one in shown.get(code, ()) if one.offered.visibility.shows_to(search.level)]


async def _applied(on: On, selling: Selling, search: ProductSearch) -> Sequence[Applied]:
    """Give the lists that apply, the level's before the order's, without entries yet."""
    lists = await read_lists(on, selling.site.site_id, search.level, search.price_list, selling.at)
    named = search.price_list
    if named is not None and all(one.code != named for one in lists):
        raise UnknownPriceList(named)
    usable = [one for one in lists if one.currency == selling.site.currency]
    return [
        Applied(one, "price-list" if one.code == named else "level", {})
        for one in sorted(usable, key=lambda one: one.code == named)
    ]


async def _variants(
    on: On, offered: Sequence[Offered], applied: Sequence[Applied]
) -> Mapping[Sku, Sequence[FoundVariant]]:
    skus = [one.sku for one in offered]
    entries = await read_entries(on, [one.price_list.code for one in applied], skus)
    lists = [replace(one, entries=entries[one.price_list.code]) for one in applied]
    return {
        code: [
            FoundVariant(one, price_of(one, 1, lists))
            for one in of_product
            if not any(list_.hides(one.sku) for list_ in lists)
        ]
        for code, of_product in groupby(offered, key=lambda one: one.product)
    }
