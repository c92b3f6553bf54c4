from collections.abc import Mapping
from dataclasses import dataclass

from contracts.values import Sku, StaffId, new_id

from catalog.domain.errors import UnknownLocation, UnknownProducts
from catalog.domain.locations import Adjustment
from catalog.domain.stock import Level
from catalog.handlers.locations import seen_by
from catalog.handlers.scoped import Within
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

    adjustment: Adjustment
    levels: list[Level]


async def adjust_stock(command: AdjustStock, uow: UnitOfWork) -> Adjusted:
    """Correct every product's stock, or none.

    Raises:
        UnknownLocation: The caller sees no such location.
        UnknownProducts: Some SKUs are of no product.
        BelowCommitted: Less would be left than is reserved and allocated.
    """
    location = await uow.locations.find(command.location)
    if location is None or not seen_by(location, command.within):
        raise UnknownLocation(command.location)
    if unknown := await uow.products.unknown(command.changes.keys()):
        raise UnknownProducts(unknown)
    adjustment = Adjustment(new_id(), location.location_id, command.reason, command.author)
    return Adjusted(adjustment, await uow.stock.adjust(adjustment, command.changes))
