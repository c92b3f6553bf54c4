"""What comparisons of the books have found."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chassis.scope import Scope
from contracts.values import OrderId, PaymentId
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from payments.storage.reconciliation_tables import reconciliations


class FindingView(BaseModel):
    """One thing that does not agree.

    Attributes:
        trouble: missing-at-gateway, unknown-to-us, held-twice, amounts-differ, held-for-nothing or
            paid-too-much.
        amounts: The sums that disagree, in minor units, by name.
    """

    model_config = ConfigDict(frozen=True)

    trouble: str
    gateway: str | None
    payment_id: PaymentId | None
    order_id: OrderId | None
    reference: str | None
    amounts: Mapping[str, int]


class ReconciliationView(BaseModel):
    """A comparison of the books.

    Attributes:
        state: requested, done or failed.
        compared: Payments of ours that were compared.
        trouble: Why it failed.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    state: str
    hours: int
    requested_by: str | None
    requested_at: datetime
    ended_at: datetime | None
    compared: int | None
    findings: Sequence[FindingView]
    trouble: str | None


async def reconciliation(
    scope: Scope, session: AsyncSession, run_id: int
) -> ReconciliationView | None:
    """Give a run; they are about all sites, so that none is seen by staff of some."""
    if scope.sites is not None:
        return None
    query = select(reconciliations).where(reconciliations.c.run_id == run_id)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else _view(row)


async def list_reconciliations(
    scope: Scope, session: AsyncSession, *, before: int | None, limit: int
) -> Sequence[ReconciliationView]:
    """List runs, newest first: ``limit`` at most, those before a run."""
    if scope.sites is not None:
        return []
    query = select(reconciliations).order_by(reconciliations.c.run_id.desc()).limit(limit)
    if before is not None:
        query = query.where(reconciliations.c.run_id < before)
    return [_view(row) for row in await session.execute(query)]


def _view(row: Row[Any]) -> ReconciliationView:
    return ReconciliationView(
        id=row.run_id,
        state=row.state,
        hours=row.hours,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        ended_at=row.ended_at,
        compared=row.compared,
        findings=[FindingView(**finding) for finding in row.findings or ()],
        trouble=row.trouble,
    )
