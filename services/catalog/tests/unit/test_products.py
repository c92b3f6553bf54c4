"""Names, words, variants and prices of products."""

from collections.abc import Mapping
from uuid import UUID

import pytest
from catalog.domain.choices import Choice, choice_faults
from catalog.domain.products import (
    EVERYONE,
    Option,
    Product,
    ProductTerms,
    VariantTerms,
    VariantWish,
    Visibility,
    is_sku,
)
from catalog.domain.words import search_terms, search_words
from contracts.values import Money, SiteId, Sku

NORTH, SOUTH = SiteId(UUID(int=1)), SiteId(UUID(int=2))
POUND, PENNY = Money(100, "GBP"), Money(1, "GBP")
CUP = Sku("85123-A")
TERMS = ProductTerms("Café Crème 12\N{MULTIPLICATION SIGN}")
SIZES = (Option("Size", ("S", "L")), Option("Colour", ("Red",)))


def a_wish(sku: Sku = CUP, terms: VariantTerms | None = None, **prices: Money) -> VariantWish:
    sites = {"north": NORTH, "south": SOUTH}
    by_site = {sites[name]: price for name, price in prices.items()}
    return VariantWish(sku, UUID(int=len(sku)), terms or VariantTerms(), by_site)


def a_product(*wishes: VariantWish) -> Product:
    product = Product(CUP, UUID(int=9), ProductTerms(""))
    assert product.change(TERMS, wishes, {}, within=None)
    return product


def faults(options: tuple[Option, ...], *chosen: tuple[str, Mapping[str, str]]) -> list[str]:
    choices = [
        Choice(f"/variants/{place}", Sku(sku), VariantTerms(options=values))
        for place, (sku, values) in enumerate(chosen)
    ]
    return [f"{f.pointer} {f.code}" for f in choice_faults(CUP, options, choices)]


def test_words_are_folded_and_cut_at_everything_that_is_no_letter_or_digit() -> None:
    """SE-4: case and accents do not count."""
    terms = VariantTerms(barcodes=("5012345678900",))
    words = a_product(a_wish(terms=terms)).words()
    assert words == {"cafe", "creme", "12", "85123", "a", "5012345678900"}
    assert search_words("STRASSE Straße") == ["strasse", "strasse"]
    assert (search_terms("  ***  "), search_terms(" "), search_terms("a\0")) == (["***"], [], [])


def test_the_same_again_changes_nothing() -> None:
    product = a_product(a_wish(north=POUND))

    assert not product.change(TERMS, [a_wish(north=POUND)], {NORTH: EVERYONE}, within=None)
    assert product.change(TERMS, [a_wish(north=PENNY)], {}, within=None)
    assert (product.version, product.variants[CUP].version) == (2, 2)


def test_who_sees_some_sites_changes_the_prices_of_those_only() -> None:
    """SC-1."""
    product = a_product(a_wish(north=POUND, south=POUND))
    hidden = Visibility(visible=False)
    product.change(TERMS, [a_wish(north=POUND, south=POUND)], {SOUTH: hidden}, within=None)

    assert product.change(TERMS, [a_wish()], {}, within=frozenset([NORTH]))

    assert product.sites == {SOUTH}
    assert product.visibility == {SOUTH: hidden}


def test_only_variants_that_others_are_told_of_grow() -> None:
    small, large = a_wish(Sku("S"), north=POUND), a_wish(Sku("LL"), north=POUND)
    product = a_product(small, large)

    product.change(TERMS, [small, a_wish(Sku("LL"), north=PENNY)], {}, within=None)

    assert {v.sku: v.version for v in product.variants.values()} == {"S": 1, "LL": 2}


def test_a_variant_that_is_left_out_is_sold_no_more_but_stays() -> None:
    """CP-2: its stock and history stay; another's sites are not touched (SC-1)."""
    product = a_product(a_wish(Sku("S"), north=POUND, south=POUND), a_wish(Sku("LL"), north=POUND))

    product.change(TERMS, [], {}, within=frozenset([NORTH]))

    assert product.sold(Sku("S")) == {SOUTH: POUND}
    assert not product.variants[Sku("LL")].active


def test_a_product_that_is_not_active_is_sold_nowhere() -> None:
    product = a_product(a_wish(north=POUND))

    product.change(ProductTerms(TERMS.name, active=False), [a_wish(north=POUND)], {}, within=None)

    assert (product.sold(CUP), product.variants[CUP].version) == ({}, 2)


def test_visibility_shows_a_product_to_some_levels_only() -> None:
    """CP-1, CU-14."""
    trade = Visibility(levels=frozenset(["trade"]))
    assert [trade.shows_to(level) for level in ("trade", "retail", None)] == [True, False, False]
    assert not Visibility(visible=False).shows_to("trade")
    assert EVERYONE.shows_to(None)


def test_the_choices_of_variants_are_complete_known_and_unlike() -> None:
    """CP-2."""
    small, large = {"Size": "S", "Colour": "Red"}, {"Size": "L", "Colour": "Red"}
    assert faults(SIZES, ("S", small), ("L", large)) == []
    assert faults(SIZES) == ["/variants VARIANTS_MISSING"]
    assert faults(SIZES, ("S", small), ("S", large)) == ["/variants/1/sku DUPLICATE_VARIANT"]
    assert faults(SIZES, ("S", small), ("L", small)) == ["/variants/1/options DUPLICATE_VARIANT"]
    assert faults(SIZES, ("S", {"Size": "S"})) == ["/variants/0/options OPTIONS_MISSING"]
    strange = {**small, "Size": "XL", "Shape": "Round"}
    assert faults(SIZES, ("S", strange)) == ["/variants/0/options UNKNOWN_OPTION"] * 2
    twice = (Option("Size", ("S", "S")), Option("Size", ("S",)))
    assert faults(twice, ("S", {"Size": "S"})) == [
        "/options/0/values DUPLICATE_OPTION",
        "/options/1/name DUPLICATE_OPTION",
    ]


def test_without_options_the_only_variant_has_the_products_code() -> None:
    """CP-2."""
    assert faults((), (CUP, {})) == []
    assert faults((), ("Other", {})) == ["/variants/0/sku OPTIONS_MISSING"]


@pytest.mark.parametrize("sku", ["", " A", "A ", "A\n", "A" * 65, "\ud800", "\0"])
def test_is_no_sku(sku: str) -> None:
    assert not is_sku(sku)
