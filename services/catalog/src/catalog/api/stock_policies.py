from typing import Annotated

from chassis.http import Body, IfMatch, Page, Paged, Stale, answer, etag, page_of
from chassis.problems import not_found
from chassis.requests import Reading
from contracts.values import Sku
from fastapi import APIRouter, Path, Response, status
from pydantic import BaseModel, ConfigDict, Field

from catalog.api.dependencies import PREFIX, Reader, StockKeeper, Work
from catalog.api.fields import Code, Flag, SkuText
from catalog.domain.errors import StaleVersion, UnknownProducts, UnknownSites
from catalog.domain.stock_policy import (
    MAX_HORIZON_DAYS,
    Backorder,
    KeptPolicy,
    ProductPolicy,
    SitePolicy,
)
from catalog.handlers.stock_policies import (
    PutProductPolicy,
    PutStockPolicy,
    put_product_policy,
    put_stock_policy,
)
from catalog.queries.stock_policies import ProductPolicyView, product_policies, stock_policy

router = APIRouter(prefix=PREFIX + "/sites/{code}/stock-policy", tags=["stock policies"])
SiteCode = Annotated[Code, Path(description="Code of the site.")]
Horizon = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=MAX_HORIZON_DAYS,
        description="Days ahead that goods on their way count, the last included.",
    ),
]


class StockPolicyBody(Body):
    """What a site promises beyond the goods on hand."""

    future_stock: Annotated[Flag, Field(description="Goods on their way count.")] = False
    horizon_days: Horizon = 30
    backorder: Annotated[
        Backorder, Field(description="What becomes of more than is available.")
    ] = Backorder.REFUSE
    split_shipping: Annotated[
        Flag, Field(description="One order may be shipped from several locations.")
    ] = True


class ProductPolicyBody(Body):
    """What a site decides otherwise for one product; left out: as for the others."""

    backorder: Backorder | None = None
    future_stock: Flag | None = None


class StockPolicyView(BaseModel):
    """What a site promises; ``version`` is 0 while it has no policy of its own."""

    model_config = ConfigDict(frozen=True)

    site: str
    future_stock: bool
    horizon_days: int
    backorder: Backorder
    split_shipping: bool
    version: int


@router.put("", response_model=StockPolicyView)
async def put_policy(
    code: SiteCode, body: StockPolicyBody, version: IfMatch, scope: StockKeeper, work: Work
) -> Response:
    """Say what a site promises; what is left out is the default."""
    policy = SitePolicy(body.future_stock, body.horizon_days, body.backorder, body.split_shipping)
    try:
        kept = await put_stock_policy(PutStockPolicy(code, policy, scope.sites, version), work)
    except UnknownSites as error:
        raise not_found("site") from error
    except StaleVersion as error:
        if not isinstance(error.current, KeptPolicy):
            raise not_found("site") from error
        raise Stale(_view(code, error.current), error.current.version) from error
    return answer(_view(code, kept), headers={"ETag": etag(kept.version)})


@router.get("", response_model=StockPolicyView)
async def get_policy(code: SiteCode, scope: Reader, session: Reading) -> Response:
    """Give what a site promises, or the default."""
    kept = await stock_policy(scope, session, code)
    if kept is None:
        raise not_found("site")
    return answer(_view(code, kept), headers={"ETag": etag(kept.version)})


@router.get("/products")
async def get_product_policies(
    code: SiteCode, scope: Reader, session: Reading, paged: Paged
) -> Page[ProductPolicyView]:
    """List the products for which a site decides otherwise, by SKU."""
    key = paged.key(str)
    after = None if key is None else Sku(key[0])
    rows = await product_policies(scope, session, code, after=after, limit=paged.limit + 1)
    if rows is None:
        raise not_found("site")
    return page_of(rows, paged.limit, lambda row: (row.sku,))


@router.put("/products/{sku:path}")
async def put_product_policy_here(
    code: SiteCode, sku: SkuText, body: ProductPolicyBody, scope: StockKeeper, work: Work
) -> ProductPolicyView:
    """Decide otherwise for one product."""
    policy = ProductPolicy(body.backorder, body.future_stock)
    try:
        await put_product_policy(PutProductPolicy(code, sku, policy, scope.sites), work)
    except UnknownSites as error:
        raise not_found("site") from error
    except UnknownProducts as error:
        raise not_found("product") from error
    return ProductPolicyView(sku=sku, backorder=body.backorder, future_stock=body.future_stock)


@router.delete("/products/{sku:path}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_product_policy(
    code: SiteCode, sku: SkuText, scope: StockKeeper, work: Work
) -> None:
    """Decide for one product as for the others."""
    try:
        there = await put_product_policy(PutProductPolicy(code, sku, None, scope.sites), work)
    except UnknownSites as error:
        raise not_found("site") from error
    if not there:
        raise not_found("product policy")


def _view(site: str, kept: KeptPolicy) -> StockPolicyView:
    return StockPolicyView(
        site=site,
        future_stock=kept.policy.future_stock,
        horizon_days=kept.policy.horizon_days,
        backorder=kept.policy.backorder,
        split_shipping=kept.policy.split_shipping,
        version=kept.version,
    )
