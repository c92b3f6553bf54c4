"""Payments as staff see them: only those of their sites."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chassis.scope import Scope
from contracts.values import Money, OrderId, PaymentId
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from payments.queries.scoped import within
from payments.storage.tables import payments, sites


class RefusalView(BaseModel):
    """Why a payment was declined."""

    model_config = ConfigDict(frozen=True)

    code: str
    detail: str


class PaymentView(BaseModel):
    """A payment. The gateway's token is never shown.

    Attributes:
        state: requested, calling, capturing and voiding are on the way; the others are told as
            events.
        version: Number of the events about it.
        void_asked: It is voided as soon as its outcome is known.
        reference: The gateway's own name of it.
        trouble: Why the gateway's last answer is not known.
    """

    model_config = ConfigDict(frozen=True)

    id: PaymentId
    order_id: OrderId
    site: str
    method: str
    amount: Money
    terms: dict[str, str] | None
    state: str
    version: int
    refusal: RefusalView | None
    void_asked: bool
    reference: str | None
    trouble: str | None
    created_at: datetime
    changed_at: datetime


async def payment(scope: Scope, session: AsyncSession, payment_id: PaymentId) -> PaymentView | None:
    """Give a payment; none when it is unknown or of a site out of scope."""
    query = _seen(scope).where(payments.c.payment_id == payment_id)
    row = (await session.execute(query)).first()
    return None if row is None else _view(row)


async def list_payments(
    scope: Scope, session: AsyncSession, *, order_id: OrderId | None, after: int, limit: int
) -> Sequence[tuple[int, PaymentView]]:
    """List payments by their place of arrival, at most ``limit``, those behind ``after``."""
    query = _seen(scope).where(payments.c.seq > after).order_by(payments.c.seq).limit(limit)
    if order_id is not None:
        query = query.where(payments.c.order_id == order_id)
    return [(row.seq, _view(row)) for row in await session.execute(query)]


def _seen(scope: Scope) -> Select[Any]:
    """Leave out the marks of voids that came first: they are of no site."""
    return (
        select(payments, sites.c.code)
        .join(sites, sites.c.site_id == payments.c.site_id)
        .where(within(scope, payments.c.site_id))
    )


def _view(row: Row[Any]) -> PaymentView:
    refusal = None
    if row.refusal_code is not None:
        refusal = RefusalView(code=row.refusal_code, detail=row.refusal_detail)
    return PaymentView(
        id=row.payment_id,
        order_id=row.order_id,
        site=row.code,
        method=row.method,
        amount=Money(row.amount, row.currency),
        terms=row.terms,
        state=row.state,
        version=row.version,
        refusal=refusal,
        void_asked=row.void_asked,
        reference=row.reference,
        trouble=row.trouble,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
