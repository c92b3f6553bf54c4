"""What is left to pay of an order, over HTTP."""

from uuid import UUID

from chassis.problems import not_found
from chassis.requests import Reading
from contracts.values import OrderId
from fastapi import APIRouter

from payments.api.access import PREFIX, Reader
from payments.queries.balance import BalanceView, order_balance

router = APIRouter(prefix=f"{PREFIX}/orders", tags=["balance"])


@router.get("/{order_id}/balance")
async def get_balance(order_id: UUID, scope: Reader, session: Reading) -> BalanceView:
    """Tell what is paid of an order, and what is left to pay (PA-8)."""
    found = await order_balance(scope, session, OrderId(order_id))
    if found is None:
        raise not_found("order")
    return found
