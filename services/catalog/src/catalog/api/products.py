from typing import Annotated

from chassis.http import (
    IfMatch,
    Stale,
    answer,
    etag,
)
from chassis.problems import not_found
from chassis.requests import Reading
from fastapi import APIRouter, Path, Response

from catalog.api.dependencies import PREFIX, Reader, Work, shared, unfit
from catalog.api.fields import SkuText
from catalog.api.levels import Levels, levels_of
from catalog.api.product_bodies import ProductBody, put_product_of
from catalog.domain.errors import NotYours, Shared, StaleVersion, Unfit
from catalog.handlers.products import put_product
from catalog.handlers.put_product import KeptProduct
from catalog.queries.products import ProductView, product, product_view

router = APIRouter(prefix=f"{PREFIX}/products", tags=["products"])
ProductCode = Annotated[SkuText, Path(description="1 to 64 printable characters.")]


@router.put("/{code:path}", response_model=ProductView, responses={201: {"model": ProductView}})
async def put_product_here(
    code: ProductCode,
    body: ProductBody,
    version: IfMatch,
    work: Work,
    levels: Levels,
) -> Response:
    """Make a product, or change it, its variants and prices; the same again changes nothing."""
    scope = levels.scope
    await levels.check(dict(levels_of(body)))
    try:
        kept = await put_product(put_product_of(body, code, scope.sites, version), work)
    except Unfit as error:
        raise unfit(error) from error
    except NotYours as error:
        raise not_found("product") from error
    except Shared as error:
        raise shared(error) from error
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
