"""Products, the variants that are sold of them, what each site asks for, and who sees them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from contracts.values import Money, SiteId, Sku

from catalog.domain.words import search_terms, search_words

MAX_SKU = 64
"""Characters a SKU may have."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something to be chosen before a product is bought (CP-2); its values are in order."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Customisation:
    """The text that a customer may have put on a product (CP-3); ``max_length`` is characters."""

    label: str
    max_length: int
    required: bool = False


@dataclass(frozen=True, slots=True)
class ProductTerms:
    """What is true of a product on every site.

    Attributes:
        categories: Codes.
        active: False takes it off every site.
    """

    name: str
    description: str = ""
    options: tuple[Option, ...] = ()
    customisation: Customisation | None = None
    tax_category: str = "standard"
    categories: frozenset[str] = frozenset()
    active: bool = True


@dataclass(frozen=True, slots=True)
class VariantTerms:
    """What is true of a variant on every site.

    Attributes:
        options: The value chosen for each of the product's options; empty where there are none.
        weight_grams: Of one unit, where known.
        tracked: False: it is always available (IN-7).
        future_stock: What is on its way may be promised, where the site allows it (IN-5).
        position: The lowest is listed first.
    """

    options: Mapping[str, str] = field(default_factory=dict[str, str])
    barcodes: tuple[str, ...] = ()
    weight_grams: int | None = None
    tracked: bool = True
    future_stock: bool = True
    position: int = 0


@dataclass(frozen=True, slots=True)
class Visibility:
    """Who sees a product on a site that sells it; no levels: every customer."""

    visible: bool = True
    levels: frozenset[str] | None = None

    def shows_to(self, level: str | None) -> bool:
        """Tell whether a customer of this level sees it; none is a customer without a level."""
        return self.visible and (self.levels is None or level in self.levels)


EVERYONE = Visibility()
"""How a product is seen where nothing else was said."""


@dataclass
class Variant:
    """What is sold and stocked; it is sold on the sites that have a price for it.

    Attributes:
        version: 0 before it is first kept; grows by one with every change that others are told of.
        active: False once it was taken out of the product and no site sells it any more.
    """

    sku: Sku
    variant_id: UUID
    terms: VariantTerms
    prices: dict[SiteId, Money]
    version: int = 0
    active: bool = True


@dataclass(frozen=True, slots=True)
class VariantWish:
    """A variant as a product shall have it; ``variant_id`` is used if it is new."""

    sku: Sku
    variant_id: UUID
    terms: VariantTerms
    prices: Mapping[SiteId, Money]


@dataclass
class Product:
    """A product with its variants; one without options has one variant, whose SKU is its code.

    Attributes:
        version: 0 before it is first kept; grows by one with every change.
        visibility: Only where it differs from ``EVERYONE``.
    """

    code: Sku
    product_id: UUID
    terms: ProductTerms
    version: int = 0
    variants: dict[Sku, Variant] = field(default_factory=dict[Sku, Variant])
    visibility: dict[SiteId, Visibility] = field(default_factory=dict[SiteId, Visibility])

    def change(
        self,
        terms: ProductTerms,
        wishes: Sequence[VariantWish],
        visibility: Mapping[SiteId, Visibility],
        *,
        within: Collection[SiteId] | None,
    ) -> bool:
        """Make it so; prices and visibility on the sites ``within`` only (none: on all).

        A variant that is left out is no longer sold on these sites; where no site is left it is
        no longer active, though its stock and history stay.

        Returns:
            Whether anything changed; then the version of each variant that did has grown too.
        """
        before, told = self._state(), {sku: self._told(sku) for sku in self.variants}
        self.terms = terms
        seen = {s: v for s, v in self.visibility.items() if not _inside(s, within)}
        self.visibility = seen | {s: v for s, v in visibility.items() if v != EVERYONE}
        wanted = {wish.sku: wish for wish in wishes}
        for variant in self.variants.values():
            if variant.sku not in wanted:
                variant.prices = _outside(variant.prices, within)
                variant.active = bool(variant.prices)
        for wish in wishes:
            self._take(wish, within)
        if self.version and self._state() == before:
            return False
        self._grow(told)
        return True

    def price(self, sku: Sku, site: SiteId, price: Money) -> bool:
        """Give one variant this price on a site; tells whether anything changed."""
        variant = self.variants[sku]
        if variant.prices.get(site) == price and variant.active:
            return False
        told = {sku: self._told(sku) for sku in self.variants}
        variant.prices = {**variant.prices, site: price}
        variant.active = True
        self._grow(told)
        return True

    @property
    def sites(self) -> set[SiteId]:
        """Give the sites that sell some variant of it."""
        return {site for variant in self.variants.values() for site in variant.prices}

    def sold(self, sku: Sku) -> Mapping[SiteId, Money]:
        """Give the prices of a variant where it is sold."""
        variant = self.variants[sku]
        return variant.prices if self.terms.active and variant.active else {}

    def words(self) -> set[str]:
        """Give what a search finds it by: words of its name, its code, its SKUs and barcodes."""
        found = {*search_words(self.terms.name), *search_terms(self.code)}
        for variant in self.variants.values():
            if variant.active:
                found.update(search_terms(variant.sku))
                found.update(*map(search_terms, variant.terms.barcodes))
        return found

    def _take(self, wish: VariantWish, within: Collection[SiteId] | None) -> None:
        variant = self.variants.get(wish.sku)
        if variant is None:
            variant = self.variants[wish.sku] = Variant(wish.sku, wish.variant_id, wish.terms, {})
        variant.terms, variant.active = wish.terms, True
        variant.prices = _outside(variant.prices, within) | dict(wish.prices)

    def _grow(self, told: Mapping[Sku, object]) -> None:
        self.version += 1
        for sku, variant in self.variants.items():
            if variant.version == 0 or self._told(sku) != told.get(sku):
                variant.version += 1

    def _state(self) -> object:
        variants = {
            sku: (variant.terms, dict(variant.prices), variant.active)
            for sku, variant in self.variants.items()
        }
        return self.terms, dict(self.visibility), variants

    def _told(self, sku: Sku) -> object:
        return self.terms.name, self.variants[sku].terms.options, dict(self.sold(sku))


def _inside(site: SiteId, within: Collection[SiteId] | None) -> bool:
    return within is None or site in within


def _outside(
    prices: Mapping[SiteId, Money], within: Collection[SiteId] | None
) -> dict[SiteId, Money]:
    return {site: price for site, price in prices.items() if not _inside(site, within)}


def is_sku(text: str) -> bool:
    """Tell whether a text may be a SKU: 1 to 64 printable characters, no space at the ends."""
    return 1 <= len(text) <= MAX_SKU and text.isprintable() and text == text.strip()
