"""Products by the number, as the catalog service would have kept them: each sold on two sites."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import UUID

from catalog.domain.products import Product, ProductTerms, Variant, VariantTerms
from catalog.storage import tables
from catalog.storage.product_rows import price_rows, product_row, site_rows, variant_rows
from catalog.storage.products import SEARCHED
from contracts.values import LocationId, Money, SiteId, Sku, derived_id
from messaging.direct import Direct

from bench.scale.copying import CopyingConnection, copy, settle
from bench.scale.words import FEW_WORDS, WORDS, word

_NAMESPACE = UUID(int=2)
_AT_ONCE = 5000
_PLENTY = 1000
_SMALL = 10_000
"""Products of a small shop."""
_SEARCHED = Direct(SEARCHED)


@dataclass(frozen=True, slots=True)
class Places:
    """Sites in order, and locations: number ``n`` serves the sites ``n % 20`` and the next.

    Attributes:
        sites: Id by code.
    """

    sites: Mapping[str, SiteId]
    locations: Sequence[LocationId]

    def of(self, number: int) -> tuple[int, int]:
        """Give the numbers of the two sites that sell a product."""
        count = len(self.sites)
        return number % count, (number // count + 1 + number) % count


def product(number: int, places: Places) -> Product:
    """Make the product of this number, always the same one."""
    words = FEW_WORDS if number < _SMALL else WORDS
    named = (word(one, words) for one in (number, number // 11, number // 101))
    name = f"{' '.join(named)} {number % 97}"
    code, sites = Sku(f"SKU-{number:07d}"), list(places.sites.values())
    made = Product(code, derived_id(_NAMESPACE, "product", number), ProductTerms(name), 1)
    price = Money(number % 9000 + 100, "GBP")
    terms = VariantTerms(barcodes=(f"50{number:011d}",))
    made.variants[code] = Variant(
        code,
        derived_id(_NAMESPACE, "variant", number),
        terms,
        {sites[at]: price for at in places.of(number)},
        version=1,
    )
    return made


async def add_products(connection: CopyingConnection, numbers: range, places: Places) -> None:
    """Keep the products of these numbers, with prices, words and stock."""
    for start in range(numbers.start, numbers.stop, _AT_ONCE):
        within = range(start, min(start + _AT_ONCE, numbers.stop))
        part = [product(number, places) for number in within]
        await copy(connection, tables.products, map(product_row, part))
        for table, rows in (
            (tables.variants, variant_rows),
            (tables.product_prices, price_rows),
            (tables.product_sites, site_rows),
        ):
            await copy(connection, table, chain.from_iterable(map(rows, part)))
        words = ({"product": one.code, "word": found} for one in part for found in one.words())
        await copy(connection, tables.product_words, words)
        await _SEARCHED.fetch(connection, {"codes": [one.code for one in part]})
        await copy(connection, tables.stock, chain.from_iterable(_stock(n, places) for n in within))
    await settle(connection)


def _stock(number: int, places: Places) -> Iterator[dict[str, Any]]:
    """Lay the product where its sites are served from."""
    for location in sorted(set(places.of(number))):
        yield {
            "sku": f"SKU-{number:07d}",
            "location_id": places.locations[location],
            "on_hand": _PLENTY,
        }


def search(random: Random, size: int, places: Places) -> str:
    """Give the address of a search as a clerk types it."""
    number = random.randrange(size)
    words = product(number, places).terms.name.split()
    said = random.choice(
        (
            words[0],
            words[0][:3],
            f"{words[0][:4]} {words[1][:4]}",
            f"{words[1][:3]} {words[2]}",
            f"SKU-{number:07d}",
            f"50{number:011d}"[:10],
        )
    )
    site = list(places.sites)[places.of(number)[0]]
    return f"/api/catalog/v1/products?site={site}&limit=20&q={quote(said)}"


def quote_of_ten(random: Random, size: int, places: Places) -> dict[str, Any]:
    """Give a question about ten lines that one site sells."""
    count = len(places.sites)
    at = random.randrange(count)
    numbers = [random.randrange(size // count) * count + at for _ in range(10)]
    lines = [
        {"line_id": line, "sku": f"SKU-{number:07d}", "units": random.randint(1, 5)}
        for line, number in enumerate(numbers, 1)
    ]
    return {"site": list(places.sites)[at], "lines": lines}
