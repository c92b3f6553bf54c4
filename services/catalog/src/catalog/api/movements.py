from typing import Annotated

from chassis.http import Page, Paged, page_of
from chassis.requests import Reading
from fastapi import APIRouter, Query

from catalog.api.dependencies import PREFIX, AtLocation, Reader, unknown_in_query
from catalog.api.fields import SkuText
from catalog.queries.movements import MovementFilter, MovementView, list_movements
from catalog.queries.products import owner

router = APIRouter(prefix=f"{PREFIX}/stock-movements", tags=["stock"])


@router.get("")
async def get_stock_movements(
    scope: Reader,
    session: Reading,
    paged: Paged,
    location: AtLocation,
    sku: Annotated[SkuText | None, Query(description="Only of this product.")] = None,
) -> Page[MovementView]:
    """List what changed the stock, who did it and why: the newest first."""
    key = paged.key(int)
    wanted = MovementFilter(location, sku, None if key is None else key[0], paged.limit + 1)
    rows = await list_movements(scope, session, wanted)
    if not rows and sku is not None and await owner(scope, session, sku) is None:
        raise unknown_in_query("product", sku, "sku")
    return page_of(rows, paged.limit, lambda row: (row.id,))
