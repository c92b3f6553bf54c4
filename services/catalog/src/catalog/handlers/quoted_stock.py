"""What a quote says about stock."""

from collections.abc import Collection, Mapping

from contracts.catalog.availability import Availability, LocationAvailability
from contracts.values import SiteId, Sku

from catalog.domain.stock import PlaceStock, Quote
from catalog.handlers.unit_of_work import UnitOfWork


async def told_availability(
    site_id: SiteId, skus: Collection[Sku], uow: UnitOfWork
) -> Mapping[Sku, Availability]:
    """Tell what a site can promise of products that it sells, by SKU."""
    found = await uow.products.quotes(site_id, skus)
    return {quote.sku: _told(quote) for quote in found.quotes}


def _told(quote: Quote) -> Availability:
    return Availability(
        sku=quote.sku,
        current=quote.available,
        locations=tuple(_place(place) for place in quote.places),
    )


def _place(place: PlaceStock) -> LocationAvailability:
    return LocationAvailability(
        location_id=place.location_id,
        code=place.code,
        name=place.name,
        ships=place.ships,
        pickup=place.pickup,
        delivery=place.delivery,
        current=place.available,
    )
