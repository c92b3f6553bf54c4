"""What everyone is told about stock."""

from collections.abc import Iterable, Mapping

from contracts.catalog.events import PendingStockAllocated, StockChanged

from catalog.domain.shelves import Changed, ShelfKey
from catalog.domain.stock import Arrived
from catalog.handlers.unit_of_work import UnitOfWork


def tell_arrived(arrived: Iterable[Arrived], uow: UnitOfWork) -> None:
    """Tell what orders were waiting for and have now (IN-6)."""
    for one in arrived:
        event = PendingStockAllocated(
            submission_id=one.submission_id,
            order_id=one.order_id,
            sku=one.sku,
            location_id=one.location_id,
            units=one.units,
        )
        uow.outbox.publish(event)


def tell_changed(changed: Changed, reason: str | Mapping[ShelfKey, str], uow: UnitOfWork) -> None:
    """Tell the new levels, why, and who got what of them."""
    for level in changed.levels:
        event = StockChanged(
            shelf_id=level.shelf_id,
            version=level.version,
            sku=level.sku,
            location_id=level.location_id,
            on_hand=level.on_hand,
            reserved=level.reserved,
            allocated=level.allocated,
            safety_stock=level.safety_stock,
            expected=level.expected,
            reason=reason if isinstance(reason, str) else reason[level.key],
        )
        uow.outbox.publish(event, sequence=level.version)
    tell_arrived(changed.arrived, uow)
