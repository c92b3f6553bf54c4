"""Endpoints in the database, each locked while it is used."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.patterns import Pattern
from sqlalchemy import RowMapping, case, delete, exists, func, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from subscribers.domain.delivery import State
from subscribers.domain.endpoint import Endpoint, Secret
from subscribers.storage.tables import deliveries, endpoints, secrets


class SqlEndpointRepository:
    """Loads an endpoint under its row lock, which also orders what is queued for it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def now(self) -> datetime:
        found: datetime = (await self._session.execute(select(func.now()))).scalar_one()
        return found

    async def add(self, endpoint: Endpoint) -> None:
        row = {"endpoint_id": endpoint.endpoint_id, **_columns(endpoint)}
        await self._session.execute(insert(endpoints).values(row))
        await self._keep_secrets(endpoint)

    async def get(self, endpoint_id: UUID) -> Endpoint | None:
        query = select(endpoints).where(endpoints.c.endpoint_id == endpoint_id).with_for_update()
        row = (await self._session.execute(query)).mappings().one_or_none()
        if row is None:
            return None
        return endpoint_of(row, await secrets_of(self._session, endpoint_id))

    async def save(self, endpoint: Endpoint) -> None:
        statement = update(endpoints).where(endpoints.c.endpoint_id == endpoint.endpoint_id)
        await self._session.execute(statement.values(_columns(endpoint)))
        await self._keep_secrets(endpoint)

    async def remove(self, endpoint_id: UUID) -> bool:
        statement = (
            delete(endpoints)
            .where(endpoints.c.endpoint_id == endpoint_id)
            .returning(endpoints.c.endpoint_id)
        )
        return (await self._session.execute(statement)).one_or_none() is not None

    async def due(self, endpoint_id: UUID, rest: timedelta = timedelta(0)) -> datetime | None:
        # The row is locked already, so this statement sees all that was queued before.
        waiting = exists().where(
            deliveries.c.endpoint_id == endpoint_id, deliveries.c.state == State.WAITING.value
        )
        # By the clock, not by the transaction's start: two leases in one are two.
        at = case((waiting, func.clock_timestamp() + rest), else_=null())
        statement = update(endpoints).where(endpoints.c.endpoint_id == endpoint_id)
        moved = statement.values(due_at=at).returning(endpoints.c.due_at)
        found: datetime | None = (await self._session.execute(moved)).scalar_one_or_none()
        return found

    async def _keep_secrets(self, endpoint: Endpoint) -> None:
        kept = [one.secret_id for one in endpoint.secrets]
        mine = secrets.c.endpoint_id == endpoint.endpoint_id
        await self._session.execute(delete(secrets).where(mine, secrets.c.secret_id.not_in(kept)))
        for one in endpoint.secrets:
            row = asdict(one)
            row["secret"] = row.pop("sealed")
            statement = insert(secrets).values({**row, "endpoint_id": endpoint.endpoint_id})
            statement = statement.on_conflict_do_update(
                index_elements=[secrets.c.secret_id], set_={"expires_at": one.expires_at}
            )
            await self._session.execute(statement)


async def secrets_of(session: AsyncSession, endpoint_id: UUID) -> list[Secret]:
    """Give an endpoint's secrets, the oldest first, without those that have run out."""
    query = (
        select(secrets.c.secret_id, secrets.c.secret, secrets.c.created_at, secrets.c.expires_at)
        .where(
            secrets.c.endpoint_id == endpoint_id,
            or_(secrets.c.expires_at.is_(None), secrets.c.expires_at > func.now()),
        )
        .order_by(secrets.c.created_at, secrets.c.secret_id)
    )
    return [Secret(*row) for row in (await session.execute(query)).all()]


def endpoint_of(row: RowMapping, signing: list[Secret]) -> Endpoint:
    """Build an endpoint from its row."""
    return Endpoint(
        endpoint_id=row["endpoint_id"],
        name=row["name"],
        url=row["url"],
        types=tuple(Pattern(text) for text in row["types"]),
        since=row["since"],
        secrets=signing,
        after=row["after"],
        replays=row["replays"],
        failing_since=row["failing_since"],
        disabled=row["disabled"],
        disabled_at=row["disabled_at"],
        version=row["version"],
    )


def _columns(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "name": endpoint.name,
        "url": endpoint.url,
        "types": [pattern.text for pattern in endpoint.types],
        "since": endpoint.since,
        "after": endpoint.after,
        "replays": endpoint.replays,
        "failing_since": endpoint.failing_since,
        "disabled": endpoint.disabled,
        "disabled_at": endpoint.disabled_at,
        "version": endpoint.version,
    }
