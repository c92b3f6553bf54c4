from chassis.http import Page, Paged, page_of
from chassis.requests import Reading
from contracts.values import Sku
from fastapi import APIRouter

from catalog.api.dependencies import PREFIX, Reader
from catalog.queries.products import ProductView, list_products

router = APIRouter(prefix=f"{PREFIX}/product-records", tags=["products"])


@router.get("")
async def get_product_records(scope: Reader, session: Reading, paged: Paged) -> Page[ProductView]:
    """List products with all that is kept of them, by code: what an export reads."""
    key = paged.key(str)
    after = None if key is None else Sku(key[0])
    rows = await list_products(scope, session, after=after, limit=paged.limit + 1)
    return page_of(rows, paged.limit, lambda row: (row.code,))
