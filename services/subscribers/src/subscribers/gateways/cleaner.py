"""Deletes what is old: the delivery log, and the archive where it is a table."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog
from messaging.failures import is_outage
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from subscribers.storage.queueing import forget_archived, forget_settled

_CLEANING = 600.0
"""Seconds between two cleanings."""
AT_MOST = 1000
"""Rows deleted in one transaction."""

_log = structlog.get_logger("subscribers.cleaner")


async def clean_forever(
    sessions: async_sessionmaker[AsyncSession],
    deliveries: timedelta,
    archive: tuple[timedelta, int],
) -> None:
    """Clean every ten minutes until cancelled.

    Args:
        sessions: Open the transactions, one for each small batch.
        deliveries: How long settled deliveries are kept.
        archive: How long archived events are kept, and how many at most.
    """
    while True:
        await asyncio.sleep(_CLEANING * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
        try:
            await clean(sessions, deliveries, archive)
        except Exception as error:  # noqa: BLE001 - the next cleaning does it
            if is_outage(error):
                _log.warning("database away", error=str(error))
            else:
                _log.exception("not cleaned")


async def clean(
    sessions: async_sessionmaker[AsyncSession],
    deliveries: timedelta,
    archive: tuple[timedelta, int],
) -> None:
    """Clean once, in small batches."""
    await _in_batches(sessions, lambda s: forget_settled(s, deliveries, at_most=AT_MOST))
    await _in_batches(sessions, lambda s: forget_archived(s, *archive, at_most=AT_MOST))


async def _in_batches(
    sessions: async_sessionmaker[AsyncSession], forget: Callable[[AsyncSession], Awaitable[int]]
) -> None:
    forgotten = AT_MOST
    while forgotten == AT_MOST:
        async with sessions.begin() as session:
            forgotten = await forget(session)
