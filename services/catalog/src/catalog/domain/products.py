"""Products, and what each site sells them for."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from contracts.values import Money, SiteId, Sku

MAX_SKU = 64
"""Characters a SKU may have."""


@dataclass
class Product:
    """A product; it is sold on the sites that have a price for it.

    Attributes:
        version: 0 before it is first kept; grows by one with every change.
    """

    sku: Sku
    product_id: UUID
    name: str
    version: int
    prices: dict[SiteId, Money]

    def change(
        self, name: str, prices: Mapping[SiteId, Money], *, within: Collection[SiteId] | None
    ) -> bool:
        """Give it this name, and exactly these prices on the sites ``within`` (none: on all).

        Returns:
            Whether anything changed.
        """
        kept = {s: p for s, p in self.prices.items() if within is not None and s not in within}
        wanted = kept | dict(prices)
        if self.version and (self.name, self.prices) == (name, wanted):
            return False
        self.name, self.prices, self.version = name, wanted, self.version + 1
        return True

    def words(self) -> set[str]:
        """Give what a search finds it by: the words of its name and of its SKU."""
        return {*search_words(self.name), *search_terms(self.sku)}


def is_sku(text: str) -> bool:
    """Tell whether a text may be a SKU: 1 to 64 printable characters, no space at the ends."""
    return 1 <= len(text) <= MAX_SKU and text.isprintable() and text == text.strip()


def folded(text: str) -> str:
    """Give a text without case and accents, as words are kept and looked up."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def search_words(text: str) -> list[str]:
    """Give the folded words of a text: runs of letters and digits, in order."""
    return "".join(c if c.isalnum() else " " for c in folded(text)).split()


def search_terms(text: str) -> list[str]:
    """Give what to look for: the words of a text or, when it has none, its signs as they are.

    Nothing is found by a text with unprintable characters; it has no terms.
    """
    if not text.isprintable():
        return []
    return search_words(text) or [term for term in [folded(text.strip())] if term]
