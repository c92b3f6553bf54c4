"""The subscribers service's loops over a real database, driven step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts.message import Event
from contracts.samples import samples
from messaging.consumer import Consumer
from messaging.delivery import Delivery
from messaging.outbox import Outbox
from messaging.topology import ARCHIVE
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from subscribers.domain.retries import Retries
from subscribers.gateways.deliverer import Deliverer
from subscribers.gateways.pump import Pump
from subscribers.gateways.sender import Sender
from subscribers.storage.archive import Archiver, SqlArchive
from subscribers.storage.tables import messaging

from services.subscribers.tests.api import SEAL, Api, Json

SUBMITTED = "orders.order-submitted.v1"
STARTED = "orders.order-started.v1"
PAID = "payments.payment-changed.v1"
QUICK = Retries(schedule=(timedelta(seconds=30), timedelta(seconds=60)))


def a_message(kind: str, sequence: int | None = None) -> tuple[UUID, bytes]:
    """Give an event as it is published: its id, and its envelope."""
    event = samples()[kind]
    assert isinstance(event, Event)
    outbox = Outbox(event.owner(), messaging.outbox)
    outbox.publish(event, sequence=sequence)
    return outbox.rows[0]["message_id"], outbox.rows[0]["body"]


@dataclass
class Subscribers:
    """Archives events, queues and sends them."""

    sessions: async_sessionmaker[AsyncSession]
    sender: Sender
    retries: Retries = QUICK

    async def happen(self, *kinds: str) -> list[str]:
        """Archive events of these types; gives their ids."""
        made = [a_message(kind, place) for place, kind in enumerate(kinds, 1)]
        await self.archive(*(Delivery(ARCHIVE, body, message_id=id_) for id_, body in made))
        return [str(id_) for id_, _ in made]

    async def archive(self, *messages: Delivery) -> None:
        consumer = Consumer("subscribers", ARCHIVE, Archiver(), self.sessions, messaging)
        await consumer.handle(list(messages))

    async def write(self, kind: str, body: bytes) -> None:
        """Put anything in the archive, as a foreign sender could into a stream."""
        await self.run(
            "INSERT INTO archived_event (type, body) VALUES (:kind, :body)", kind=kind, body=body
        )

    async def work(self) -> None:
        """Queue and send until there is nothing to do just now."""
        deliverer = Deliverer(self.sessions, self.sender, SEAL, self.retries)
        pump = self.pump
        while await pump.once() + await deliverer.once():
            pass

    @property
    def pump(self) -> Pump:
        return Pump(self.sessions, messaging, SqlArchive(self.sessions))

    async def later(self) -> None:
        """Let every rest be over."""
        await self.run("UPDATE endpoint SET due_at = now() WHERE due_at IS NOT NULL")

    async def run(self, statement: str, **values: object) -> Sequence[Any]:
        async with self.sessions.begin() as session:
            result = await session.execute(text(statement), values)
            return result.all() if result.returns_rows else []  # pyright: ignore[reportAttributeAccessIssue,reportUnknownMemberType]


def an_id() -> str:
    return str(uuid4())


async def log(api: Api, endpoint: Json, state: str = "") -> list[Json]:
    """List an endpoint's deliveries."""
    query = f"?state={state}" if state else ""
    return (await api.get(f"/endpoints/{endpoint['id']}/deliveries{query}"))["items"]


async def seen(api: Api, endpoint: Json) -> Json:
    """Give an endpoint as it is now."""
    return await api.get(f"/endpoints/{endpoint['id']}")
