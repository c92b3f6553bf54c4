"""How stock is promised: which shelf a reservation takes its units from.

One ledger per product and location; available = on hand - reserved - allocated (IN-4).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.values import LocationId, Money, OrderId, SiteId, Sku, SubmissionId

from catalog.domain.errors import NotEnoughStock, Short


class State(StrEnum):
    """What became of a reservation."""

    HELD = "held"
    REFUSED = "refused"
    RELEASED = "released"
    ALLOCATED = "allocated"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A product at one location that serves the site.

    Attributes:
        available: Units that can still be promised; never negative.
        priority: The lowest ships first; then the lowest code.
    """

    sku: Sku
    location_id: LocationId
    code: str
    ships: bool
    priority: int
    available: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Units of a product that one order line asks for.

    Attributes:
        units: At least 1.
        location_id: Where they must come from; none for any location that ships.

    Raises:
        ValueError: The number of units is below 1.
    """

    sku: Sku
    units: int
    location_id: LocationId | None = None

    def __post_init__(self) -> None:
        if self.units < 1:
            raise ValueError(f"{self.units} units of {self.sku} cannot be held")


@dataclass(frozen=True, slots=True)
class Hold:
    """Units of a product taken from one shelf."""

    sku: Sku
    location_id: LocationId
    units: int


@dataclass(frozen=True, slots=True)
class Claim:
    """Who wants stock, and for which site."""

    submission_id: SubmissionId
    order_id: OrderId
    site_id: SiteId


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a submission's stock was refused, in the words it was first told."""

    code: str
    detail: str
    shortages: tuple[Short, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a submission's reservation; ``refusal`` is there when it was refused."""

    state: State
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """What stands in the ledger for one product at one location after a change; in units."""

    sku: Sku
    on_hand: int
    reserved: int
    allocated: int


@dataclass(frozen=True, slots=True)
class PlaceStock:
    """What one location can promise of a product; ``available`` is units."""

    location_id: LocationId
    code: str
    name: str
    ships: bool
    pickup: bool
    delivery: bool
    available: int


@dataclass(frozen=True, slots=True)
class Quote:
    """A product as one site sells it; ``places`` are all locations of the site, by code."""

    sku: Sku
    name: str
    price: Money
    places: tuple[PlaceStock, ...]

    @property
    def available(self) -> int:
        """Units over all locations that ship for the site (IN-2)."""
        return sum(place.available for place in self.places if place.ships)


@dataclass(frozen=True, slots=True)
class Quotes:
    """Quotes in order of SKU, and when their stock was read (UTC, the database's clock)."""

    quotes: tuple[Quote, ...]
    as_of: datetime


def plan_holds(wanted: Iterable[Wanted], shelves: Collection[Shelf]) -> tuple[Hold, ...]:
    """Choose the shelves for every line, or for none.

    Lines for the same product are added up first. Lines bound to a location are served before those
    that may come from anywhere; these take from the locations that ship, by priority, then code.

    Raises:
        NotEnoughStock: At least one product is short.
    """
    left = {(shelf.sku, shelf.location_id): shelf.available for shelf in shelves}
    taken = Counter[tuple[Sku, LocationId]]()
    short: list[Short] = []
    bound, free = _added_up(wanted)
    for (sku, location_id), units in bound.items():
        available = left.get((sku, location_id), 0)
        if available < units:
            short.append(Short(sku, location_id, units, available))
            continue
        left[sku, location_id] -= units
        taken[sku, location_id] += units
    shipping = _shipping(shelves)
    for sku, units in free.items():
        keys = [(sku, shelf.location_id) for shelf in shipping.get(sku, ())]
        if (available := sum(left[key] for key in keys)) < units:
            short.append(Short(sku, None, units, available))
            continue
        taken.update(_spread(units, [(key, left[key]) for key in keys]))
    if short:
        raise NotEnoughStock(sorted(short, key=lambda s: (s.sku, str(s.location_id or ""))))
    return tuple(Hold(*key, units) for key, units in sorted(taken.items()) if units)


def _added_up(
    wanted: Iterable[Wanted],
) -> tuple[Counter[tuple[Sku, LocationId]], Counter[Sku]]:
    bound, free = Counter[tuple[Sku, LocationId]](), Counter[Sku]()
    for line in wanted:
        if line.location_id is None:
            free[line.sku] += line.units
        else:
            bound[line.sku, line.location_id] += line.units
    return bound, free


def _shipping(shelves: Iterable[Shelf]) -> dict[Sku, list[Shelf]]:
    found: dict[Sku, list[Shelf]] = {}
    for shelf in sorted(shelves, key=lambda shelf: (shelf.priority, shelf.code)):
        if shelf.ships:
            found.setdefault(shelf.sku, []).append(shelf)
    return found


def _spread(
    units: int, shelves: Iterable[tuple[tuple[Sku, LocationId], int]]
) -> Counter[tuple[Sku, LocationId]]:
    return Counter(dict(_take(units, shelves)))


def _take(
    units: int, shelves: Iterable[tuple[tuple[Sku, LocationId], int]]
) -> Iterator[tuple[tuple[Sku, LocationId], int]]:
    for key, available in shelves:
        if units == 0:
            return
        part = min(units, available)
        yield key, part
        units -= part
