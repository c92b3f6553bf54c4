"""What a customer finds on a site, with price and stock (SE-4)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from chassis.http import Page, Paged, page_of
from chassis.problems import FieldError, Problem, not_found
from chassis.requests import Lending
from chassis.scope import Scope
from contracts.catalog import availability as contract
from contracts.catalog.quotes import PriceStep
from contracts.values import Money, Sku
from fastapi import APIRouter, Query
from messaging.direct import Driver

from catalog.api.dependencies import PREFIX, Reader, unknown_in_query, unknown_site
from catalog.api.fields import Code, SearchText, SkuText
from catalog.domain.selling import Selling
from catalog.handlers.availability import told_availability, told_future
from catalog.handlers.quoted_lines import told_step
from catalog.queries.found_offers import UnknownCategory
from catalog.queries.products import CustomisationView, OptionView, owner
from catalog.queries.scoped import selling_site
from catalog.queries.search import (
    FoundProduct,
    FoundVariant,
    ProductSearch,
    UnknownPriceList,
    find_products,
    find_variant,
)

router = APIRouter(prefix=f"{PREFIX}/products", tags=["products"])
variants = APIRouter(prefix=f"{PREFIX}/variants", tags=["products"])

SiteCode = Annotated[Code, Query(description="The site that sells.")]
Level = Annotated[Code | None, Query(description="Of the customer: what they see and pay.")]
ListCode = Annotated[Code | None, Query(description="A price list that is on the order.")]


# A page has many of these: as models, each would be checked once more.
@dataclass(slots=True)
class StockOfVariant:
    """What can be promised, in units; of an untracked product, as many as are wanted.

    ``current`` and ``future`` count the locations that ship for the site.
    """

    tracked: bool
    backorder: str
    current: int
    future: tuple[contract.Expected, ...]


@dataclass(slots=True)
class ListedVariant:
    """A variant, and what one unit of it costs; ``list_price`` is the site's own."""

    sku: Sku
    options: dict[str, str]
    barcodes: tuple[str, ...]
    list_price: Money
    price: Money
    stock: StockOfVariant | None


@dataclass(slots=True)
class ListedProduct:
    """A product as one site sells it to this customer, with its variants in order."""

    code: Sku
    name: str
    options: list[OptionView]
    customisation: CustomisationView | None
    variants: list[ListedVariant]


class ProductPage(Page[ListedProduct]):
    """A part of a site's products; their stock is as of ``as_of`` (UTC), or newer."""

    as_of: datetime


@dataclass(slots=True)
class SoldVariant(ListedVariant):
    """A variant with its product, how its price came about, and what each location has."""

    product: Sku
    name: str
    choices: list[OptionView]
    customisation: CustomisationView | None
    weight_grams: int | None
    tax_category: str
    trace: list[PriceStep]
    locations: tuple[contract.LocationAvailability, ...]
    as_of: datetime


@router.get("")
async def get_products(  # noqa: PLR0913 - each is a parameter of the request
    site: SiteCode,
    scope: Reader,
    lent: Lending,
    paged: Paged,
    *,
    q: Annotated[SearchText, Query(description="First letters of words, SKU or barcode.")] = "",
    level: Level = None,
    price_list: ListCode = None,
    category: Annotated[Code | None, Query(description="With all that are part of it.")] = None,
) -> ProductPage:
    """List or search what a customer sees on a site, with price and stock."""
    key = paged.key(str, str)
    after = None if key is None else (key[0], Sku(key[1]))
    search = ProductSearch(q, after, paged.limit + 1, level, price_list, category)
    async with lent() as driver:
        seen = await _selling(scope, driver, site)
        try:
            rows = await find_products(scope, driver, seen, search)
        except UnknownPriceList as error:
            raise _unknown_list(search) from error
        except UnknownCategory as error:
            raise unknown_in_query("category", search.category or "", "category") from error
    page = page_of(rows, paged.limit, lambda row: (row.word, row.code))
    items = [_product(row) for row in page.items if row.variants]
    return ProductPage(items=items, next=page.next, as_of=seen.at)


@variants.get("/{sku:path}")
async def get_variant(  # noqa: PLR0913 - each is a parameter of the request
    sku: SkuText,
    site: SiteCode,
    scope: Reader,
    lent: Lending,
    *,
    level: Level = None,
    price_list: ListCode = None,
) -> SoldVariant:
    """Give what a SKU is, costs and has in stock on a site, for this customer."""
    buyer = ProductSearch("", None, 1, level, price_list)
    async with lent() as driver:
        seen = await _selling(scope, driver, site)
        code = await owner(scope, driver, sku)
        if code is None:
            raise not_found("product on this site")
        try:
            found = await find_variant(scope, driver, seen, buyer, code)
        except UnknownPriceList as error:
            raise _unknown_list(buyer) from error
    one = next((one for one in found if one.offered.sku == sku), None)
    if one is None:
        raise not_found("product on this site")
    return _sold(one, seen.at)


async def _selling(scope: Scope, driver: Driver, code: str) -> Selling:
    seen = await selling_site(scope, driver, code)
    if seen is None:
        raise unknown_site(code)
    return seen


def _unknown_list(search: ProductSearch) -> Problem:
    detail = f"there is no price list {search.price_list} on this site now"
    wrong = FieldError(None, "UNKNOWN_PRICE_LIST", detail, parameter="query: price_list")
    return Problem(404, "UNKNOWN_PRICE_LIST", detail, [wrong])


def _product(found: FoundProduct) -> ListedProduct:
    first = found.variants[0].offered
    return ListedProduct(
        code=found.code,
        name=first.name,
        options=[OptionView.model_validate(option) for option in first.choices],
        customisation=first.customisation and CustomisationView.model_validate(first.customisation),
        variants=[_variant(one) for one in found.variants],
    )


def _variant(one: FoundVariant) -> ListedVariant:
    return ListedVariant(
        sku=one.offered.sku,
        options=dict(one.offered.options),
        barcodes=one.offered.barcodes,
        list_price=one.offered.price,
        price=one.priced.unit,
        stock=_stock(one),
    )


def _stock(one: FoundVariant) -> StockOfVariant | None:
    stock = one.offered.availability
    if stock is None:
        return None
    return StockOfVariant(
        tracked=stock.tracked,
        backorder=stock.backorder.value,
        current=stock.current,
        future=told_future(stock.future),
    )


def _sold(one: FoundVariant, as_of: datetime) -> SoldVariant:
    offered = one.offered
    told = offered.availability and told_availability(offered.availability)
    listed = _variant(one)
    return SoldVariant(
        sku=listed.sku,
        options=listed.options,
        barcodes=listed.barcodes,
        list_price=listed.list_price,
        price=listed.price,
        stock=listed.stock,
        product=offered.product,
        name=offered.name,
        choices=[OptionView.model_validate(option) for option in offered.choices],
        customisation=offered.customisation
        and CustomisationView.model_validate(offered.customisation),
        weight_grams=offered.weight_grams,
        tax_category=offered.tax_category,
        trace=[told_step(step) for step in one.priced.trace],
        locations=told.locations if told else (),
        as_of=as_of,
    )
