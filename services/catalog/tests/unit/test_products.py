"""Names, words and prices of products."""

from uuid import UUID

import pytest
from catalog.domain.products import Product, is_sku, search_terms, search_words
from contracts.values import Money, SiteId, Sku

NORTH, SOUTH = SiteId(UUID(int=1)), SiteId(UUID(int=2))
POUND, PENNY = Money(100, "GBP"), Money(1, "GBP")


def a_product(**prices: Money) -> Product:
    sites = {"north": NORTH, "south": SOUTH}
    by_site = {sites[name]: price for name, price in prices.items()}
    return Product(Sku("85123-A"), UUID(int=9), "Café Crème 12\N{MULTIPLICATION SIGN}", 1, by_site)


def test_words_are_folded_and_cut_at_everything_that_is_no_letter_or_digit() -> None:
    """SE-4: case and accents do not count."""
    assert a_product().words() == {"cafe", "creme", "12", "85123", "a"}
    assert search_words("STRASSE Straße") == ["strasse", "strasse"]
    assert (search_terms("  ***  "), search_terms(" "), search_terms("a\0")) == (["***"], [], [])


def test_the_same_again_changes_nothing() -> None:
    product = a_product(north=POUND)

    assert not product.change(product.name, {NORTH: POUND}, within=None)
    assert product.change(product.name, {NORTH: PENNY}, within=None)
    assert product.version == 2


def test_who_sees_some_sites_changes_the_prices_of_those_only() -> None:
    """SC-1."""
    product = a_product(north=POUND, south=POUND)

    assert product.change("Cup", {}, within=frozenset([NORTH]))

    assert (product.name, product.prices) == ("Cup", {SOUTH: POUND})


@pytest.mark.parametrize("sku", ["", " A", "A ", "A\n", "A" * 65, "\ud800", "\0"])
def test_is_no_sku(sku: str) -> None:
    assert not is_sku(sku)
