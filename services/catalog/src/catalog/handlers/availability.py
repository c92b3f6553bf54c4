"""What a site can promise, as messages tell it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from contracts.catalog import availability as contract
from contracts.catalog.questions import TellAvailability
from contracts.catalog.replies import AvailabilityTold, QuoteRefused

from catalog.domain.availability import Availability, Expected, Place, PlaceAvailability
from catalog.domain.products import is_sku
from catalog.handlers.scoped import unknown_site
from catalog.handlers.unit_of_work import UnitOfWork


async def tell_availability(
    question: TellAvailability, uow: UnitOfWork
) -> AvailabilityTold | QuoteRefused:
    asked = set(question.skus)
    skus = {sku for sku in asked if is_sku(sku)}
    found = await uow.stock.availability(question.site_id, skus)
    if not found and not await uow.sites.known(question.site_id):
        return unknown_site(question.site_id)
    told = [told_availability(found[sku]) for sku in sorted(found)]
    times = [one.as_of for one in found.values()]
    return AvailabilityTold(
        products=tuple(told),
        unknown=tuple(sorted(asked - found.keys())),
        as_of=min(times, default=datetime.now(UTC)),
    )


def told_availability(found: Availability) -> contract.Availability:
    """Give an availability as messages tell it."""
    return contract.Availability(
        sku=found.sku,
        tracked=found.tracked,
        backorder=found.backorder.value,
        current=found.current,
        future=told_future(found.future),
        locations=tuple(_location(one) for one in found.places),
    )


def _location(one: PlaceAvailability) -> contract.LocationAvailability:
    if not one.current and not one.future:
        return _nothing_at(one.place)
    return _told(one)


@lru_cache(1024)
def _nothing_at(place: Place) -> contract.LocationAvailability:
    """Tell of a place without the product, as most are in a quote of many lines."""
    return _told(PlaceAvailability(place, 0))


def _told(one: PlaceAvailability) -> contract.LocationAvailability:
    place = one.place
    return contract.LocationAvailability(
        location_id=place.location_id,
        code=place.code,
        name=place.name,
        ships=place.ships,
        pickup=place.pickup,
        delivery=place.delivery,
        current=one.current,
        future=told_future(one.future),
    )


def told_future(expected: Sequence[Expected]) -> tuple[contract.Expected, ...]:
    """Give what is expected as messages tell it."""
    if not expected:
        return ()
    return tuple(contract.Expected(due=one.due, units=one.units) for one in expected)
