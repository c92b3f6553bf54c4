"""Payments as staff see them: only those of their sites."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.scope import Scope
from contracts.values import CustomerId, Money, OrderId, PaymentId
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row, Select, case, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from payments.domain.methods import days_to_pay
from payments.queries.scoped import within
from payments.storage.tables import operations, payments, sites

TOO_LONG = timedelta(minutes=15)
"""How long a gateway may owe an answer before someone should look at the payment."""

_ATTENTION = payments.c.open_since < func.now() - TOO_LONG
_SHOWN = (
    "operation_id",
    "kind",
    "amount",
    "outcome",
    "reason",
    "refusal_code",
    "refusal_detail",
    "staff_id",
    "at",
)
_BUILT = func.jsonb_build_object(*(part for n in _SHOWN for part in (n, operations.c[n])))
_OPERATIONS = (
    select(func.jsonb_agg(aggregate_order_by(_BUILT, operations.c.seq)))
    .where(operations.c.payment_id == payments.c.payment_id)
    .correlate(payments)
    .scalar_subquery()
)


class RefusalView(BaseModel):
    """Why a payment was declined.

    Attributes:
        limit: What the customer may have open, where that is the reason; and what is
            (``open_sum``).
    """

    model_config = ConfigDict(frozen=True)

    code: str
    detail: str
    limit: Money | None = None
    open_sum: Money | None = None


class ActionView(BaseModel):
    """What the customer has to do.

    Attributes:
        url: Where the customer is sent; none when the gateway's script shows it.
        secret: What that script needs; useless without the site's public key.
    """

    model_config = ConfigDict(frozen=True)

    url: str | None
    secret: str | None


class OperationView(BaseModel):
    """Something that was asked of a payment.

    Attributes:
        kind: authorise, capture, refund, void, or lower: less is expected from outside.
        outcome: asked, done or refused.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    kind: str
    amount: Money
    outcome: str
    reason: str | None
    refusal: RefusalView | None
    staff_id: str | None
    at: datetime


class PaymentView(BaseModel):
    """A payment. The gateway's token is never shown.

    Attributes:
        state: requested and calling are on the way; the others are told as events.
        authorised: Set aside at first, or expected from outside; so what was ``captured``,
            ``refunded`` and ``voided`` of it; less expected later on is ``voided``.
        net_days: Within how many days a purchase order is paid.
        due_on: When that is, by the site's calendar.
        action: What the customer has to do before the money is set aside (3-D Secure).
        operations: What was asked of it, in that order, each as it stands.
        attention: Since when a gateway owes an answer for too long; see ``?attention=true``.
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
    authorised: Money
    captured: Money
    refunded: Money
    voided: Money
    customer_id: CustomerId | None
    terms: dict[str, str] | None
    net_days: int | None
    due_on: date | None
    gateway: str | None
    action: ActionView | None
    operations: Sequence[OperationView]
    state: str
    version: int
    refusal: RefusalView | None
    reference: str | None
    trouble: str | None
    attention: datetime | None
    created_at: datetime
    changed_at: datetime


async def payment(scope: Scope, session: AsyncSession, payment_id: PaymentId) -> PaymentView | None:
    """Give a payment; none when it is unknown or of a site out of scope."""
    query = _seen(scope).where(payments.c.payment_id == payment_id)
    row = (await session.execute(query)).first()
    return None if row is None else _view(row)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which payments are wanted.

    Attributes:
        attention: Only those whose gateway owes an answer for longer than ``TOO_LONG``.
        after: The place of arrival behind which they begin.
    """

    order_id: OrderId | None
    attention: bool
    after: int
    limit: int


async def list_payments(
    scope: Scope, session: AsyncSession, wanted: Wanted
) -> Sequence[tuple[int, PaymentView]]:
    """List payments by their place of arrival."""
    query = _seen(scope).where(payments.c.seq > wanted.after)
    query = query.order_by(payments.c.seq).limit(wanted.limit)
    if wanted.order_id is not None:
        query = query.where(payments.c.order_id == wanted.order_id)
    if wanted.attention:
        query = query.where(_ATTENTION)
    return [(row.seq, _view(row)) for row in await session.execute(query)]


def _seen(scope: Scope) -> Select[Any]:
    """Leave out the marks of voids that came first: they are of no site."""
    attention = case((_ATTENTION, payments.c.open_since))
    return (
        select(
            payments,
            sites.c.code,
            sites.c.time_zone,
            attention.label("attention"),
            _OPERATIONS.label("operations"),
        )
        .join(sites, sites.c.site_id == payments.c.site_id)
        .where(within(scope, payments.c.site_id))
    )


def _view(row: Row[Any]) -> PaymentView:
    def money(minor: int) -> Money:
        return Money(minor, row.currency)

    days = days_to_pay(row.terms) if row.net_days is None else row.net_days
    begun = row.created_at.astimezone(ZoneInfo(row.time_zone)).date()
    return PaymentView(
        id=row.payment_id,
        order_id=row.order_id,
        site=row.code,
        method=row.method,
        amount=money(row.amount),
        authorised=money(row.authorised),
        captured=money(row.captured),
        refunded=money(row.refunded),
        voided=money(row.voided),
        customer_id=row.customer_id,
        terms=row.terms,
        net_days=days,
        due_on=None if days is None else begun + timedelta(days=days),
        gateway=row.gateway,
        action=ActionView(**row.action) if row.action else None,
        operations=_operations(row.operations or (), row.currency),
        state=row.state,
        version=row.version,
        refusal=_refusal(row.refusal_code, row.refusal_detail, row.refusal_sums, row.currency),
        reference=row.reference,
        trouble=row.trouble,
        attention=row.attention,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def _refusal(
    code: str | None,
    detail: str | None,
    sums: dict[str, int] | None = None,
    currency: str = "",
) -> RefusalView | None:
    if code is None:
        return None
    known = {name: Money(minor, currency) for name, minor in (sums or {}).items()}
    return RefusalView(code=code, detail=detail or "", **known)


def _operations(logged: Iterable[dict[str, Any]], currency: str) -> list[OperationView]:
    """Give each operation as its last entry says."""
    found: dict[str, OperationView] = {}
    for one in logged:
        code, detail = one.pop("refusal_code"), one.pop("refusal_detail")
        one["amount"] = Money(one["amount"], currency)
        one["id"] = one.pop("operation_id")
        found[one["id"]] = OperationView(**one, refusal=_refusal(code, detail))
    return list(found.values())
