"""The copy of what orders cost."""

from contracts.orders.events import OrderCancelled, OrderRevised, OrderSubmitted

from payments.handlers.unit_of_work import UnitOfWork


async def follow_submitted(event: OrderSubmitted, uow: UnitOfWork) -> None:
    await uow.orders.submitted(event.order_id, event.site_id, event.order_number, event.total)


async def follow_revised(event: OrderRevised, uow: UnitOfWork) -> None:
    await uow.orders.revised(event.order_id, event.site_id, event.order_number, event.total)


async def follow_cancelled(event: OrderCancelled, uow: UnitOfWork) -> None:
    await uow.orders.cancelled(event.order_id, event.site_id, event.order_number)
