"""Payments in the database, locked while they are used."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from contracts.values import Money, OrderId, PaymentId, SiteId
from messaging.outbox import Outbox
from sqlalchemy import RowMapping, Select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from payments.domain.amounts import Amounts
from payments.domain.gateway import Action
from payments.domain.methods import No
from payments.domain.operations import Kind, Operation, Outcome
from payments.domain.payment import Payment
from payments.domain.record import AT_ONCE, Order
from payments.domain.states import State
from payments.domain.waiting import Asking, Waiting
from payments.storage.due import wake_after_commit
from payments.storage.payment_statements import (
    ADDING_TO,
    BEGIN,
    BY_REFERENCE,
    CLAIM,
    LOCKED,
    LOG,
    LOGGED,
    OF_ORDER,
    SAVE,
)
from payments.storage.tables import webhook_events


class SqlPaymentRepository:
    """Loads payments under their row lock."""

    def __init__(self, session: AsyncSession, outbox: Outbox) -> None:
        self._session = session
        self._outbox = outbox

    async def get(self, payment_id: PaymentId) -> Payment | None:
        return await self._locked(LOCKED, of_payment=payment_id)

    async def of_order(self, order_id: OrderId) -> Sequence[Payment]:
        rows = await self._session.execute(OF_ORDER, {"of_order": order_id})
        return [_payment(row, {}) for row in rows.mappings()]

    async def beside(self, order_id: OrderId, payment_id: PaymentId) -> Sequence[Payment]:
        await self._session.execute(ADDING_TO, {"of_order": str(order_id)})
        return [one for one in await self.of_order(order_id) if one.payment_id != payment_id]

    async def by_reference(self, gateway: str, reference: str) -> Payment | None:
        return await self._locked(BY_REFERENCE, known_as=reference, at=gateway)

    async def begin(self, payment: Payment) -> Payment:
        if (await self._session.execute(BEGIN, _parameters(payment))).one_or_none() is not None:
            await self._append(payment)
            self._wake_for(payment)
            return payment
        standing = await self.get(payment.payment_id)
        if standing is None:
            raise LookupError(f"payment {payment.payment_id} has gone")
        return standing

    async def save(self, payment: Payment) -> None:
        await self._session.execute(SAVE, _parameters(payment))
        await self._append(payment)
        self._wake_for(payment)

    async def hear(self, gateway: str, event_id: str, kind: str, payment_id: UUID | None) -> bool:
        statement = (
            insert(webhook_events)
            .values(gateway=gateway, event_id=event_id, type=kind, payment_id=payment_id)
            .on_conflict_do_nothing()
            .returning(webhook_events.c.event_id)
        )
        return (await self._session.execute(statement)).first() is not None

    async def _locked(self, query: Select[*tuple[Any, ...]], **known: object) -> Payment | None:
        row = (await self._session.execute(query, known)).mappings().one_or_none()
        if row is None:
            return None
        return _payment(row, await _logged_of(self._session, [row["payment_id"]]))

    async def _append(self, payment: Payment) -> None:
        """Write what was asked and what ended; the rows of earlier transactions stand."""
        staff_id = self._outbox.cause.staff_id
        rows = [_logged(payment, one) | {"staff_id": staff_id} for one in payment.log]
        if rows:
            await self._session.execute(LOG, rows)
        payment.log.clear()

    def _wake_for(self, payment: Payment) -> None:
        if payment.step is not None and payment.rest == AT_ONCE:
            wake_after_commit(self._session)
        payment.rest = None


async def claim(session: AsyncSession, *, at_most: int, lease: timedelta) -> Sequence[Payment]:
    """Take payments whose gateway call is due, the longest waiting first.

    Whoever takes one has it for ``lease``, by the database's clock; after that it is due again.
    """
    given = {"at_most": at_most, "lease": lease}
    rows = (await session.execute(CLAIM, given)).mappings().all()
    logged = await _logged_of(session, [row["payment_id"] for row in rows]) if rows else {}
    return [_payment(row, logged) for row in rows]


async def _logged_of(
    session: AsyncSession, payment_ids: Sequence[UUID]
) -> dict[UUID, dict[UUID, Operation]]:
    """Give the operations of payments, each as its last entry says, in the order of the asking.

    The payments must be locked before: a statement that waits for the lock and reads the log as
    well would see the log as it was before the wait.
    """
    found: dict[UUID, dict[UUID, Operation]] = {}
    rows = await session.execute(LOGGED, {"of_payments": list(payment_ids)})
    for row in rows.mappings():
        found.setdefault(row["payment_id"], {})[row["operation_id"]] = _operation(row)
    return found


def _parameters(payment: Payment) -> dict[str, Any]:
    """Give what ``BEGIN`` and ``SAVE`` write of a payment."""
    columns = {f"p_{name}": value for name, value in _columns(payment).items()}
    return {**columns, "p_payment_id": payment.payment_id, **_times(payment)}


def _times(payment: Payment) -> dict[str, Any]:
    """Give when the gateway is to be called, and whether the present step begins or ends.

    It is never called, when nothing is left to do there; it stays due as it is, when nothing was
    said of that.
    """
    ended = payment.step is None
    return {
        "due_in": None if ended else payment.rest or AT_ONCE,
        "says_when": ended or payment.rest is not None,
        "opens": not ended and payment.rest == AT_ONCE and payment.calls == 0,
        "closes": ended,
    }


def _columns(payment: Payment) -> dict[str, Any]:
    order, refusal, sums = payment.order, payment.refusal, payment.amounts
    return {
        "state": payment.state.value,
        "version": payment.version,
        "order_id": order.order_id if order else None,
        "site_id": order.site_id if order else None,
        "method": order.method if order else None,
        "amount": order.amount.minor if order else None,
        "currency": order.amount.currency if order else None,
        "terms": order.terms if order else None,
        "customer_id": order.customer_id if order else None,
        "net_days": order.net_days if order else None,
        "gateway": payment.gateway,
        "authorised": sums.authorised,
        "captured": sums.captured,
        "refunded": sums.refunded,
        "voided": sums.voided,
        "token": payment.token,
        "action": asdict(payment.action) if payment.action else None,
        "refusal_code": refusal.code if refusal else None,
        "refusal_detail": refusal.detail if refusal else None,
        "refusal_sums": _sums(refusal),
        "calls": payment.calls,
        "reference": payment.reference,
        "trouble": payment.trouble,
        "waiting": [asdict(one) for one in payment.waiting],
    }


def _logged(payment: Payment, operation: Operation) -> dict[str, Any]:
    no = operation.refusal
    return {
        "payment_id": payment.payment_id,
        "operation_id": operation.id,
        "outcome": operation.outcome.value,
        "kind": operation.kind.value,
        "amount": operation.amount,
        "reason": operation.reason,
        "refusal_code": no.code if no else None,
        "refusal_detail": no.detail if no else None,
    }


def _payment(row: RowMapping, logged: Mapping[UUID, dict[UUID, Operation]]) -> Payment:
    return Payment(
        payment_id=PaymentId(row["payment_id"]),
        state=State(row["state"]),
        order=_order(row),
        gateway=row["gateway"],
        version=row["version"],
        token=row["token"],
        refusal=_refusal(row),
        calls=row["calls"],
        reference=row["reference"],
        trouble=row["trouble"],
        action=Action(**row["action"]) if row["action"] else None,
        amounts=Amounts(row["authorised"], row["captured"], row["refunded"], row["voided"]),
        operations=logged.get(row["payment_id"], {}),
        waiting=[_waiting(one) for one in row["waiting"]],
        since=row["created_at"],
    )


def _operation(row: RowMapping) -> Operation:
    return Operation(
        row["operation_id"],
        Kind(row["kind"]),
        row["amount"],
        Outcome(row["outcome"]),
        row["reason"],
        No(row["refusal_code"], row["refusal_detail"]) if row["refusal_code"] else None,
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
        row["customer_id"],
        row["net_days"],
    )


def _sums(refusal: No | None) -> dict[str, int] | None:
    if refusal is None or refusal.limit is None or refusal.open_sum is None:
        return None
    return {"limit": refusal.limit.minor, "open_sum": refusal.open_sum.minor}


def _refusal(row: RowMapping) -> No | None:
    if row["refusal_code"] is None:
        return None
    kept: dict[str, int] = row["refusal_sums"] or {}
    sums = {name: Money(minor, row["currency"]) for name, minor in kept.items()}
    return No(row["refusal_code"], row["refusal_detail"], **sums)


def _waiting(kept: Mapping[str, Any]) -> Waiting:
    return Waiting(**{**kept, "asking": Asking(kept["asking"])})
