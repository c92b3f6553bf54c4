"""Sends one event at once, because staff asked for it: a test, or something again.

Like the loops it has no transaction open while it sends.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from contracts.subscribers.events import EndpointTested
from messaging.outbox import Cause, Outbox
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from subscribers.domain.addresses import Guard
from subscribers.domain.delivery import Delivery, Outcome, State, StillWaiting, Test
from subscribers.domain.endpoint import IsDisabled
from subscribers.gateways.letters import Letter
from subscribers.gateways.seal import Seal
from subscribers.gateways.sender import open_sender
from subscribers.handlers.outcomes import settle_again, settle_test
from subscribers.storage.tables import messaging
from subscribers.storage.unit_of_work import SqlUnitOfWork

_AT_ONCE = 10


@dataclass(slots=True)
class SendNow:
    """Sends for the API, a few at a time."""

    sessions: async_sessionmaker[AsyncSession]
    guard: Guard
    timeout: timedelta
    seal: Seal
    committed: Callable[[], None] = lambda: None
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def check(self, url: str) -> None:
        """Check where a URL leads.

        Raises:
            UrlRefused: Webhooks may not be sent there.
        """
        async with open_sender(self.guard, self.timeout) as sender:
            await sender.check(url)

    async def test(self, endpoint_id: UUID, staff_id: str) -> int | None:
        """Send a test event; gives its delivery's id, none when there is no such endpoint."""
        outbox = Outbox("subscribers", messaging.outbox, Cause(staff_id=staff_id))
        async with self.sessions.begin() as session:
            uow = SqlUnitOfWork(session, outbox)
            endpoint, now = await uow.endpoints.get(endpoint_id), await uow.endpoints.now()
        if endpoint is None:
            return None
        # Made as every event is, and taken from the outbox before it is written there.
        outbox.publish(EndpointTested(endpoint_id=endpoint_id, name=endpoint.name))
        row = outbox.rows.pop()
        test = Test(endpoint_id, row["message_id"], EndpointTested.type, row["body"])
        letter = Letter(endpoint.url, endpoint.signing(now), test.event_id, test.body)
        outcome = await self._send(letter)
        async with self.sessions.begin() as session:
            return await settle_test(test, outcome, SqlUnitOfWork(session, outbox))

    async def again(self, delivery_id: int) -> bool:
        """Send a settled delivery again, under its own id; gives whether there is such a one.

        Raises:
            StillWaiting: It is sent in its turn.
            IsDisabled: Its endpoint wants nothing.
        """
        outbox = Outbox("subscribers", messaging.outbox)
        async with self.sessions.begin() as session:
            uow = SqlUnitOfWork(session, outbox)
            delivery = await uow.deliveries.get(delivery_id)
            if delivery is None:
                return False
            letter = await self._letter(delivery, uow)
        if letter is None:
            return False
        outcome = await self._send(letter)
        async with self.sessions.begin() as session:
            uow = SqlUnitOfWork(session, outbox)
            await settle_again(delivery_id, delivery.endpoint_id, outcome, uow)
        return True

    async def _letter(self, delivery: Delivery, uow: SqlUnitOfWork) -> Letter | None:
        if delivery.state is State.WAITING:
            raise StillWaiting
        endpoint = await uow.endpoints.get(delivery.endpoint_id)
        if endpoint is None:
            return None
        if endpoint.disabled is not None:
            raise IsDisabled
        signing = endpoint.signing(await uow.endpoints.now())
        return Letter(endpoint.url, signing, delivery.event_id, delivery.body)

    async def _send(self, letter: Letter) -> Outcome:
        async with self._turn, open_sender(self.guard, self.timeout) as sender:
            return await letter.sent(sender, self.seal)
