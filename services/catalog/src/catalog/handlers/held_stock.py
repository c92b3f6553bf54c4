"""Where the stock of an order lies, as messages tell it."""

from datetime import UTC, datetime
from typing import Literal

from contracts.catalog.questions import TellHeldStock
from contracts.catalog.replies import HeldForOrder, HeldStockTold

from catalog.domain.stock import Kind, OrderStock, State
from catalog.handlers.unit_of_work import UnitOfWork


async def tell_held_stock(question: TellHeldStock, uow: UnitOfWork) -> HeldStockTold:
    as_of = datetime.now(UTC)
    found = await uow.stock.of_order(question.order_id)
    lines = tuple(_line(one) for one in found)
    return HeldStockTold(order_id=question.order_id, lines=lines, as_of=as_of)


def _line(one: OrderStock) -> HeldForOrder:
    return HeldForOrder(
        sku=one.sku,
        location_id=one.location_id,
        location=one.location,
        units=one.units,
        pending=one.pending,
        backordered=one.backordered,
        state=_state(one),
    )


def _state(one: OrderStock) -> Literal["held", "reserved", "allocated"]:
    if one.kind is Kind.HOLD:
        return "held"
    return "allocated" if one.state is State.ALLOCATED else "reserved"
