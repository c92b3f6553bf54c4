"""Payments over HTTP, read only; they are made and voided by orders' submissions."""

from typing import Annotated, Literal
from uuid import UUID

from chassis.http import Page, Paged, page_of
from chassis.problems import not_found
from chassis.requests import Reading
from contracts.values import OrderId, PaymentId
from fastapi import APIRouter, Query

from payments.api.access import PREFIX, Reader, place_after
from payments.queries.payments import PaymentView, Wanted, list_payments, payment

router = APIRouter(prefix=f"{PREFIX}/payments", tags=["payments"])


@router.get("")
async def get_payments(
    scope: Reader,
    session: Reading,
    page: Paged,
    order_id: UUID | None = None,
    attention: Annotated[
        Literal["true", "false"] | None,
        Query(description="`true`: only those whose gateway owes an answer for too long."),
    ] = None,
) -> Page[PaymentView]:
    """List payments in the order of their arrival, those of one order or all."""
    wanted = Wanted(
        order_id=None if order_id is None else OrderId(order_id),
        attention=attention == "true",
        after=place_after(page),
        limit=page.limit + 1,
    )
    rows = await list_payments(scope, session, wanted)
    found = page_of(rows, page.limit, key=lambda row: (row[0],))
    return Page(items=[view for _, view in found.items], next=found.next)


@router.get("/{payment_id}")
async def get_payment(payment_id: UUID, scope: Reader, session: Reading) -> PaymentView:
    """Give one payment."""
    found = await payment(scope, session, PaymentId(payment_id))
    if found is None:
        raise not_found("payment")
    return found
