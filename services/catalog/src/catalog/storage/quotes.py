"""Price and stock of products as one site sells them, in one statement."""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from typing import Any

from contracts.values import MAX_UNITS, LocationId, Money, SiteId, Sku
from sqlalchemy import Row, Uuid, and_, any_, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.stock import PlaceStock, Quote, Quotes
from catalog.storage.tables import (
    location_sites,
    locations,
    product_prices,
    products,
    sites,
    stock,
    variants,
)
from catalog.storage.unnested import TEXTS

_places = location_sites.join(locations, locations.c.location_id == location_sites.c.location_id)

_FREE = stock.c.on_hand - stock.c.reserved - stock.c.allocated - stock.c.safety_stock
# What is not tracked is always available: as much as an order line can ask for (IN-7).
_AVAILABLE = case((variants.c.tracked, func.greatest(func.coalesce(_FREE, 0), 0)), else_=MAX_UNITS)

_QUOTES = (
    select(
        variants.c.sku,
        variants.c.tracked,
        products.c.name,
        product_prices.c.minor,
        product_prices.c.currency,
        locations.c.location_id,
        locations.c.code,
        locations.c.name.label("place"),
        locations.c.ships,
        locations.c.pickup,
        locations.c.delivery,
        _AVAILABLE.label("available"),
        func.statement_timestamp().label("as_of"),
    )
    .select_from(product_prices)
    .join(variants, variants.c.sku == product_prices.c.sku)
    .join(products, products.c.code == variants.c.product)
    # A price left over from before the site changed its currency is no price (CP-8).
    .join(
        sites,
        and_(
            sites.c.site_id == product_prices.c.site_id,
            sites.c.currency == product_prices.c.currency,
        ),
    )
    .outerjoin(_places, location_sites.c.site_id == product_prices.c.site_id)
    .outerjoin(
        stock,
        and_(
            stock.c.sku == product_prices.c.sku,
            stock.c.location_id == location_sites.c.location_id,
        ),
    )
    .where(products.c.active, variants.c.active)
    .where(product_prices.c.site_id == bindparam("site_id", type_=Uuid()))
    .where(product_prices.c.sku == any_(bindparam("skus", type_=TEXTS)))
    .order_by(variants.c.sku, locations.c.code)
)


async def read_quotes(session: AsyncSession, site_id: SiteId, skus: Collection[Sku]) -> Quotes:
    """Quote those of these products that the site sells."""
    rows = (await session.execute(_QUOTES, {"site_id": site_id, "skus": sorted(skus)})).all()
    if not rows:
        return Quotes((), (await session.execute(select(func.statement_timestamp()))).scalar_one())
    grouped = groupby(rows, key=lambda row: row.sku)
    return Quotes(tuple(_quote(list(of_sku)) for _, of_sku in grouped), rows[0].as_of)


def _quote(rows: Sequence[Row[*tuple[Any, ...]]]) -> Quote:
    first = rows[0]
    price = Money(first.minor, first.currency)
    places = tuple(_stocked(rows))
    return Quote(Sku(first.sku), first.name, price, places, first.tracked)


def _stocked(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterable[PlaceStock]:
    for row in rows:
        if row.location_id is not None:
            yield PlaceStock(
                location_id=LocationId(row.location_id),
                code=row.code,
                name=row.place,
                ships=row.ships,
                pickup=row.pickup,
                delivery=row.delivery,
                available=row.available,
            )
