"""Compares the books of the gateways with ours: when someone asks, and every now and then."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from contracts.values import OrderId, PaymentId
from messaging.failures import is_outage
from sqlalchemy import ColumnElement, RowMapping, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.sql.dml import ReturningUpdate

from payments.domain.amounts import Amounts
from payments.domain.gateway import Gateway, Listed
from payments.domain.reconciliation import Finding, Ours, Priced, compare, compare_orders
from payments.storage.order_tables import orders
from payments.storage.reconciliation_tables import reconciliations
from payments.storage.tables import payments

_LOOK = 1.0
"""Seconds between two looks for requested runs."""
_SETTLING = timedelta(minutes=1)
"""Payments that changed within it are left for the next run: the two sides are read one after the
other."""

_ABANDONED = timedelta(minutes=30)

_log = structlog.get_logger("payments.reconciler")


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Runs the requested comparisons, and one of its own every so often.

    Attributes:
        every: Between two runs that nobody asked for.
        hours: How far back those compare.
    """

    sessions: async_sessionmaker[AsyncSession]
    gateways: Mapping[str, Gateway]
    every: timedelta
    hours: int
    settling: timedelta = _SETTLING

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                await self.request_when_due()
                while await self.once():
                    pass
            except Exception as error:  # noqa: BLE001 - nothing may end this loop
                if is_outage(error):
                    _log.warning("database away", error=repr(error))
                else:
                    _log.exception("no comparison could be made")
            await asyncio.sleep(_LOOK)

    async def request_when_due(self) -> None:
        """Ask for a run when the last is too long ago; of several workers one does."""
        async with self.sessions.begin() as session:
            await session.execute(text("SELECT pg_advisory_xact_lock(7215001)"))
            newest = select(func.max(reconciliations.c.requested_at))
            last = (await session.execute(newest)).scalar_one()
            if last is None or last < datetime.now(UTC) - self.every:
                row = {"state": "requested", "hours": self.hours}
                await session.execute(insert(reconciliations).values(row))

    async def once(self) -> bool:
        """Carry out one requested run; false when there is none."""
        async with self.sessions.begin() as session:
            run = (await session.execute(_claiming())).one_or_none()
        if run is None:
            return False
        result = await self._result(timedelta(hours=run.hours))
        statement = update(reconciliations).where(reconciliations.c.run_id == run.run_id)
        async with self.sessions.begin() as session:
            await session.execute(statement.values(**result, ended_at=func.now()))
        return True

    async def _result(self, back: timedelta) -> dict[str, Any]:
        try:
            compared, findings = await self._compare(datetime.now(UTC) - back)
        except Exception as error:  # noqa: BLE001 - a gateway that is away is a result
            return {"state": "failed", "trouble": f"{type(error).__name__}: {error}"[:500]}
        if findings:
            _log.error("books differ", findings=len(findings))
        return {
            "state": "done",
            "compared": compared,
            "findings": [_written(finding) for finding in findings],
        }

    async def _compare(self, since: datetime) -> tuple[int, list[Finding]]:
        """Compare everything asked for since then; the gateways' side is read first."""
        listed = {
            name: [one async for one in gateway.listed(since)]
            for name, gateway in self.gateways.items()
        }
        findings: list[Finding] = []
        compared = 0
        async with self.sessions() as session:
            for name, theirs in listed.items():
                resting = await self._resting(session, name, since)
                known = await _known(session, theirs)
                unsettled = known - {one.payment_id for one in resting}
                settled = [one for one in theirs if one.payment_id not in unsettled]
                findings += compare(name, resting, settled, known)
                compared += len(resting)
            findings += await _order_findings(session, since)
        return compared, findings

    async def _resting(self, session: AsyncSession, name: str, since: datetime) -> list[Ours]:
        at_rest = payments.c.due_at.is_(None)
        long_enough = payments.c.changed_at < func.now() - self.settling
        here = payments.c.gateway == name
        return await _ours(session, here, at_rest, long_enough, payments.c.created_at >= since)


def _claiming() -> ReturningUpdate[Any, Any]:
    """Take the oldest run that nobody is at; whoever dies in one leaves it to be taken again."""
    left = reconciliations.c.started_at < func.now() - _ABANDONED
    open_ = reconciliations.c.ended_at.is_(None) & (reconciliations.c.started_at.is_(None) | left)
    oldest = (
        select(reconciliations.c.run_id)
        .where(open_)
        .order_by(reconciliations.c.run_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).scalar_subquery()
    return (
        update(reconciliations)
        .where(reconciliations.c.run_id == oldest)
        .values(started_at=func.now())
        .returning(reconciliations.c.run_id, reconciliations.c.hours)
    )


async def _ours(session: AsyncSession, *which: ColumnElement[bool]) -> list[Ours]:
    query = select(payments).where(payments.c.order_id.is_not(None), *which)
    return [_one(row) for row in (await session.execute(query)).mappings()]


def _one(row: RowMapping) -> Ours:
    sums = Amounts(row["authorised"], row["captured"], row["refunded"], row["voided"])
    return Ours(PaymentId(row["payment_id"]), OrderId(row["order_id"]), sums)


async def _known(session: AsyncSession, theirs: Sequence[Listed]) -> set[PaymentId]:
    ids = [one.payment_id for one in theirs if one.payment_id is not None]
    query = select(payments.c.payment_id).where(
        payments.c.payment_id.in_(ids), payments.c.order_id.is_not(None)
    )
    return {PaymentId(id_) for id_ in (await session.execute(query)).scalars()}


async def _order_findings(session: AsyncSession, since: datetime) -> list[Finding]:
    recent = select(payments.c.order_id).where(payments.c.created_at >= since)
    holding = await _ours(
        session,
        payments.c.order_id.in_(recent),
        payments.c.due_at.is_(None),
        payments.c.gateway.is_not(None) | (payments.c.captured > 0),
    )
    query = select(orders).where(orders.c.order_id.in_(recent))
    priced = [
        Priced(OrderId(row.order_id), row.total or 0, row.cancelled)
        for row in (await session.execute(query)).all()
    ]
    return compare_orders(holding, priced)


def _written(finding: Finding) -> dict[str, Any]:
    return {**asdict(finding), "trouble": finding.trouble.value}
