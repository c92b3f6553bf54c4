"""Price lists: other prices on one site, for a level or for an order that staff put them on."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from contracts.values import SiteId, Sku

from catalog.domain.errors import CatalogError
from catalog.domain.validity import ALWAYS, Validity


class PriceListOverlaps(CatalogError):
    """Two active lists of one site and level would hold at the same time.

    Attributes:
        code: The other list.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"the price list {code} of the same site and level holds then too")
        self.code = code


@dataclass(frozen=True, slots=True)
class ListTerms:
    """What may change of a price list.

    Attributes:
        level: Applies by itself to customers of this level; none: only where staff put it on.
        exclusive: Products that are not on it cannot be had by it (CP-4).
    """

    name: str
    level: str | None = None
    validity: Validity = ALWAYS
    exclusive: bool = False
    active: bool = True


@dataclass
class PriceList:
    """Prices of one site, in its currency.

    Attributes:
        version: 0 before it is first kept; grows by one with every change, of an entry too.
    """

    code: str
    price_list_id: UUID
    site_id: SiteId
    currency: str
    terms: ListTerms
    version: int

    def change(self, currency: str, terms: ListTerms) -> bool:
        """Give it these terms; tells whether anything changed."""
        if self.version and (self.currency, self.terms) == (currency, terms):
            return False
        self.currency, self.terms = currency, terms
        self.version += 1
        return True


@dataclass(frozen=True, slots=True)
class Entry:
    """The unit price of a product from ``min_units`` on, in minor units of the list's currency.

    Attributes:
        no_discounts: No promotion takes anything off a line that is priced by it (CP-4).
    """

    sku: Sku
    min_units: int
    minor: int
    no_discounts: bool = False


def entry_for(units: int, entries: Iterable[Entry]) -> Entry | None:
    """Give the entry of a product that applies: the highest quantity break that is reached."""
    reached = [entry for entry in entries if entry.min_units <= units]
    return max(reached, key=lambda entry: entry.min_units, default=None)
