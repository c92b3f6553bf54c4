"""What an order's payments amount to."""

from chassis.scope import Scope
from contracts.values import Money, OrderId
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from payments.domain.amounts import Amounts
from payments.domain.balance import balance
from payments.queries.scoped import within
from payments.storage.order_tables import orders
from payments.storage.tables import payments


class BalanceView(BaseModel):
    """What is paid of an order, and what is left to pay.

    Attributes:
        total: What the order costs: nothing once it is cancelled; none before it is submitted.
        expected: Announced from outside and not here yet.
        set_aside: Held by gateways and not taken.
        paid: ``captured`` less ``refunded``.
        due: ``total`` less ``paid`` and ``set_aside``; negative when the customer gets money back.
    """

    model_config = ConfigDict(frozen=True)

    order_id: OrderId
    cancelled: bool
    total: Money | None
    expected: Money
    set_aside: Money
    captured: Money
    refunded: Money
    voided: Money
    paid: Money
    due: Money | None


async def order_balance(
    scope: Scope, session: AsyncSession, order_id: OrderId
) -> BalanceView | None:
    """Give an order's balance; none when neither it nor a payment of it is known in scope."""
    query = select(orders).where(orders.c.order_id == order_id, within(scope, orders.c.site_id))
    order = (await session.execute(query)).one_or_none()
    query = select(payments).where(
        payments.c.order_id == order_id, within(scope, payments.c.site_id)
    )
    rows = (await session.execute(query)).all()
    currency = (order.currency if order else None) or next((r.currency for r in rows), None)
    if currency is None:
        return None
    sums = balance(
        (row.gateway is None, Amounts(row.authorised, row.captured, row.refunded, row.voided))
        for row in rows
    )
    cancelled = order is not None and order.cancelled
    total = 0 if cancelled else order.total if order else None

    def money(minor: int) -> Money:
        return Money(minor, currency)

    return BalanceView(
        order_id=order_id,
        cancelled=cancelled,
        total=None if total is None else money(total),
        expected=money(sums.expected),
        set_aside=money(sums.set_aside),
        captured=money(sums.captured),
        refunded=money(sums.refunded),
        voided=money(sums.voided),
        paid=money(sums.paid),
        due=None if total is None else money(sums.due(total)),
    )
