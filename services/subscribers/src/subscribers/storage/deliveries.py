"""Deliveries in the database: what waits, in order, and the log of what was sent."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from subscribers.domain.delivery import Delivery, Outcome, State, Test
from subscribers.storage.tables import attempts, deliveries

_COLUMNS = (
    deliveries.c.delivery_id,
    deliveries.c.endpoint_id,
    deliveries.c.event_id,
    deliveries.c.type,
    deliveries.c.body,
    deliveries.c.state,
    deliveries.c.attempts,
    deliveries.c.position,
)


class SqlDeliveryRepository:
    """Settles deliveries; the endpoint's row lock keeps two from settling the same."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, delivery_id: int) -> Delivery | None:
        query = select(*_COLUMNS).where(deliveries.c.delivery_id == delivery_id)
        row = (await self._session.execute(query)).one_or_none()
        return None if row is None else _delivery(row)

    async def add_test(self, test: Test, state: State) -> int:
        row = {
            "endpoint_id": test.endpoint_id,
            "replay": 0,
            "event_id": test.event_id,
            "type": test.type,
            "body": test.body,
            "state": state.value,
            "settled_at": func.now(),
        }
        statement = insert(deliveries).values(row).returning(deliveries.c.delivery_id)
        delivery_id: int = (await self._session.execute(statement)).scalar_one()
        return delivery_id

    async def supersede(self, endpoint_id: UUID) -> None:
        statement = (
            update(deliveries)
            .where(
                deliveries.c.endpoint_id == endpoint_id, deliveries.c.state == State.WAITING.value
            )
            .values(state=State.SUPERSEDED.value, settled_at=func.now())
        )
        await self._session.execute(statement)

    async def settle(self, delivery_id: int, state: State, reason: str | None = None) -> None:
        statement = (
            update(deliveries)
            .where(deliveries.c.delivery_id == delivery_id)
            .values(state=state.value, reason=reason, settled_at=func.now())
        )
        await self._session.execute(statement)

    async def log(self, delivery_id: int, outcome: Outcome) -> int:
        counted = (
            update(deliveries)
            .where(deliveries.c.delivery_id == delivery_id)
            .values(attempts=deliveries.c.attempts + 1)
            .returning(deliveries.c.attempts)
        )
        number: int = (await self._session.execute(counted)).scalar_one()
        row = {
            "delivery_id": delivery_id,
            "number": number,
            "at": outcome.at,
            "milliseconds": outcome.took // timedelta(milliseconds=1),
            "status": outcome.status,
            "error": outcome.error,
            "response": outcome.response,
        }
        await self._session.execute(insert(attempts).values(row))
        return number


async def next_waiting(session: AsyncSession, endpoint_id: UUID) -> Delivery | None:
    """Give what an endpoint gets next."""
    query: Select[int, UUID, UUID, str, bytes, str, int, int | None] = (
        select(*_COLUMNS)
        .where(deliveries.c.endpoint_id == endpoint_id, deliveries.c.state == State.WAITING.value)
        .order_by(deliveries.c.delivery_id)
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else _delivery(row)


def _delivery(row: Row[int, UUID, UUID, str, bytes, str, int, int | None]) -> Delivery:
    return Delivery(
        delivery_id=row.delivery_id,
        endpoint_id=row.endpoint_id,
        event_id=row.event_id,
        type=row.type,
        body=row.body,
        state=State(row.state),
        attempts=row.attempts,
        position=row.position,
    )
