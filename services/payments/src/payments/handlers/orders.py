"""The copy of what orders cost."""

from datetime import datetime

from contracts.orders.events import OrderCancelled, OrderEvent, OrderRevised, OrderSubmitted
from contracts.values import Money

from payments.handlers.unit_of_work import UnitOfWork


async def follow_submitted(event: OrderSubmitted, uow: UnitOfWork) -> None:
    await _costs(event, event.total, event.submitted_at, uow)


async def follow_revised(event: OrderRevised, uow: UnitOfWork) -> None:
    await _costs(event, event.total, event.revised_at, uow)


async def follow_cancelled(event: OrderCancelled, uow: UnitOfWork) -> None:
    await uow.orders.cancelled(event.order_id, event.site_id, event.order_number)


async def _costs(event: OrderEvent, total: Money, since: datetime, uow: UnitOfWork) -> None:
    await uow.orders.costs(event.order_id, event.site_id, event.order_number, total, since)
