"""Comparisons that someone asks for."""

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from payments.storage.reconciliation_tables import reconciliations


class SqlReconciliationRepository:
    """Takes down what is to be compared."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def request(self, hours: int, requested_by: str) -> int:
        statement = insert(reconciliations).values(
            state="requested", hours=hours, requested_by=requested_by
        )
        row = await self._session.execute(statement.returning(reconciliations.c.run_id))
        return row.scalar_one()
