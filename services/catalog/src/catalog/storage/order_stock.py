"""What an order has of the stock, in one statement."""

from collections.abc import Sequence

from contracts.values import OrderId
from sqlalchemy import BigInteger, ColumnElement, Uuid, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.stock import Kind, OrderStock, State
from catalog.storage.tables import locations, reservation_lines, reservations


def _sum(units: ColumnElement[int]) -> ColumnElement[int]:
    return func.sum(units).cast(BigInteger)


_LINES = reservation_lines.c
_LEFT = _LINES.units - _LINES.returned
_KEY = (
    _LINES.sku,
    _LINES.location_id,
    locations.c.code,
    reservations.c.kind,
    reservations.c.state,
)
_OF_ORDER = (
    select(*_KEY, _sum(_LEFT), _sum(_LINES.pending), _sum(_LINES.backordered))
    .select_from(reservations)
    .join(reservation_lines, _LINES.submission_id == reservations.c.submission_id)
    .join(locations, locations.c.location_id == _LINES.location_id)
    .where(reservations.c.order_id == bindparam("of_order", type_=Uuid()))
    .where(reservations.c.state.in_([State.HELD.value, State.ALLOCATED.value]))
    .where(_LEFT > 0)
    .group_by(*_KEY)
    .order_by(_LINES.sku, locations.c.code, reservations.c.state, reservations.c.kind)
)


async def read_order_stock(session: AsyncSession, order_id: OrderId) -> Sequence[OrderStock]:
    """Give what an order has now; what went back, was let go or has expired is not in it."""
    rows = await session.execute(_OF_ORDER, {"of_order": order_id})
    return [
        OrderStock(sku, place, code, Kind(kind), State(state), *units)
        for sku, place, code, kind, state, *units in rows
    ]
