"""The ledger of one product at one location, and what staff do to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from contracts.values import LocationId, Sku, derived_id

from catalog.domain.availability import free_units
from catalog.domain.stock import Arrived

ShelfKey = tuple[Sku, LocationId]


@dataclass(frozen=True, slots=True)
class Level:
    """What stands in the ledger for one product at one location; in units.

    Attributes:
        reserved: Of the goods on hand; so is ``allocated``.
        pending: Reserved or allocated, and covered by no goods on hand.
        safety_stock: Not sellable (IN-7).
        expected: On their way, booked by none yet.
        version: Grows when staff change it; 0 before.
    """

    sku: Sku
    location_id: LocationId
    on_hand: int = 0
    reserved: int = 0
    allocated: int = 0
    pending: int = 0
    safety_stock: int = 0
    expected: int = 0
    version: int = 0

    @property
    def key(self) -> ShelfKey:
        """Give the product and the location."""
        return self.sku, self.location_id

    @property
    def committed(self) -> int:
        """Give the units on hand that somebody was promised."""
        return self.reserved + self.allocated

    @property
    def available(self) -> int:
        """Give the units on hand that can be promised."""
        return free_units(self.on_hand, self.reserved, self.allocated, self.safety_stock)

    @property
    def shelf_id(self) -> UUID:
        """Give the id that this shelf's events are about."""
        return derived_id(self.location_id, self.sku)


class MovementKind(StrEnum):
    """Why goods on hand became more or fewer."""

    ADJUSTMENT = "adjustment"
    COUNT = "count"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the ledger changes, who changes it, and what changes together.

    Attributes:
        author: Staff id.
        receipt_id: The receipt that was booked.
    """

    cause_id: UUID
    kind: MovementKind
    reason: str
    author: str
    receipt_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one shelf.

    Attributes:
        units: More or, negative, fewer on hand.
        safety_stock: The new one; none leaves it.
        kind: Of the movement; none: the cause's. So is the reason.
    """

    units: int = 0
    safety_stock: int | None = None
    kind: MovementKind | None = None
    reason: str | None = None


Changes = Mapping[ShelfKey, Change]


@dataclass(frozen=True, slots=True)
class Changed:
    """The ledger after a change.

    Attributes:
        levels: In order of SKU and location.
        arrived: What orders were waiting for and have now.
    """

    levels: Sequence[Level]
    arrived: Sequence[Arrived]
