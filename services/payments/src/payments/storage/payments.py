"""Payments in the database, locked while they are used."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from contracts.values import Money, OrderId, PaymentId, SiteId
from sqlalchemy import ColumnElement, RowMapping, case, func, null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from payments.domain.methods import No
from payments.domain.payment import (
    AT_ONCE,
    WHEN_CALLED,
    Asking,
    Order,
    Payment,
    State,
    Waiting,
)
from payments.storage.due import wake_after_commit
from payments.storage.tables import payments


class SqlPaymentRepository:
    """Loads payments under their row lock."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, payment_id: PaymentId) -> Payment | None:
        query = select(payments).where(payments.c.payment_id == payment_id).with_for_update()
        row = (await self._session.execute(query)).mappings().one_or_none()
        return None if row is None else _payment(row)

    async def begin(self, payment: Payment) -> Payment:
        statement = (
            insert(payments)
            .values(payment_id=payment.payment_id, **_columns(payment), due_at=_due(payment))
            .on_conflict_do_nothing(index_elements=[payments.c.payment_id])
            .returning(payments.c.payment_id)
        )
        if (await self._session.execute(statement)).one_or_none() is not None:
            self._wake_for(payment)
            return payment
        standing = await self.get(payment.payment_id)
        if standing is None:
            raise LookupError(f"payment {payment.payment_id} has gone")
        return standing

    async def save(self, payment: Payment) -> None:
        due = {} if payment.operation and payment.rest is None else {"due_at": _due(payment)}
        statement = (
            update(payments)
            .where(payments.c.payment_id == payment.payment_id)
            .values(**_columns(payment), **due, changed_at=func.now())
        )
        await self._session.execute(statement)
        self._wake_for(payment)

    def _wake_for(self, payment: Payment) -> None:
        if payment.operation is not None and payment.rest == AT_ONCE:
            wake_after_commit(self._session)
        payment.rest = None


async def claim(session: AsyncSession, *, at_most: int, lease: timedelta) -> Sequence[Payment]:
    """Take payments whose gateway call is due, the longest waiting first.

    Whoever takes one has it for ``lease``, by the database's clock; after that it is due again.
    """
    due = (
        select(payments.c.payment_id)
        .where(payments.c.due_at <= func.now())
        .order_by(payments.c.due_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    called = {before.value: after.value for before, after in WHEN_CALLED.items()}
    statement = (
        update(payments)
        .where(payments.c.payment_id == due.c.payment_id)
        .values(
            state=case(called, value=payments.c.state, else_=payments.c.state),
            calls=payments.c.calls + 1,
            due_at=func.now() + lease,
        )
        .returning(*payments.c)
    )
    return [_payment(row) for row in (await session.execute(statement)).mappings()]


def _due(payment: Payment) -> ColumnElement[Any]:
    """Give when the gateway is to be called; never, when nothing is left to do there."""
    if payment.operation is None:
        return null()
    return func.now() + (payment.rest or AT_ONCE)


def _columns(payment: Payment) -> dict[str, Any]:
    order, refusal = payment.order, payment.refusal
    return {
        "state": payment.state.value,
        "version": payment.version,
        "order_id": order.order_id if order else None,
        "site_id": order.site_id if order else None,
        "method": order.method if order else None,
        "amount": order.amount.minor if order else None,
        "currency": order.amount.currency if order else None,
        "terms": order.terms if order else None,
        "token": payment.token,
        "refusal_code": refusal.code if refusal else None,
        "refusal_detail": refusal.detail if refusal else None,
        "void_asked": payment.void_asked,
        "calls": payment.calls,
        "reference": payment.reference,
        "trouble": payment.trouble,
        "waiting": [asdict(one) for one in payment.waiting],
    }


def _payment(row: RowMapping) -> Payment:
    return Payment(
        payment_id=PaymentId(row["payment_id"]),
        state=State(row["state"]),
        order=_order(row),
        version=row["version"],
        token=row["token"],
        refusal=No(row["refusal_code"], row["refusal_detail"]) if row["refusal_code"] else None,
        void_asked=row["void_asked"],
        calls=row["calls"],
        reference=row["reference"],
        trouble=row["trouble"],
        waiting=[_waiting(one) for one in row["waiting"]],
    )


def _order(row: RowMapping) -> Order | None:
    if row["order_id"] is None:
        return None
    return Order(
        OrderId(row["order_id"]),
        SiteId(row["site_id"]),
        row["method"],
        Money(row["amount"], row["currency"]),
        row["terms"],
    )


def _waiting(kept: Mapping[str, Any]) -> Waiting:
    return Waiting(**{**kept, "asking": Asking(kept["asking"])})
