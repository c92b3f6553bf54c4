from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from chassis.http import Body, IfMatch, Once, Page, Paged, Stale, answer, etag, page_of
from chassis.idempotency import Made
from chassis.problems import not_found
from chassis.requests import Reading
from contracts.values import Sku
from fastapi import APIRouter, Path, Query, Response, status
from pydantic import BaseModel, Field

from catalog.api.dependencies import PREFIX, Reader, StockKeeper, Work, at_fault, unknown_location
from catalog.api.fields import Change, Code, Counted, Reason, SkuText
from catalog.api.lines import places_of
from catalog.domain.errors import (
    BelowCommitted,
    StaleVersion,
    UnknownLocation,
    UnknownProducts,
)
from catalog.domain.shelves import Level
from catalog.handlers.adjustments import (
    Adjusted,
    AdjustStock,
    KeepSafetyStock,
    adjust_stock,
    keep_safety_stock,
)
from catalog.queries.stock import StockView, seen_location, shelf, stock_at

adjustments = APIRouter(prefix=f"{PREFIX}/stock-adjustments", tags=["stock"])
router = APIRouter(prefix=f"{PREFIX}/stock", tags=["stock"])
LocationCode = Annotated[Code, Path(description="Code of the location.")]


class ChangeBody(Body):
    """Units of a product more or, negative, fewer."""

    sku: SkuText
    change: Change


class AdjustmentBody(Body):
    """A correction of one location's stock: of every line, or of none."""

    location: Code
    reason: Reason
    lines: Annotated[list[ChangeBody], Field(min_length=1, max_length=1000)]


class AdjustedLine(BaseModel):
    """What stands in the ledger after a correction, in units."""

    sku: Sku
    change: int
    on_hand: int
    available: int


class SafetyBody(Body):
    """Units that are not sold."""

    safety_stock: Counted


class ShelfView(BaseModel):
    """What stands in the ledger for one product at one location after a change, in units."""

    location: str
    sku: Sku
    on_hand: int
    reserved: int
    allocated: int
    pending: int
    safety_stock: int
    available: int
    version: int


class AdjustmentView(BaseModel):
    """A correction that was made; ``author`` is a staff id."""

    adjustment_id: UUID
    location: str
    reason: str
    author: str
    lines: Sequence[AdjustedLine]


class StockPage(Page[StockView]):
    """A part of a location's ledger, as of ``as_of`` (UTC), or newer."""

    as_of: datetime


@adjustments.post("", status_code=status.HTTP_201_CREATED, response_model=AdjustmentView)
async def post_stock_adjustment(
    body: AdjustmentBody, scope: StockKeeper, work: Work, once: Once
) -> Response:
    """Correct what lies at a location; never below what is reserved and allocated."""
    places = places_of(line.sku for line in body.lines)
    command = AdjustStock(
        body.location,
        body.reason,
        scope.staff_id,
        {line.sku: line.change for line in body.lines},
        scope.sites,
    )

    async def adjust() -> Made:
        return status.HTTP_201_CREATED, await _adjust(command, places, work), {}

    return await once.run(adjust)


async def _adjust(command: AdjustStock, places: dict[Sku, int], work: Work) -> AdjustmentView:
    try:
        adjusted = await adjust_stock(command, work)
    except UnknownLocation as error:
        why = {"/location": f"there is no location {error.code}"}
        raise at_fault("UNKNOWN_LOCATION", str(error), why) from error
    except UnknownProducts as error:
        why = {f"/lines/{places[sku]}/sku": f"there is no product {sku}" for sku in error.skus}
        raise at_fault("UNKNOWN_PRODUCT", str(error), why) from error
    except BelowCommitted as error:
        why = {
            f"/lines/{places[sku]}/change": f"{units} units are promised and must stay"
            for sku, units in error.committed.items()
        }
        raise at_fault("STOCK_BELOW_COMMITTED", str(error), why) from error
    return _view(adjusted, command)


@router.get("")
async def get_stock(
    location: Annotated[Code, Query()], scope: Reader, session: Reading, paged: Paged
) -> StockPage:
    """List a location's ledger by SKU."""
    seen = await seen_location(scope, session, location)
    if seen is None:
        raise unknown_location(location)
    location_id, as_of = seen
    key = paged.key(str)
    after = None if key is None else Sku(key[0])
    rows = await stock_at(scope, session, location_id, after=after, limit=paged.limit + 1)
    page = page_of(rows, paged.limit, lambda row: (row.sku,))
    return StockPage(items=page.items, next=page.next, as_of=as_of)


@router.get("/{location}/{sku:path}", response_model=StockView)
async def get_shelf(
    location: LocationCode, sku: SkuText, scope: Reader, session: Reading
) -> Response:
    """Give what stands in the ledger for one product at one location."""
    found = await shelf(scope, session, location, sku)
    if found is None:
        raise not_found("stock")
    return answer(found, headers={"ETag": etag(found.version)})


@router.put("/{location}/{sku:path}", response_model=ShelfView)
async def put_safety_stock(  # noqa: PLR0913 - what FastAPI gives
    *,
    location: LocationCode,
    sku: SkuText,
    body: SafetyBody,
    version: IfMatch,
    scope: StockKeeper,
    work: Work,
) -> Response:
    """Say how many units of a product a location does not sell."""
    command = KeepSafetyStock(
        location, sku, body.safety_stock, scope.staff_id, scope.sites, version
    )
    try:
        level = await keep_safety_stock(command, work)
    except UnknownLocation as error:
        raise not_found("location") from error
    except UnknownProducts as error:
        raise not_found("product") from error
    except StaleVersion as error:
        if not isinstance(error.current, Level):
            raise not_found("stock") from error
        raise Stale(_shelf(location, error.current), error.current.version) from error
    return answer(_shelf(location, level), headers={"ETag": etag(level.version)})


def _shelf(location: str, level: Level) -> ShelfView:
    return ShelfView(
        location=location,
        sku=level.sku,
        on_hand=level.on_hand,
        reserved=level.reserved,
        allocated=level.allocated,
        pending=level.pending,
        safety_stock=level.safety_stock,
        available=level.available,
        version=level.version,
    )


def _view(adjusted: Adjusted, command: AdjustStock) -> AdjustmentView:
    return AdjustmentView(
        adjustment_id=adjusted.cause.cause_id,
        location=command.location,
        reason=command.reason,
        author=command.author,
        lines=[
            AdjustedLine(
                sku=level.sku,
                change=command.changes[level.sku],
                on_hand=level.on_hand,
                available=level.available,
            )
            for level in adjusted.levels
        ],
    )
