from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from chassis.http import (
    Body,
    IfMatch,
    Page,
    Paged,
    Stale,
    answer,
    etag,
    page_of,
)
from chassis.problems import not_found
from chassis.requests import Reading
from contracts.values import LocationId, Money, Sku
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from catalog.api.dependencies import Reader, Work, Writer, at_fault, unknown_site
from catalog.api.fields import Code, Name, Price, SearchText, SkuText
from catalog.domain.errors import StaleVersion, UnknownSites, WrongCurrency
from catalog.handlers.products import KeptProduct, PutProduct, put_product
from catalog.queries.products import ProductView, product
from catalog.queries.scoped import seen_site
from catalog.queries.search import ProductSearch, find_products
from catalog.queries.stock import quoted

router = APIRouter(prefix="/products", tags=["products"])


class ProductBody(Body):
    """A product; of the caller's sites, exactly those with a price sell it."""

    name: Name
    prices: Mapping[Code, Price] = Field(description="Unit price by site code.")


class ListedProduct(BaseModel):
    """A product as one site sells it; ``available`` counts what can be shipped."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    sku: Sku
    name: str
    price: Money
    available: int


class ProductPage(Page[ListedProduct]):
    """A part of a site's products; their stock is as of ``as_of`` (UTC), or newer."""

    as_of: datetime


class PlaceView(BaseModel):
    """What one location can promise; ``available`` is units."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    location_id: LocationId
    code: str
    name: str
    ships: bool
    pickup: bool
    delivery: bool
    available: int


class ProductStock(BaseModel):
    """A product's price and stock on one site, as of ``as_of`` (UTC).

    ``available`` counts the locations that ship.
    """

    model_config = ConfigDict(frozen=True)

    sku: Sku
    site: str
    name: str
    price: Money
    available: int
    locations: Sequence[PlaceView]
    as_of: datetime


@router.get("/{sku:path}/stock")
async def get_product_stock(
    sku: SkuText, site: Annotated[Code, Query()], scope: Reader, session: Reading
) -> ProductStock:
    """Tell what a site can sell of a product, in all and per location."""
    seen = await seen_site(scope, session, site)
    if seen is None:
        raise unknown_site(site)
    found = await quoted(scope, session, seen, sku)
    if not found.quotes:
        raise not_found("product on this site")
    quote = found.quotes[0]
    return ProductStock(
        sku=quote.sku,
        site=seen.code,
        name=quote.name,
        price=quote.price,
        available=quote.available,
        locations=[PlaceView.model_validate(place) for place in quote.places],
        as_of=found.as_of,
    )


@router.put("/{sku:path}", response_model=ProductView, responses={201: {"model": ProductView}})
async def put_product_here(
    sku: SkuText, body: ProductBody, version: IfMatch, scope: Writer, work: Work
) -> Response:
    """Make a product, or change its name and its prices; the same again changes nothing."""
    command = PutProduct(sku, body.name, body.prices, scope.sites, version)
    try:
        kept = await put_product(command, work)
    except UnknownSites as error:
        unknown = {f"/prices/{code}": f"there is no site {code}" for code in error.codes}
        raise at_fault("UNKNOWN_SITE", str(error), unknown) from error
    except WrongCurrency as error:
        wrong = {f"/prices/{error.site_code}/currency": str(error)}
        raise at_fault("CURRENCY_MISMATCH", str(error), wrong) from error
    except StaleVersion as error:
        if not isinstance(error.current, KeptProduct):
            raise not_found("product") from error
        raise Stale(_view(error.current), error.current.product.version) from error
    headers = {"ETag": etag(kept.product.version)}
    return answer(_view(kept), 201 if kept.created else 200, headers)


@router.get("/{sku:path}", response_model=ProductView)
async def get_product(sku: SkuText, scope: Reader, session: Reading) -> Response:
    """Give a product, with its prices on the caller's sites."""
    found = await product(scope, session, sku)
    if found is None:
        raise not_found("product")
    return answer(found, headers={"ETag": etag(found.version)})


@router.get("")
async def get_products(
    site: Annotated[Code, Query()],
    scope: Reader,
    session: Reading,
    paged: Paged,
    q: Annotated[SearchText, Query(description="First letters of name words or SKU.")] = "",
) -> ProductPage:
    """List or search what a site sells, with price and stock."""
    seen = await seen_site(scope, session, site)
    if seen is None:
        raise unknown_site(site)
    key = paged.key(str, str)
    after = None if key is None else (key[0], Sku(key[1]))
    search = ProductSearch(q, after, paged.limit + 1)
    rows = await find_products(scope, session, seen, search)
    page = page_of(rows, paged.limit, lambda row: (row.word, row.sku))
    items = [ListedProduct.model_validate(row) for row in page.items]
    return ProductPage(items=items, next=page.next, as_of=seen.as_of)


def _view(kept: KeptProduct) -> ProductView:
    return ProductView(
        sku=kept.product.sku,
        product_id=kept.product.product_id,
        name=kept.product.name,
        version=kept.product.version,
        prices=dict(sorted(kept.prices.items())),
    )
