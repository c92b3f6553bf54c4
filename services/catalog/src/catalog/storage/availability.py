"""What a site can promise of products, read at once however many products there are."""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from contracts.values import LocationId, SiteId, Sku
from messaging.direct import Direct, Row
from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import LateralFromClause

from catalog.domain.availability import (
    Availability,
    Expected,
    Place,
    PlaceAvailability,
    Promise,
    free_units,
    last_day,
    unpromised,
)
from catalog.domain.stock_policy import Backorder, ProductPolicy, SitePolicy
from catalog.storage.stock_tables import IS_EXPECTED
from catalog.storage.tables import (
    location_sites,
    locations,
    product_stock_policies,
    receipt_lines,
    receipts,
    reservation_lines,
    site_stock_policies,
    sites,
    stock,
    variants,
)
from catalog.storage.unnested import NUMBERS, TEXTS, UUIDS

_SITE_ID = bindparam("at_site", type_=Uuid())
_DATES: Any = ARRAY(Date)
_NONE: ColumnElement[int] = literal(0)

_OF_PROMISE = (
    func.statement_timestamp().label("as_of"),
    site_stock_policies.c.version.label("policy_version"),
    site_stock_policies.c.future_stock,
    site_stock_policies.c.horizon_days,
    site_stock_policies.c.backorder,
    site_stock_policies.c.split_shipping,
    locations.c.location_id,
    locations.c.code.label("place_code"),
    locations.c.name.label("place_name"),
    locations.c.ships,
    locations.c.pickup,
    locations.c.delivery,
    locations.c.priority,
)
SITES_WITH_PROMISE: Select[Any] = (
    select(*sites.c, *_OF_PROMISE)
    .select_from(sites)
    .outerjoin(site_stock_policies, site_stock_policies.c.site_id == sites.c.site_id)
    .outerjoin(
        location_sites.join(locations, locations.c.location_id == location_sites.c.location_id),
        location_sites.c.site_id == sites.c.site_id,
    )
    .order_by(locations.c.code)
)
"""Sites, each with what it promises from: a row a location, or one without."""
_PROMISE = Direct(SITES_WITH_PROMISE.where(sites.c.site_id == _SITE_ID))


def _expected() -> LateralFromClause:
    """Give what is on its way to a shelf by the horizon, where that counts, as two arrays."""
    due, units = receipts.c.due, receipt_lines.c.expected
    counts = and_(
        variants.c.future_stock,
        func.coalesce(product_stock_policies.c.future_stock, bindparam("site_counts")),
    )
    return (
        select(
            func.array_agg(aggregate_order_by(due, due), type_=_DATES).label("dues"),
            func.array_agg(aggregate_order_by(units, due), type_=NUMBERS).label("unitss"),
        )
        .select_from(receipt_lines)
        .join(receipts, receipts.c.receipt_id == receipt_lines.c.receipt_id)
        .where(receipt_lines.c.sku == stock.c.sku)
        .where(receipt_lines.c.location_id == stock.c.location_id)
        .where(IS_EXPECTED, counts)
        .where(due <= bindparam("last_day", type_=Date()))
        .lateral("expected")
    )


def with_stock(
    query: Select[*tuple[Any, ...]],
    held: ColumnElement[int] = _NONE,
    waiting: ColumnElement[int] = _NONE,
) -> Select[*tuple[Any, ...]]:
    """Add what a site can promise to a query of variants: a row a shelf, or one without.

    Ledger and receipts are read in one statement, so that a booking is in both or in neither.

    Args:
        query: Has the columns ``sku`` and ``tracked``.
        held: Reserved units that count as free.
        waiting: Pending units that count as promised to nobody.
    """
    own, expected = product_stock_policies, _expected()
    of_product = and_(own.c.site_id == _SITE_ID, own.c.sku == variants.c.sku)
    at_site = stock.c.location_id == any_(bindparam("places", type_=UUIDS))
    return (
        query.add_columns(
            variants.c.future_stock,
            own.c.backorder.label("own_backorder"),
            own.c.future_stock.label("own_future"),
            stock.c.location_id,
            stock.c.on_hand,
            (stock.c.reserved - held).label("reserved"),
            stock.c.allocated,
            stock.c.safety_stock,
            (stock.c.pending - waiting).label("pending"),
            expected.c.dues,
            expected.c.unitss,
        )
        .outerjoin(own, of_product)
        .outerjoin(stock, and_(variants.c.tracked, stock.c.sku == variants.c.sku, at_site))
        .outerjoin(expected, true())
    )


_of_skus: Select[*tuple[Any, ...]] = (
    select(variants.c.sku, variants.c.tracked)
    .select_from(variants)
    .where(variants.c.sku == any_(bindparam("skus", type_=TEXTS)))
    .order_by(variants.c.sku)
)


def _stock_beside_a_hold() -> Select[*tuple[Any, ...]]:
    own = reservation_lines.alias("held")
    waiting = func.coalesce(own.c.pending + own.c.backordered, 0)
    of_hold = and_(
        own.c.submission_id == bindparam("hold_id", type_=Uuid()),
        own.c.sku == stock.c.sku,
        own.c.location_id == stock.c.location_id,
    )
    held = func.coalesce(own.c.units, 0) - waiting
    return with_stock(_of_skus, held, waiting).outerjoin(own, of_hold)


_STOCK = Direct(with_stock(_of_skus))
_STOCK_BESIDE = Direct(_stock_beside_a_hold())


async def read_availability(
    session: AsyncSession,
    site_id: SiteId,
    skus: Collection[Sku],
    *,
    beside: UUID | None = None,
) -> dict[Sku, Availability]:
    """Tell what a site can promise of products, by SKU; of no product: left out.

    Args:
        session: Where the shelves are locked, what is told stays so until its transaction ends.
        site_id: An unknown one promises nothing of anything.
        skus: In any order.
        beside: A draft's hold that holds something; its units count as free.
    """
    if not skus or not (rows := await _PROMISE.rows(session, {"at_site": site_id})):
        return {}
    promise = promise_of(rows)
    query, given = _STOCK, {**promised_by(promise), "skus": sorted(skus)}
    if beside is not None:
        query, given["hold_id"] = _STOCK_BESIDE, beside
    by_sku = groupby(await query.rows(session, given), key=lambda row: row.sku)
    return {Sku(sku): availability_of(list(of_sku), promise) for sku, of_sku in by_sku}


def promised_by(promise: Promise) -> dict[str, Any]:
    """Give the parameters of what ``with_stock`` adds."""
    return {
        "at_site": promise.site_id,
        "places": [*promise.places],
        "site_counts": promise.policy.future_stock,
        "last_day": promise.until,
    }


def promise_of(rows: Sequence[Row]) -> Promise:
    """Read what a site promises from: all its rows of ``SITES_WITH_PROMISE``."""
    site, policy = rows[0], _policy(rows[0])
    until = last_day(site.as_of, site.time_zone, policy.horizon_days)
    places = [_place(row) for row in rows if row.location_id is not None]
    bare = {place.location_id: PlaceAvailability(place, 0) for place in places}
    return Promise(SiteId(site.site_id), site.as_of, until, policy, bare)


def _policy(row: Row) -> SitePolicy:
    if row.policy_version is None:
        return SitePolicy()
    return SitePolicy(
        row.future_stock, row.horizon_days, Backorder(row.backorder), row.split_shipping
    )


def _place(row: Row) -> Place:
    return Place(
        LocationId(row.location_id),
        row.place_code,
        row.place_name,
        row.ships,
        row.pickup,
        row.delivery,
        row.priority,
    )


def availability_of(rows: Sequence[Row], promise: Promise) -> Availability:
    """Read what can be promised of a variant: all its rows of a query ``with_stock``."""
    first, policy = rows[0], promise.policy
    if first.own_backorder or first.own_future is not None or not first.future_stock:
        backorder = Backorder(first.own_backorder) if first.own_backorder else None
        own = ProductPolicy(backorder, first.own_future)
        policy = policy.for_product(own, future_stock=first.future_stock)
    places = dict(promise.places)
    for row in rows:
        if row.location_id is not None:
            at = LocationId(row.location_id)
            places[at] = _at(places[at].place, row, promise.until)
    return Availability(
        first.sku,
        promise.as_of,
        first.tracked,
        policy.backorder,
        policy.split_shipping,
        tuple(places.values()),
    )


def _at(place: Place, row: Row, until: date) -> PlaceAvailability:
    free = free_units(row.on_hand, row.reserved, row.allocated, row.safety_stock)
    if row.dues is None:
        return PlaceAvailability(place, free)
    receipts_ = map(Expected, row.dues, row.unitss)
    return PlaceAvailability(place, free, unpromised(receipts_, promised=row.pending, until=until))
