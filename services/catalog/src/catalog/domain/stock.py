"""How stock is promised: reservations, and one ledger per product and location (IN-8)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.values import LocationId, Money, OrderId, SiteId, Sku, SubmissionId

from catalog.domain.errors import Short


class State(StrEnum):
    """What became of a reservation."""

    HELD = "held"
    REFUSED = "refused"
    RELEASED = "released"
    ALLOCATED = "allocated"


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
