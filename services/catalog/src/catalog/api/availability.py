from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from chassis.problems import not_found
from chassis.requests import Reading
from contracts.catalog import availability as contract
from contracts.values import LocationId, Money, Sku
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from catalog.api.dependencies import PREFIX, Reader, unknown_site
from catalog.api.fields import Code, SkuText
from catalog.handlers.availability import told_availability
from catalog.queries.scoped import seen_site
from catalog.queries.stock import available, quoted

of_product = APIRouter(prefix=f"{PREFIX}/products", tags=["products"])
router = APIRouter(prefix=f"{PREFIX}/availability", tags=["stock"])


class PlaceView(BaseModel):
    """What one location can promise, in units; ``available`` and ``current`` are the same.

    ``future`` is what is on its way and promised to nobody, the earliest first (IN-3).
    """

    model_config = ConfigDict(frozen=True)

    location_id: LocationId
    code: str
    name: str
    ships: bool
    pickup: bool
    delivery: bool
    available: int
    current: int
    future: Sequence[contract.Expected]


class ProductStock(BaseModel):
    """A product's price and stock on one site, as of ``as_of`` (UTC).

    ``available``, ``current`` and ``future`` count the locations that ship; ``total`` is current
    and future. Not ``tracked``: always available, and the numbers mean nothing. ``backorder`` says
    what becomes of more: ``refuse``, ``allow`` or ``permission``.
    """

    model_config = ConfigDict(frozen=True)

    sku: Sku
    site: str
    name: str
    price: Money
    tracked: bool
    backorder: str
    available: int
    current: int
    future: Sequence[contract.Expected]
    total: int
    locations: Sequence[PlaceView]
    as_of: datetime


class AvailabilityList(BaseModel):
    """What a site can promise; ``unknown`` are of no product. As of ``as_of`` (UTC), or newer."""

    site: str
    products: Sequence[contract.Availability]
    unknown: Sequence[Sku]
    as_of: datetime


@of_product.get("/{sku:path}/stock")
async def get_product_stock(
    sku: SkuText, site: Annotated[Code, Query()], scope: Reader, session: Reading
) -> ProductStock:
    """Tell what a site can sell of a product, now and later, in all and per location."""
    seen = await seen_site(scope, session, site)
    if seen is None:
        raise unknown_site(site)
    quotes = (await quoted(scope, session, seen, sku)).quotes
    found = await available(scope, session, seen, [sku])
    if not quotes or sku not in found:
        raise not_found("product on this site")
    told = told_availability(found[sku])
    return ProductStock(
        sku=sku,
        site=seen.code,
        name=quotes[0].name,
        price=quotes[0].price,
        tracked=told.tracked,
        backorder=told.backorder,
        available=told.current if told.tracked else quotes[0].available,
        current=told.current,
        future=told.future,
        total=told.total,
        locations=[_place(one) for one in told.locations],
        as_of=found[sku].as_of,
    )


@router.get("")
async def get_availability(
    site: Annotated[Code, Query()],
    sku: Annotated[
        list[SkuText],
        Query(description="Once for each product."),
        Field(min_length=1, max_length=250),
    ],
    scope: Reader,
    session: Reading,
) -> AvailabilityList:
    """Tell what a site can promise of products, now and later, in all and per location."""
    seen = await seen_site(scope, session, site)
    if seen is None:
        raise unknown_site(site)
    found = await available(scope, session, seen, set(sku))
    return AvailabilityList(
        site=seen.code,
        products=[told_availability(found[one]) for one in sorted(found)],
        unknown=sorted(set(sku) - found.keys()),
        as_of=seen.as_of,
    )


def _place(one: contract.LocationAvailability) -> PlaceView:
    return PlaceView(
        location_id=one.location_id,
        code=one.code,
        name=one.name,
        ships=one.ships,
        pickup=one.pickup,
        delivery=one.delivery,
        available=one.current,
        current=one.current,
        future=one.future,
    )
