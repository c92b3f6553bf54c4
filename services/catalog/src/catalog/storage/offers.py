"""What a site sells, read in few statements, however many products are asked about."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from contracts.values import Money, SiteId, Sku
from messaging.direct import Direct, On, Row
from sqlalchemy import (
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    exists,
    func,
    select,
    true,
)

from catalog.domain.availability import Availability, Promise
from catalog.domain.price_lists import Entry, PriceList
from catalog.domain.pricing import Offered
from catalog.domain.products import EVERYONE, Customisation, Option, Visibility
from catalog.domain.promotions import Promotion
from catalog.domain.selling import Selling
from catalog.domain.sites import Site
from catalog.storage.availability import (
    SITES_WITH_PROMISE,
    availability_of,
    promise_of,
    promised_by,
    with_stock,
)
from catalog.storage.categories import chain_above
from catalog.storage.listed_prices import read_entries, read_lists
from catalog.storage.promotions import AUTOMATIC, promotion_of
from catalog.storage.tables import (
    product_categories,
    product_prices,
    product_sites,
    products,
    promotion_sites,
    sites,
    variants,
)
from catalog.storage.unnested import TEXTS

_SITE = bindparam("site_id", type_=Uuid())
_NAMED = bindparam("named", type_=TEXTS)

_has_deals = exists().where(
    promotion_sites.c.site_id == sites.c.site_id, promotion_sites.c.automatic
)
_selling = SITES_WITH_PROMISE.add_columns(_has_deals.label("has_deals"))
_SELLING = Direct(_selling.where(sites.c.site_id == _SITE))
_SELLING_NAMED = Direct(_selling.where(sites.c.code == bindparam("code", type_=Text())))
_PRICED: Select[*tuple[Any, ...]] = (
    select(
        variants.c.sku,
        variants.c.product,
        products.c.product_id,
        products.c.name,
        product_prices.c.minor,
        product_prices.c.currency,
        variants.c.options,
        products.c.options.label("choices"),
        variants.c.barcodes,
        variants.c.weight_grams,
        variants.c.tracked,
        products.c.customisation,
        products.c.tax_category,
    )
    .select_from(product_prices)
    .join(variants, variants.c.sku == product_prices.c.sku)
    .join(products, products.c.code == variants.c.product)
    .where(product_prices.c.site_id == _SITE, products.c.active, variants.c.active)
    .order_by(variants.c.product, variants.c.position, variants.c.sku)
)
_OFFERED = (
    _PRICED.add_columns(product_sites.c.visible, product_sites.c.levels)
    # A price left over from before the site changed its currency is no price (CP-8).
    .join(
        sites,
        and_(
            sites.c.site_id == product_prices.c.site_id,
            sites.c.currency == product_prices.c.currency,
        ),
    )
    .outerjoin(
        product_sites,
        and_(
            product_sites.c.product == variants.c.product,
            product_sites.c.site_id == product_prices.c.site_id,
        ),
    )
)
_by_sku = _OFFERED.where(product_prices.c.sku == any_(_NAMED))
_BY_SKU = Direct(_by_sku)
_BY_SKU_WITH_STOCK = Direct(with_stock(_by_sku))
_BY_PRODUCT_WITH_STOCK = Direct(with_stock(_OFFERED.where(variants.c.product == any_(_NAMED))))
_WIDTH = len(_OFFERED.selected_columns)
_IN_CURRENCY = product_prices.c.currency == bindparam("currency", type_=Text())
_FOUND = 2
_AUTOMATIC = Direct(AUTOMATIC)
_OF_SITE = tuple(Site.__dataclass_fields__)

_direct = product_categories.join(
    (_above := chain_above()), _above.c.of == product_categories.c.category
)
_CATEGORIES = Direct(
    select(product_categories.c.product, _above.c.code)
    .select_from(_direct)
    .where(product_categories.c.product == any_(_NAMED))
)
_DIRECT_CATEGORIES = Direct(
    select(product_categories.c.category)
    .where(product_categories.c.product == any_(_NAMED))
    .distinct()
)
_WITH_OPTIONS = Direct(
    select(products.c.code).where(
        products.c.code == any_(_NAMED), func.jsonb_array_length(products.c.options) > 0
    )
)


async def offered_products(on: On, promise: Promise, codes: Collection[str]) -> list[Offered]:
    """Give the variants of these products that a site sells, by product and position."""
    given = {"site_id": promise.site_id, "named": list(codes), **promised_by(promise)}
    return _stocked(await _BY_PRODUCT_WITH_STOCK.rows(on, given), promise)


def with_offers(page: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Add what a site sells of each product of a page: a row a variant and shelf, or one without.

    Args:
        page: Words and products, in their order; whoever asks sees all of them.
    """
    found = page.subquery("found")
    word, product = found.c
    everyone = true().label("visible"), cast(None, TEXTS).label("levels")
    of_product = _PRICED.add_columns(*everyone, variants.c.position)
    of_product = of_product.where(variants.c.product == product, _IN_CURRENCY)
    # It is put in order by itself, so that no planner takes it apart and reads whole tables.
    offer = with_stock(of_product).lateral("offer")
    return (
        select(word, product, *offer.c)
        .select_from(found.outerjoin(offer, true()))
        .order_by(word, product, offer.c.position, offer.c.sku)
    )


def found_offers(rows: Sequence[Row], promise: Promise) -> list[tuple[str, Sku, list[Offered]]]:
    """Read rows of a query ``with_offers``: word and product with what the site sells of it."""
    return [
        (word, Sku(product), _stocked([row for row in of_product if row.sku], promise, _FOUND))
        for (word, product), of_product in groupby(rows, key=itemgetter(0, 1))
    ]


class SqlOfferRepository:
    """Reads what quotes are made of."""

    def __init__(self, on: On) -> None:
        self._on = on

    async def site(self, site_id: SiteId) -> Selling | None:
        return _selling_of(await _SELLING.rows(self._on, {"site_id": site_id}))

    async def offered(
        self, promise: Promise, skus: Collection[Sku], *, categories: bool, stock: bool
    ) -> dict[Sku, Offered]:
        given = {"site_id": promise.site_id, "named": list(skus)}
        if stock:
            rows = await _BY_SKU_WITH_STOCK.rows(self._on, given | promised_by(promise))
            found = _stocked(rows, promise)
        else:
            found = [_offered(row, None) for row in await _BY_SKU.rows(self._on, given)]
        if categories and found:
            sorted_into = await self._categories({offered.product for offered in found})
            found = [replace(o, categories=sorted_into.get(o.product, o.categories)) for o in found]
        return {offered.sku: offered for offered in found}

    async def _categories(self, codes: Collection[Sku]) -> Mapping[Sku, frozenset[str]]:
        given: dict[str, Any] = {"named": list(codes)}
        direct = await _DIRECT_CATEGORIES.rows(self._on, given)
        given["codes"] = [row.category for row in direct]
        found: dict[Sku, set[str]] = {}
        for product, category in await _CATEGORIES.rows(self._on, given):
            found.setdefault(product, set()).add(category)
        return {product: frozenset(named) for product, named in found.items()}

    async def with_options(self, codes: Collection[Sku]) -> set[Sku]:
        rows = await _WITH_OPTIONS.rows(self._on, {"named": list(codes)})
        return {Sku(row.code) for row in rows}

    async def lists(
        self, site_id: SiteId, level: str | None, code: str | None, at: datetime
    ) -> Sequence[PriceList]:
        return await read_lists(self._on, site_id, level, code, at)

    async def entries(
        self, codes: Collection[str], skus: Collection[Sku]
    ) -> Mapping[str, Mapping[Sku, Sequence[Entry]]]:
        return await read_entries(self._on, codes, skus)

    async def automatic(self, site_id: SiteId, at: datetime) -> Sequence[Promotion]:
        rows = await _AUTOMATIC.rows(self._on, {"site_id": site_id, "at": at})
        return [promotion_of(row) for row in rows]


async def read_selling(on: On, code: str) -> Selling | None:
    """Give a site by its code, with what it promises from."""
    return _selling_of(await _SELLING_NAMED.rows(on, {"code": code}))


def _selling_of(rows: Sequence[Row]) -> Selling | None:
    if not rows:
        return None
    site = Site(*(rows[0][name] for name in _OF_SITE))
    return Selling(site, promise_of(rows), has_deals=rows[0].has_deals)


def _visibility(visible: bool | None, levels: Sequence[str] | None) -> Visibility:  # noqa: FBT001 - as it is kept
    if visible is None or (visible and levels is None):
        return EVERYONE
    return Visibility(visible, None if levels is None else frozenset(levels))


def _stocked(rows: Sequence[Row], promise: Promise, start: int = 0) -> list[Offered]:
    """Read rows of ``_OFFERED`` with stock: those of a variant stand together."""
    by_sku = (list(of_sku) for _, of_sku in groupby(rows, key=itemgetter(start)))
    return [_offered(of_sku[0], availability_of(of_sku, promise), start) for of_sku in by_sku]


def _offered(row: Row, availability: Availability | None, start: int = 0) -> Offered:
    """Read a row of ``_OFFERED``: by place, for a quote or a page of a search has many of them."""
    columns = row[start : start + _WIDTH]
    sku, product, product_id, name, minor, currency, options, choices, barcodes, *more = columns
    weight_grams, tracked, customisation, tax_category, visible, levels = more
    return Offered(
        sku,
        product,
        product_id,
        name,
        Money(minor, currency),
        options,
        tuple(Option(o["name"], tuple(o["values"])) for o in choices) if choices else (),
        tuple(barcodes),
        weight_grams,
        None if customisation is None else Customisation(**customisation),
        tax_category,
        tracked,
        visibility=_visibility(visible, levels),
        availability=availability,
    )
