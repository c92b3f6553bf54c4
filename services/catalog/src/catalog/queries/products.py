"""Products as staff see them: only those that one of their sites sells."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from chassis.scope import Scope
from contracts.values import Money, SiteId, Sku
from messaging.direct import Direct, On
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Text, bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.products import Product, Variant
from catalog.queries.scoped import within
from catalog.storage.product_rows import read_products
from catalog.storage.tables import product_prices, products, sites, variants


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class OptionView(_View):
    """Something to be chosen before a product is bought; ``values`` are in order."""

    name: str
    values: tuple[str, ...]


class CustomisationView(_View):
    """The text that a customer may have put on a product; ``max_length`` is characters."""

    label: str
    max_length: int
    required: bool


class VisibilityView(_View):
    """Who sees a product on a site; no levels: every customer."""

    visible: bool
    levels: tuple[str, ...] | None


class VariantView(_View):
    """A variant, with its unit price by code of the sites that the caller sees.

    Attributes:
        weight_grams: Of one unit.
        active: False once it was taken out of the product.
    """

    sku: Sku
    variant_id: UUID
    options: Mapping[str, str]
    barcodes: tuple[str, ...]
    weight_grams: int | None
    tracked: bool
    future_stock: bool
    active: bool
    prices: Mapping[str, Money]


class ProductView(_View):
    """A product.

    Attributes:
        version: Grows with every change; it is the ETag.
        visibility: By site code, where it is not seen by everyone.
        prices: Those of the only variant, for a product without options.
    """

    code: Sku
    product_id: UUID
    name: str
    description: str
    options: tuple[OptionView, ...]
    customisation: CustomisationView | None
    tax_category: str
    categories: tuple[str, ...]
    active: bool
    visibility: Mapping[str, VisibilityView]
    variants: tuple[VariantView, ...]
    prices: Mapping[str, Money]
    version: int


_NO_PRICES: Mapping[str, Money] = {}
_OWNER = Direct(select(variants.c.product).where(variants.c.sku == bindparam("sku", type_=Text())))


def product_view(scope: Scope, product: Product, codes: Mapping[SiteId, str]) -> ProductView:
    """Show a product; ``codes`` has the codes of its sites, those out of scope are left out."""
    seen = {site: code for site, code in codes.items() if scope.sees(site)}
    order = sorted(product.variants.values(), key=lambda v: (v.terms.position, v.sku))
    shown = tuple(_variant_view(variant, seen) for variant in order)
    levels = {
        seen[site]: VisibilityView(
            visible=v.visible, levels=None if v.levels is None else tuple(sorted(v.levels))
        )
        for site, v in product.visibility.items()
        if site in seen
    }
    terms = product.terms
    return ProductView(
        code=product.code,
        product_id=product.product_id,
        name=terms.name,
        description=terms.description,
        options=tuple(OptionView.model_validate(option) for option in terms.options),
        customisation=terms.customisation and CustomisationView.model_validate(terms.customisation),
        tax_category=terms.tax_category,
        categories=tuple(sorted(terms.categories)),
        active=terms.active,
        visibility=dict(sorted(levels.items())),
        variants=shown,
        prices={} if terms.options else next((v.prices for v in shown if v.active), _NO_PRICES),
        version=product.version,
    )


def _variant_view(variant: Variant, codes: Mapping[SiteId, str]) -> VariantView:
    terms = variant.terms
    prices = {codes[site]: price for site, price in variant.prices.items() if site in codes}
    return VariantView(
        sku=variant.sku,
        variant_id=variant.variant_id,
        options=terms.options,
        barcodes=terms.barcodes,
        weight_grams=terms.weight_grams,
        tracked=terms.tracked,
        future_stock=terms.future_stock,
        active=variant.active,
        prices=dict(sorted(prices.items())),
    )


async def owner(
    scope: Scope,  # noqa: ARG001 - what is shown of it is narrowed by the site
    on: On,
    sku: Sku,
) -> Sku | None:
    """Give the code of the product that a SKU belongs to."""
    rows = await _OWNER.rows(on, {"sku": sku})
    return Sku(rows[0].product) if rows else None


async def product(scope: Scope, session: AsyncSession, code: Sku) -> ProductView | None:
    """Give a product; one that none of the caller's sites sells is not there."""
    found = await _shown(scope, session, [code])
    return found[0] if found else None


async def list_products(
    scope: Scope, session: AsyncSession, *, after: Sku | None, limit: int
) -> Sequence[ProductView]:
    """List products with all that is kept of them, by code, at most ``limit``, behind ``after``."""
    query = select(products.c.code).order_by(products.c.code).limit(limit)
    if after is not None:
        query = query.where(products.c.code > after)
    if scope.sites is not None:
        sold = exists().where(
            variants.c.product == products.c.code,
            product_prices.c.sku == variants.c.sku,
            within(scope, product_prices.c.site_id),
        )
        query = query.where(sold)
    codes = [Sku(code) for code in (await session.execute(query)).scalars()]
    return await _shown(scope, session, codes) if codes else []


async def _shown(
    scope: Scope, session: AsyncSession, codes: Sequence[Sku]
) -> Sequence[ProductView]:
    found = await read_products(session, codes)
    named = {s for p in found.values() for s in p.sites | p.visibility.keys() if scope.sees(s)}
    query = select(sites.c.site_id, sites.c.code).where(sites.c.site_id.in_(named))
    site_codes = {SiteId(site): code for site, code in await session.execute(query)}
    return [
        product_view(scope, p, site_codes)
        for p in found.values()
        if scope.sites is None or not scope.sites.isdisjoint(p.sites)
    ]
