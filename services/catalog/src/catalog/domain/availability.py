"""What can be promised of a product, now and later, at each location of a site.

available = on hand - allocated - reserved - safety stock, and what is available to promise (ATP) is
that and the future stock within the site's horizon (IN-4, IN-5).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contracts.values import LocationId, SiteId, Sku

from catalog.domain.stock_policy import Backorder, SitePolicy


@dataclass(frozen=True, slots=True, order=True)
class Expected:
    """Units that are expected on a day; in a promise, those that nobody was promised yet."""

    due: date
    units: int


@dataclass(frozen=True, slots=True)
class Place:
    """A location that serves the site.

    Attributes:
        priority: The lowest ships first; then the lowest code.
    """

    location_id: LocationId
    code: str
    name: str
    ships: bool
    pickup: bool
    delivery: bool
    priority: int


@dataclass(frozen=True, slots=True)
class Promise:
    """What a site promises from.

    Attributes:
        as_of: When this was read, UTC; stock that is read next is as old or newer (IN-13).
        until: The last day whose receipts count.
        policy: For products that the site decides nothing else for.
        places: Every location linked to the site, by code, with what it promises of a product
            that it has none of.
    """

    site_id: SiteId
    as_of: datetime
    until: date
    policy: SitePolicy
    places: "Mapping[LocationId, PlaceAvailability]"


@dataclass(frozen=True, slots=True)
class PlaceAvailability:
    """What one location can promise of a product (IN-2).

    Attributes:
        current: Units that lie there, never negative.
        future: Units on their way within the horizon, a day each, the earliest first.
    """

    place: Place
    current: int
    future: tuple[Expected, ...] = ()

    @property
    def total(self) -> int:
        """Give the units that can be promised from stock, current and future."""
        return self.current + sum(expected.units for expected in self.future)


@dataclass(frozen=True, slots=True)
class Availability:
    """What one site can promise of a product.

    Attributes:
        as_of: When the stock was read, UTC; it is this old or newer (IN-13).
        tracked: False: always available, and nothing is counted (IN-7).
        backorder: What becomes of more than is available.
        split_shipping: The site ships one order from several locations.
        places: Every location linked to the site, by code.
    """

    sku: Sku
    as_of: datetime
    tracked: bool
    backorder: Backorder
    split_shipping: bool
    places: tuple[PlaceAvailability, ...]

    @property
    def current(self) -> int:
        """Give the units over the locations that ship for the site (Direct Ship, IN-2)."""
        return sum(one.current for one in self.places if one.place.ships)

    @property
    def future(self) -> tuple[Expected, ...]:
        """Give what is expected at the locations that ship, a day each, the earliest first."""
        shipping = [one.future for one in self.places if one.future and one.place.ships]
        return _by_day(chain.from_iterable(shipping)) if shipping else ()

    @property
    def total(self) -> int:
        """Give the units that can be promised at all for Direct Ship (ATP, IN-4)."""
        return self.current + sum(expected.units for expected in self.future)


def free_units(on_hand: int, reserved: int, allocated: int, safety_stock: int) -> int:
    """Give what can be promised of goods on hand (IN-4); safety stock is not sellable (IN-7)."""
    return max(0, on_hand - allocated - reserved - safety_stock)


def last_day(now: datetime, time_zone: str, horizon_days: int) -> date:
    """Give the last day whose receipts count: the horizon is inclusive, in the site's time zone.

    A time zone that this machine does not know is read as UTC: at most a day off, and no site
    stops selling because of it.
    """
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    return now.astimezone(zone).date() + timedelta(days=horizon_days)


def unpromised(receipts: Iterable[Expected], *, promised: int, until: date) -> tuple[Expected, ...]:
    """Give what of these receipts can still be promised, a day each, the earliest first.

    Overdue receipts count: they are still expected. What was promised before comes off the
    earliest, whichever site promised it.

    Args:
        receipts: Units expected at one location.
        promised: Units that somebody was promised and no goods on hand cover.
        until: The last day that counts.
    """
    left: list[Expected] = []
    for one in sorted(receipts):
        served = min(promised, one.units)
        promised -= served
        if one.due <= until and one.units > served:
            left.append(Expected(one.due, one.units - served))
    return _by_day(left)


def _by_day(expected: Iterable[Expected]) -> tuple[Expected, ...]:
    days = Counter[date]()
    for one in expected:
        days[one.due] += one.units
    return tuple(Expected(due, units) for due, units in sorted(days.items()))
