"""Products as rows: read and written many at a time, a statement per table."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from typing import Any

from contracts.values import Money, SiteId, Sku
from sqlalchemy import any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.products import (
    Customisation,
    Option,
    Product,
    ProductTerms,
    Variant,
    VariantTerms,
    Visibility,
)
from catalog.storage.tables import (
    product_categories,
    product_prices,
    product_sites,
    products,
    variants,
)
from catalog.storage.unnested import TEXTS

PRODUCT_COLUMNS = (
    "product_id",
    "name",
    "description",
    "options",
    "customisation",
    "tax_category",
    "active",
    "version",
)
"""What of a product's row is kept anew."""
Rows = list[dict[str, Any]]

_CODES = bindparam("codes", type_=TEXTS)
PRODUCTS = select(products).where(products.c.code == any_(_CODES)).order_by(products.c.code)
_VARIANTS = (
    select(variants)
    .where(variants.c.product == any_(_CODES))
    .order_by(variants.c.product, variants.c.position, variants.c.sku)
)
_PRICES = (
    select(
        variants.c.product,
        product_prices.c.sku,
        product_prices.c.site_id,
        product_prices.c.minor,
        product_prices.c.currency,
    )
    .join(variants, variants.c.sku == product_prices.c.sku)
    .where(variants.c.product == any_(_CODES))
)
_SITES = select(product_sites).where(product_sites.c.product == any_(_CODES))
_CATEGORIES = select(product_categories).where(product_categories.c.product == any_(_CODES))


async def read_products(
    session: AsyncSession, codes: Collection[Sku], *, locked: bool = False
) -> dict[Sku, Product]:
    """Give those of these products that there are, locked if wanted, by code."""
    given = {"codes": sorted(codes)}
    query = PRODUCTS.with_for_update() if locked else PRODUCTS
    found = {
        Sku(row.code): Product(Sku(row.code), row.product_id, _terms(row), row.version)
        for row in await session.execute(query, given)
    }
    if not any(product.version for product in found.values()):
        return found
    for row in await session.execute(_VARIANTS, given):
        found[Sku(row.product)].variants[Sku(row.sku)] = _variant(row)
    for product, sku, site, minor, currency in await session.execute(_PRICES, given):
        found[product].variants[sku].prices[SiteId(site)] = Money(minor, currency)
    for product, site, _, visible, levels in await session.execute(_SITES, given):
        if not visible or levels is not None:
            seen = Visibility(visible, None if levels is None else frozenset(levels))
            found[product].visibility[SiteId(site)] = seen
    categories: dict[str, set[str]] = {}
    for product, category in await session.execute(_CATEGORIES, given):
        categories.setdefault(product, set()).add(category)
    for code, named in categories.items():
        product = found[Sku(code)]
        product.terms = _with_categories(product.terms, named)
    return found


def _terms(row: Any) -> ProductTerms:  # noqa: ANN401 - a row of the table
    return ProductTerms(
        name=row.name,
        description=row.description,
        options=tuple(Option(o["name"], tuple(o["values"])) for o in row.options),
        customisation=None if row.customisation is None else Customisation(**row.customisation),
        tax_category=row.tax_category,
        active=row.active,
    )


def _with_categories(terms: ProductTerms, named: Iterable[str]) -> ProductTerms:
    return ProductTerms(
        terms.name,
        terms.description,
        terms.options,
        terms.customisation,
        terms.tax_category,
        frozenset(named),
        terms.active,
    )


def _variant(row: Any) -> Variant:  # noqa: ANN401 - a row of the table
    terms = VariantTerms(
        options=row.options,
        barcodes=tuple(row.barcodes),
        weight_grams=row.weight_grams,
        tracked=row.tracked,
        future_stock=row.future_stock,
        position=row.position,
    )
    return Variant(Sku(row.sku), row.variant_id, terms, {}, row.version, row.active)


def product_row(product: Product) -> dict[str, Any]:
    """Give the row of a product."""
    terms = product.terms
    return {
        "code": product.code,
        "product_id": product.product_id,
        "name": terms.name,
        "description": terms.description,
        "options": [asdict(option) for option in terms.options],
        "customisation": None if terms.customisation is None else asdict(terms.customisation),
        "tax_category": terms.tax_category,
        "active": terms.active,
        "version": product.version,
    }


def variant_rows(product: Product) -> Rows:
    """Give the rows of a product's variants."""
    return [
        {
            "sku": variant.sku,
            "variant_id": variant.variant_id,
            "product": product.code,
            "options": dict(variant.terms.options),
            "barcodes": list(variant.terms.barcodes),
            "weight_grams": variant.terms.weight_grams,
            "tracked": variant.terms.tracked,
            "future_stock": variant.terms.future_stock,
            "position": variant.terms.position,
            "active": variant.active,
            "version": variant.version,
        }
        for variant in product.variants.values()
    ]


def price_rows(product: Product) -> Rows:
    """Give the rows of a product's prices."""
    return [
        {"sku": variant.sku, "site_id": site, "minor": price.minor, "currency": price.currency}
        for variant in product.variants.values()
        for site, price in variant.prices.items()
    ]


def site_rows(product: Product) -> Rows:
    """Give the rows of the sites where a product is sold, or would be seen otherwise than usual."""
    sold: dict[SiteId, set[str]] = {}
    for sku in product.variants:
        for site, price in product.sold(sku).items():
            sold.setdefault(site, set()).add(price.currency)
    rows: Rows = []
    for site in sorted(sold.keys() | product.visibility.keys()):
        seen = product.visibility.get(site, Visibility())
        rows.append(
            {
                "product": product.code,
                "site_id": site,
                "currencies": sorted(sold.get(site, ())),
                "visible": seen.visible,
                "levels": None if seen.levels is None else sorted(seen.levels),
            }
        )
    return rows
