"""How stock is promised: reservations, and one ledger per product and location (IN-8)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from contracts.values import MAX_UNITS, LocationId, Money, OrderId, SiteId, Sku, SubmissionId

from catalog.domain.errors import Short
from catalog.domain.sourcing import Shelf


class State(StrEnum):
    """What became of a reservation."""

    HELD = "held"
    REFUSED = "refused"
    RELEASED = "released"
    ALLOCATED = "allocated"
    EXPIRED = "expired"
    """A draft's hold whose time is over."""
    CONSUMED = "consumed"
    """A draft's hold that its submission has used up (IN-11)."""


class Kind(StrEnum):
    """Who holds stock."""

    SUBMISSION = "submission"
    HOLD = "hold"
    """A draft, until a time."""


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
class Claimed:
    """The site's shelves of the products that a submission wants, locked.

    Attributes:
        split: What ships may come from several locations.
        ahead: The site may promise some of these products beyond the goods on hand.
    """

    shelves: tuple[Shelf, ...]
    split: bool
    ahead: bool

    @property
    def skus(self) -> set[Sku]:
        """Give the products that have a shelf here, and so are tracked."""
        return {shelf.sku for shelf in self.shelves}


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """What a draft wants to hold, and until when.

    Attributes:
        sequence: Grows with each request for this hold.
        expires_at: UTC.
    """

    hold_id: SubmissionId
    order_id: OrderId
    site_id: SiteId
    sequence: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KeptHold:
    """A draft's hold as it stands, locked.

    Attributes:
        sequence: Of the latest request; -1 before the first.
        refusal: Why the latest request was refused; what was held before is held still.
        expires_at: UTC; none before something was held.
    """

    state: State
    sequence: int
    refusal: Refusal | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Arrived:
    """Units that an order was promised and that goods on hand cover from now on (IN-6)."""

    submission_id: SubmissionId
    order_id: OrderId
    sku: Sku
    location_id: LocationId
    units: int


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of giving back or allocating what is held.

    Attributes:
        ended: Something was held.
        arrived: What orders were waiting for and have now.
    """

    ended: bool
    arrived: tuple[Arrived, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderStock:
    """Units of a product that an order has at one location by one kind of claim.

    Attributes:
        location: Code of the location.
        state: ``HELD`` or ``ALLOCATED``; what a draft holds is of the kind ``HOLD``.
        units: All that were not given back, at least 1.
        pending: How many of them are on their way.
        backordered: How many no stock is known for.
    """

    sku: Sku
    location_id: LocationId
    location: str
    kind: Kind
    state: State
    units: int
    pending: int
    backordered: int


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
    tracked: bool = True

    @property
    def available(self) -> int:
        """Units over all locations that ship (IN-2); untracked, all that a line can ask (IN-7)."""
        if not self.tracked:
            return MAX_UNITS
        return sum(place.available for place in self.places if place.ships)


@dataclass(frozen=True, slots=True)
class Quotes:
    """Quotes in order of SKU, and when their stock was read (UTC, the database's clock)."""

    quotes: tuple[Quote, ...]
    as_of: datetime


@dataclass(slots=True)
class Needed:
    """What several commands are going to lock.

    Attributes:
        reservations: Of submissions and of drafts, as far as there are any, with their shelves.
        orders: All reservations of these.
        shelves: Products, wherever they lie for a site.
    """

    reservations: set[SubmissionId] = field(default_factory=set[SubmissionId])
    orders: set[OrderId] = field(default_factory=set[OrderId])
    shelves: set[tuple[SiteId, Sku]] = field(default_factory=set[tuple[SiteId, Sku]])
