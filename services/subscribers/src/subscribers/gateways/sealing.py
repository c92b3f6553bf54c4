"""Seals what was written by a release without a seal, or with a key that is to go."""

import asyncio
from uuid import UUID

import structlog
from messaging.failures import is_outage
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from subscribers.gateways.seal import Seal, Unreadable
from subscribers.storage.tables import secrets

_PAGE = 100
_REST = 1.0

_log = structlog.get_logger("subscribers.sealing")


async def seal_all(sessions: async_sessionmaker[AsyncSession], seal: Seal) -> None:
    """Seal every secret with the first key that is not."""
    after: UUID | None = None
    while True:
        async with sessions.begin() as session:
            after = await _seal_some(session, seal, after)
        if after is None:
            return


async def seal_once(sessions: async_sessionmaker[AsyncSession], seal: Seal) -> None:
    """Seal them all, at once or as soon as the database is there."""
    while True:
        try:
            return await seal_all(sessions, seal)
        except Exception as error:
            if not is_outage(error):
                raise
            _log.warning("database away", error=str(error))
            await asyncio.sleep(_REST)


async def _seal_some(session: AsyncSession, seal: Seal, after: UUID | None) -> UUID | None:
    """Seal a page of secrets; gives the last of them, none when it was the last page."""
    query = select(secrets.c.secret_id, secrets.c.endpoint_id, secrets.c.secret)
    query = query.order_by(secrets.c.secret_id).limit(_PAGE).with_for_update()
    rows = (
        await session.execute(query if after is None else query.where(secrets.c.secret_id > after))
    ).all()
    for row in rows:
        if seal.is_new(row.secret):
            continue
        try:
            anew = seal.close(seal.open(row.secret))
        except Unreadable:
            _log.error("no key opens a secret", endpoint_id=str(row.endpoint_id))
            continue
        statement = update(secrets).where(secrets.c.secret_id == row.secret_id)
        await session.execute(statement.values(secret=anew))
    return rows[-1].secret_id if len(rows) == _PAGE else None
