"""Tells sites once more when a release tells more of them than the one before.

Others keep copies of sites from events; without this a new field would reach a copy only when
somebody saves its site.
"""

import asyncio
from dataclasses import dataclass

import structlog
from messaging.failures import is_outage
from messaging.outbox import Outbox
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from customers.handlers.sites import announce_next
from customers.storage.sites import SqlSiteRepository
from customers.storage.tables import messaging

_REST = 5.0
"""Seconds before it is tried again after a failure."""

_log = structlog.get_logger("customers.announcer")


@dataclass(frozen=True, slots=True)
class Announcer:
    """Any number may run beside each other."""

    sessions: async_sessionmaker[AsyncSession]

    async def run(self) -> None:
        """Tell all sites that were told as less, then end."""
        while True:
            try:
                if not await self.once():
                    return
            except Exception as error:  # noqa: BLE001 - logged, and tried again
                if is_outage(error):
                    _log.warning("database away", error=str(error))
                else:
                    _log.exception("sites could not be told again")
                await asyncio.sleep(_REST)

    async def once(self) -> bool:
        """Tell one; false when there is none left."""
        async with self.sessions.begin() as session:
            outbox = Outbox("customers", messaging.outbox)
            told = await announce_next(SqlSiteRepository(session), outbox)
            await outbox.write(session)
        return told
