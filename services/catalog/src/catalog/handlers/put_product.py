"""What is asked of products, and what they are then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.values import Money, SiteId, Sku

from catalog.domain.products import Product, ProductTerms, VariantTerms, Visibility
from catalog.handlers.scoped import Within


@dataclass(frozen=True, slots=True)
class OfferedVariant:
    """A variant, and its unit price by site code; ``at`` is its JSON pointer in the request.

    Attributes:
        said: Names of its terms, and ``prices``, that count; the others stay as they are. None: all
            count.
    """

    sku: Sku
    terms: VariantTerms
    prices: Mapping[str, Money]
    at: str = ""
    said: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class PutProduct:
    """Make or change a product.

    Attributes:
        variants: Of the sites ``within``, exactly those with a price sell them.
        visibility: By site code; who sees it on the sites ``within``, everyone where none is given.
        expected_version: Refuse if it is another; none accepts any.
        said: Names of its terms, ``variants`` and ``visibility`` that count, of a product that is
            there already; the others stay as they are. None: all count.
        on: The sites whose prices and visibility it speaks of; none: all ``within``.
    """

    code: Sku
    terms: ProductTerms
    variants: Sequence[OfferedVariant]
    within: Within
    visibility: Mapping[str, Visibility]
    expected_version: int | None = None
    said: frozenset[str] | None = None
    on: Within = None


@dataclass(frozen=True, slots=True)
class KeptProduct:
    """A product as it now is; ``sites`` has the codes of those of its sites the caller sees."""

    product: Product
    sites: Mapping[SiteId, str]
    created: bool = False
    changed: bool = True
