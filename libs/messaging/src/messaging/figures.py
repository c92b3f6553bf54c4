"""How a service's messaging stands: the figures that tell an operator of trouble first."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Double, Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from messaging.tables import MessagingTables

COUNTED = 10_000
"""Rows are counted up to here; a count that stands at this limit means "that many or more"."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one moment; ages in seconds, 0 when there is nothing.

    Attributes:
        outbox_rows: Messages that the broker has not confirmed, those put off included.
        outbox_oldest_seconds: How long the first of them that may leave has waited.
        parked_rows: Messages that wait for an operator.
        sagas_open: Processes under way.
        sagas_attention: Of these, those that wait for an operator.
        timers_late_seconds: By how much the most overdue timer is late.
    """

    outbox_rows: int
    outbox_oldest_seconds: float
    parked_rows: int
    sagas_open: int
    sagas_attention: int
    timers_late_seconds: float


async def read_figures(session: AsyncSession, tables: MessagingTables) -> Figures:
    """Read the figures in one statement, from indexes alone."""
    outbox, parked, saga = tables.outbox, tables.parked, tables.saga
    wanted = (
        _count(outbox),
        _age(outbox.c.available_at),
        _count(parked, parked.c.state == "parked"),
        _count(saga, saga.c.wake_at.is_not(None)),
        _count(saga, saga.c.attention.is_not(None)),
        _age(saga.c.wake_at),
    )
    row = (await session.execute(select(*(figure.scalar_subquery() for figure in wanted)))).one()
    return Figures(*row)


def _count(table: Table, *conditions: ColumnElement[bool]) -> Select[int]:
    some = select(1).select_from(table).where(*conditions).limit(COUNTED).subquery()
    return select(func.count()).select_from(some)


def _age(moment: ColumnElement[object]) -> Select[float]:
    age = func.extract("epoch", func.now() - func.min(moment)).cast(Double)
    return select(func.greatest(func.coalesce(age, 0.0), 0.0))
