"""The delivery log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.scope import Scope
from pydantic import BaseModel, ConfigDict
from pydantic_core import from_json
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from subscribers.domain.delivery import State
from subscribers.queries.scoped import sees_everything
from subscribers.storage.tables import attempts, deliveries

_LISTED = [column for column in deliveries.c if column.name != "body"]


class DeliveryView(BaseModel):
    """An event for an endpoint, and what has become of it.

    Attributes:
        position: In the archive; none for a test.
        reason: Why it was parked or skipped.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    endpoint_id: UUID
    event_id: UUID
    type: str
    position: int | None
    state: State
    reason: str | None
    attempts: int
    created_at: datetime
    settled_at: datetime | None


class AttemptView(BaseModel):
    """One attempt.

    Attributes:
        status: The HTTP status; none when there was no answer.
        error: Why it failed; none when it was taken.
        response: The beginning of the answer, at most 1 kB.
    """

    model_config = ConfigDict(frozen=True)

    number: int
    at: datetime
    milliseconds: int
    status: int | None
    error: str | None
    response: str


class DeliveryDetail(DeliveryView):
    """A delivery with the event as it is sent, and every attempt."""

    event: Any
    log: list[AttemptView]


async def list_deliveries(  # noqa: PLR0913 - each narrows the list
    scope: Scope,
    session: AsyncSession,
    endpoint_id: UUID,
    *,
    state: State | None,
    before: int | None,
    limit: int,
) -> Sequence[DeliveryView]:
    """List an endpoint's deliveries, the newest first."""
    sees_everything(scope)
    query = select(*_LISTED).where(deliveries.c.endpoint_id == endpoint_id)
    if state is not None:
        query = query.where(deliveries.c.state == state.value)
    if before is not None:
        query = query.where(deliveries.c.delivery_id < before)
    query = query.order_by(deliveries.c.delivery_id.desc()).limit(limit)
    return [DeliveryView(**_fields(row)) for row in (await session.execute(query)).all()]


async def delivery(scope: Scope, session: AsyncSession, delivery_id: int) -> DeliveryDetail | None:
    """Give one delivery with its log."""
    sees_everything(scope)
    query = select(deliveries).where(deliveries.c.delivery_id == delivery_id)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    tried = (
        select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.number)
    )
    log = [AttemptView(**_attempt(one)) for one in (await session.execute(tried)).all()]
    return DeliveryDetail(**_fields(row), event=from_json(row.body), log=log)


def _fields(row: Row[Any]) -> dict[str, Any]:
    names = DeliveryView.model_fields
    return {"id": row.delivery_id} | {n: getattr(row, n) for n in names if n != "id"}


def _attempt(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in AttemptView.model_fields}
