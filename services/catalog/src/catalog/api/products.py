from datetime import datetime
from typing import Annotated

from chassis.http import (
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
from contracts.values import Money, Sku
from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict

from catalog.api.dependencies import Reader, Work, Writer, unfit, unknown_site
from catalog.api.fields import Code, SearchText, SkuText
from catalog.api.product_bodies import ProductBody, put_product_of
from catalog.domain.errors import NotYours, StaleVersion, Unfit
from catalog.handlers.products import KeptProduct, put_product
from catalog.queries.products import ProductView, product, product_view
from catalog.queries.scoped import seen_site
from catalog.queries.search import ProductSearch, find_products

router = APIRouter(prefix="/products", tags=["products"])
ProductCode = Annotated[SkuText, Path(description="1 to 64 printable characters.")]


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


@router.put("/{code:path}", response_model=ProductView, responses={201: {"model": ProductView}})
async def put_product_here(
    code: ProductCode, body: ProductBody, version: IfMatch, scope: Writer, work: Work
) -> Response:
    """Make a product, or change it, its variants and prices; the same again changes nothing."""
    try:
        kept = await put_product(put_product_of(body, code, scope.sites, version), work)
    except Unfit as error:
        raise unfit(error) from error
    except NotYours as error:
        raise not_found("product") from error
    except StaleVersion as error:
        if not isinstance(error.current, KeptProduct):
            raise not_found("product") from error
        seen = error.current
        current = product_view(scope, seen.product, seen.sites)
        raise Stale(current, current.version) from error
    view = product_view(scope, kept.product, kept.sites)
    return answer(view, 201 if kept.created else 200, {"ETag": etag(view.version)})


@router.get("/{code:path}", response_model=ProductView)
async def get_product(code: ProductCode, scope: Reader, session: Reading) -> Response:
    """Give a product, with its prices on the caller's sites."""
    found = await product(scope, session, code)
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
