"""Endpoints as staff see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.scope import Scope
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from subscribers.domain.delivery import State
from subscribers.queries.scoped import sees_everything
from subscribers.storage.queueing import MOST_WAITING
from subscribers.storage.tables import deliveries, endpoints, secrets


class SecretView(BaseModel):
    """A secret that signs, without what it is.

    Attributes:
        expires_at: When it stops to sign; none: not before it is replaced.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    created_at: datetime
    expires_at: datetime | None


class DisabledView(BaseModel):
    """Why and when an endpoint was disabled."""

    model_config = ConfigDict(frozen=True)

    reason: str
    at: datetime


class EndpointView(BaseModel):
    """An endpoint.

    Attributes:
        since: It gets nothing that happened before.
        position: In the archive: up to there its events are queued; none: nothing since ``since``.
        waiting: Events queued and not yet taken, at most 1,000; the rest waits in the archive.
        next_attempt_at: When what waits first is sent (again).
        failing_since: The first failure after its last success.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    url: str
    types: list[str]
    disabled: DisabledView | None
    since: datetime
    position: int | None
    waiting: int
    next_attempt_at: datetime | None
    failing_since: datetime | None
    secrets: list[SecretView]
    version: int
    created_at: datetime


async def endpoint(scope: Scope, session: AsyncSession, endpoint_id: UUID) -> EndpointView | None:
    """Give one endpoint."""
    sees_everything(scope)
    row = (
        await session.execute(_query().where(endpoints.c.endpoint_id == endpoint_id))
    ).one_or_none()
    return None if row is None else (await _views(session, [row]))[0]


async def list_endpoints(
    scope: Scope, session: AsyncSession, *, after: int, limit: int
) -> Sequence[tuple[int, EndpointView]]:
    """List endpoints in the order of their registration, with the place of each."""
    sees_everything(scope)
    query = _query().where(endpoints.c.seq > after).order_by(endpoints.c.seq).limit(limit)
    rows = (await session.execute(query)).all()
    views = await _views(session, rows)
    return [(row.seq, view) for row, view in zip(rows, views, strict=True)]


def _query() -> Select[Any]:
    waiting = (
        select(deliveries.c.delivery_id)
        .where(
            deliveries.c.endpoint_id == endpoints.c.endpoint_id,
            deliveries.c.state == State.WAITING.value,
        )
        .limit(MOST_WAITING)
        .correlate(endpoints)
        .subquery()
    )
    counted = select(func.count()).select_from(waiting).scalar_subquery()
    found: Select[Any] = select(endpoints, counted.label("waiting"))
    return found


async def _views(session: AsyncSession, rows: Sequence[Row[Any]]) -> list[EndpointView]:
    kept: dict[UUID, list[SecretView]] = {row.endpoint_id: [] for row in rows}
    query = (
        select(
            secrets.c.endpoint_id, secrets.c.secret_id, secrets.c.created_at, secrets.c.expires_at
        )
        .where(
            secrets.c.endpoint_id.in_(kept),
            func.coalesce(secrets.c.expires_at > func.now(), True),
        )
        .order_by(secrets.c.created_at, secrets.c.secret_id)
    )
    for one in (await session.execute(query)).all():
        view = SecretView(id=one.secret_id, created_at=one.created_at, expires_at=one.expires_at)
        kept[one.endpoint_id].append(view)
    return [_view(row, kept[row.endpoint_id]) for row in rows]


def _view(row: Row[Any], signing: list[SecretView]) -> EndpointView:
    disabled = None
    if row.disabled is not None:
        disabled = DisabledView(reason=row.disabled, at=row.disabled_at)
    return EndpointView(
        id=row.endpoint_id,
        name=row.name,
        url=row.url,
        types=row.types,
        disabled=disabled,
        since=row.since,
        position=row.after,
        waiting=row.waiting,
        next_attempt_at=None if disabled else row.due_at,
        failing_since=row.failing_since,
        secrets=signing,
        version=row.version,
        created_at=row.created_at,
    )
