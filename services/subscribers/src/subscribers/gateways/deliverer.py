"""Sends what waits: to each endpoint one event after the other, to many endpoints at once.

An endpoint is taken for a lease by the database's clock; whoever dies in an attempt leaves it to
be taken again, and the event is sent again under the same id. No transaction is open meanwhile.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from messaging.failures import is_outage
from messaging.faults import fault_point
from messaging.outbox import Outbox
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from subscribers.domain.delivery import Delivery, Outcome
from subscribers.domain.endpoint import Endpoint
from subscribers.domain.retries import Retries
from subscribers.gateways.letters import Letter
from subscribers.gateways.seal import Seal
from subscribers.gateways.sender import Sender
from subscribers.handlers.outcomes import Pace, settle
from subscribers.storage.deliveries import next_waiting
from subscribers.storage.queueing import Lease, give_back, leased, take_due
from subscribers.storage.tables import messaging
from subscribers.storage.unit_of_work import SqlUnitOfWork

AT_ONCE = 50
"""Endpoints that are sent to at the same time by one process."""
_IN_A_ROW = 20
"""Events sent to an endpoint before the next one gets its turn."""
_SETTLING = timedelta(seconds=15)
"""What a lease lasts beyond an attempt."""
_MIN_REST, _MAX_REST = 0.05, 2.0
"""Seconds between two looks; what this process archives or queues itself is seen at once."""

_log = structlog.get_logger("subscribers.deliverer")


@dataclass(slots=True)
class Deliverer:
    """Works off the endpoints that are due; any number may run beside each other.

    Attributes:
        committed: Called after each commit, to wake the relay.
        wake: Set it when something was queued, and the deliverer looks at once.
    """

    sessions: async_sessionmaker[AsyncSession]
    sender: Sender
    seal: Seal
    retries: Retries = field(default_factory=Retries)
    committed: Callable[[], None] = lambda: None
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: int = AT_ONCE
    _running: int = 0
    _stopping: bool = False

    async def run(self) -> None:
        """Send until cancelled; attempts that have begun are brought to their end first."""
        async with asyncio.TaskGroup() as sending:
            with contextlib.suppress(asyncio.CancelledError):
                await self._take_forever(sending)
            self._stopping = True
        raise asyncio.CancelledError

    async def once(self) -> int:
        """Serve the endpoints that are due, and wait for it; gives how many they were."""
        taken = await self._take(self.at_once)
        async with asyncio.TaskGroup() as sending:
            for lease in taken:
                sending.create_task(self._serve(lease))
        return len(taken)

    async def _take_forever(self, sending: asyncio.TaskGroup) -> None:
        rest = _MIN_REST
        while True:
            self.wake.clear()
            free = self.at_once - self._running
            taken: list[Lease] = []
            try:
                taken = await self._take(free) if free else []
            except Exception as error:  # noqa: BLE001 - nothing may end this loop
                rest = _MAX_REST
                _report("no endpoint could be taken", error)
            for lease in taken:
                self._running += 1
                sending.create_task(self._counted(lease))
            rest = _MIN_REST if taken else min(rest * 2, _MAX_REST)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(rest * random.uniform(0.8, 1.2)):  # noqa: S311 - jitter
                    await self.wake.wait()

    @property
    def _kept(self) -> timedelta:
        return self.sender.timeout + _SETTLING

    async def _take(self, at_most: int) -> list[Lease]:
        async with self.sessions.begin() as session:
            return list(await take_due(session, at_most=at_most, lease=self._kept))

    async def _counted(self, lease: Lease) -> None:
        try:
            await self._serve(lease)
        finally:
            self._running -= 1
            self.wake.set()

    async def _serve(self, lease: Lease) -> None:
        """Send to one endpoint until it fails, has nothing waiting, or has had its turn."""
        ours: Lease | None = lease
        try:
            for _ in range(_IN_A_ROW):
                if ours is None or (found := await self._next(ours)) is None:
                    return
                ours = await self._attempt(*found)
                if self._stopping:
                    break
            if ours is not None:
                async with self.sessions.begin() as session:
                    await give_back(session, ours)
        except Exception as error:  # noqa: BLE001 - its lease ends, and it is taken again
            _report("an attempt could not be noted", error)

    async def _next(self, lease: Lease) -> tuple[Endpoint, datetime, Delivery] | None:
        async with self.sessions.begin() as session:
            uow = SqlUnitOfWork(session, Outbox("subscribers", messaging.outbox))
            endpoint = await leased(session, lease)
            if endpoint is None:
                return None
            delivery = await next_waiting(session, lease.endpoint_id)
            if delivery is not None:
                return endpoint, await uow.endpoints.now(), delivery
            await uow.endpoints.get(lease.endpoint_id)
            await uow.endpoints.due(lease.endpoint_id)
            return None

    async def _attempt(self, endpoint: Endpoint, now: datetime, delivery: Delivery) -> Lease | None:
        signing = endpoint.signing(now)
        letter = Letter(endpoint.url, signing, delivery.event_id, delivery.body)
        outcome = await letter.sent(self.sender, self.seal)
        await fault_point("subscribers.after_send")
        return await self._settle(delivery, outcome)

    async def _settle(self, delivery: Delivery, outcome: Outcome) -> Lease | None:
        jitter = random.random()  # noqa: S311 - jitter, no secret
        async with self.sessions.begin() as session:
            outbox = Outbox("subscribers", messaging.outbox)
            uow = SqlUnitOfWork(session, outbox)
            until = await settle(delivery, outcome, Pace(self.retries, self._kept, jitter), uow)
            await outbox.write(session)
        if outcome.error is not None:
            _log.warning(
                "not taken",
                endpoint_id=str(delivery.endpoint_id),
                event_id=str(delivery.event_id),
                error=outcome.error,
            )
        self.committed()
        return Lease(delivery.endpoint_id, until) if until else None


def _report(what: str, error: Exception) -> None:
    if is_outage(error):
        _log.warning("database away", error=str(error))
    else:
        _log.error(what, exc_info=error)
