"""Ends drafts' holds whose time is over (IN-11)."""

import asyncio
import random

import structlog
from chassis.runtime import Runtime
from messaging.failures import is_conflict, is_outage
from messaging.outbox import Outbox

from catalog.handlers.holds import expire_holds
from catalog.storage.tables import messaging
from catalog.storage.unit_of_work import SqlUnitOfWork

AT_ONCE = 50
"""Holds that one transaction ends: few, so that it does not keep shelves locked for long."""
_REST = 1.0
"""Seconds between two looks; a hold ends at most that much late."""

_log = structlog.get_logger("catalog.expiry")


async def end_expired_holds(runtime: Runtime) -> None:
    """End expired holds until cancelled; any number of processes may do so at the same time."""
    while True:
        try:
            while await end_some(runtime) == AT_ONCE:
                pass
        except Exception as error:  # noqa: BLE001 - the next look does it
            if is_outage(error) or is_conflict(error):
                _log.warning("holds not looked at", error=repr(error))
            else:
                _log.exception("holds not ended")
        await asyncio.sleep(_REST * random.uniform(0.5, 1.0))  # noqa: S311 - jitter


async def end_some(runtime: Runtime) -> int:
    """End a batch of expired holds; gives how many."""
    outbox = Outbox(runtime.service.name, messaging.outbox)
    async with runtime.sessions.begin() as session:
        ended = await expire_holds(SqlUnitOfWork(session, outbox), at_most=AT_ONCE)
        await outbox.write(session)
    if ended:
        runtime.committed()
    return ended
