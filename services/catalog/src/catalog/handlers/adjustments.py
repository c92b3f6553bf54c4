from collections.abc import Mapping
from dataclasses import dataclass

from contracts.values import Sku, StaffId, new_id

from catalog.domain.errors import BelowCommitted, StaleVersion, UnknownLocation, UnknownProducts
from catalog.domain.locations import Location
from catalog.domain.shelves import Cause, Change, Changed, Level, MovementKind
from catalog.handlers.locations import seen_by
from catalog.handlers.scoped import Within
from catalog.handlers.stock_events import tell_changed
from catalog.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class AdjustStock:
    """Correct what lies at a location.

    Attributes:
        location: Its code.
        changes: Units more (or, negative, fewer) per product; none is zero.
    """

    location: str
    reason: str
    author: StaffId
    changes: Mapping[Sku, int]
    within: Within


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A correction that was made; ``levels`` in order of SKU."""

    cause: Cause
    levels: list[Level]


@dataclass(frozen=True, slots=True)
class KeepSafetyStock:
    """Say how many units of a product a location does not sell (IN-7).

    Attributes:
        location: Its code.
        expected_version: Refuse if the shelf's is another; none accepts any.
    """

    location: str
    sku: Sku
    units: int
    author: StaffId
    within: Within
    expected_version: int | None = None


async def adjust_stock(command: AdjustStock, uow: UnitOfWork) -> Adjusted:
    """Correct every product's stock, or none.

    Raises:
        UnknownLocation: The caller sees no such location.
        UnknownProducts: Some SKUs are of no product.
        BelowCommitted: Less would be left than is reserved and allocated.
    """
    location = await location_seen(command.location, command.within, uow)
    if unknown := await uow.products.unknown(command.changes.keys()):
        raise UnknownProducts(unknown)
    changes = {(sku, location.location_id): Change(units) for sku, units in command.changes.items()}
    await uow.shelves.open(sorted(changes))
    levels = await uow.shelves.locked(sorted(changes))
    short = {
        sku: levels[sku, place].committed
        for (sku, place), change in changes.items()
        if levels[sku, place].on_hand + change.units < levels[sku, place].committed
    }
    if short:
        raise BelowCommitted(short)
    cause = Cause(new_id(), MovementKind.ADJUSTMENT, command.reason, command.author)
    changed = await uow.shelves.change(cause, changes)
    tell_changed(changed, command.reason, uow)
    return Adjusted(cause, list(changed.levels))


async def keep_safety_stock(command: KeepSafetyStock, uow: UnitOfWork) -> Level:
    """Set a shelf's safety stock; the same again changes nothing.

    Raises:
        UnknownLocation: The caller sees no such location.
        UnknownProducts: The SKU is of no product.
        StaleVersion: Its ``current`` is a ``Level``.
    """
    location = await location_seen(command.location, command.within, uow)
    if unknown := await uow.products.unknown([command.sku]):
        raise UnknownProducts(unknown)
    key = (command.sku, location.location_id)
    await uow.shelves.open([key])
    level = (await uow.shelves.locked([key]))[key]
    if command.expected_version not in {None, level.version}:
        raise StaleVersion(level)
    if level.safety_stock == command.units:
        return level
    cause = Cause(new_id(), MovementKind.ADJUSTMENT, "safety stock", command.author)
    changed: Changed = await uow.shelves.change(cause, {key: Change(0, command.units)})
    tell_changed(changed, cause.reason, uow)
    return changed.levels[0]


async def location_seen(code: str, within: Within, uow: UnitOfWork) -> Location:
    """Give a location that the caller sees.

    Raises:
        UnknownLocation: There is none.
    """
    location = await uow.locations.find(code)
    if location is None or not seen_by(location, within):
        raise UnknownLocation(code)
    return location
