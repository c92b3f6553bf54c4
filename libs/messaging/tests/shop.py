"""A small shop that the transports are tested with.

``catalog`` counts things on command, tells when it has, and answers questions; ``orders`` asks for
it and follows; ``payments`` follows too.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast
from uuid import UUID, uuid4

from contracts.message import Command, Errand, Event, Question, Refusal, Reply
from messaging.delivery import Received
from messaging.failures import Permanent
from messaging.outbox import Outbox
from messaging.relay import Relay
from messaging.subscriptions import Subscriptions
from messaging.tables import messaging_tables
from messaging.topology import Queue, queues_of, reply_address
from messaging.transport import Outgoing, Transport
from messaging.worker import Worker
from sqlalchemy import Column, Identity, Integer, MetaData, Table, Text, Uuid, func, insert, select
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from typing_extensions import override

Connect = Callable[[str], AbstractAsyncContextManager[Transport]]
Sessions = async_sessionmaker[AsyncSession]


class Count(Command):
    """Count one thing; ``how`` says how it goes."""

    type: ClassVar[str] = "catalog.test-count.v1"

    key: UUID
    how: str = "well"


class Counted(Reply):
    type: ClassVar[str] = "catalog.test-counted.v1"

    key: UUID
    total: int


class NotCounted(Refusal):
    type: ClassVar[str] = "catalog.test-not-counted.v1"


class ThingCounted(Event):
    type: ClassVar[str] = "catalog.test-thing-counted.v1"

    key: UUID

    @property
    @override
    def subject(self) -> UUID:
        return self.key


class Unheard(Event):
    """Nobody lists it, though it may come to a queue that follows its publisher."""

    type: ClassVar[str] = "catalog.test-unheard.v1"

    key: UUID

    @property
    @override
    def subject(self) -> UUID:
        return self.key


class HowMany(Question):
    type: ClassVar[str] = "catalog.test-how-many.v1"

    how: str = "well"


class SoMany(Reply):
    type: ClassVar[str] = "catalog.test-so-many.v1"

    total: int


class CountNow(Errand):
    """Count one thing while the asker waits; ``how`` says how it goes."""

    type: ClassVar[str] = "catalog.test-count-now.v1"

    how: str = "well"


metadata = MetaData()
tables = messaging_tables(metadata)
effects = Table(
    "effect",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True),
    Column("key", Uuid, nullable=False),
    Column("what", Text, nullable=False),
)


@dataclass
class Moods:
    """How handlers behave in this test; shared by a service's workers.

    Attributes:
        failures_left: How often a thing that goes "badly at first" still fails.
        gate: A handler of a thing that goes "slowly" waits for it.
        started: Set when such a handler runs.
    """

    failures_left: int = 1
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    follower_gate: asyncio.Event | None = None


@dataclass
class Work:
    """The unit of work."""

    session: AsyncSession
    outbox: Outbox
    moods: Moods

    async def note(self, key: UUID, what: str) -> None:
        await self.session.execute(insert(effects).values(key=key, what=what))

    async def total(self) -> int:
        return (await self.session.execute(select(func.count()).select_from(effects))).scalar_one()


async def count(command: Count, uow: Work) -> Counted | NotCounted:
    match command.how:
        case "refused":
            return NotCounted(code="NOT_COUNTED", detail="not today")
        case "never":
            raise Permanent("this can never be counted")
        case "badly":
            await uow.note(command.key, "half done")
            raise RuntimeError("something is wrong")
        case "badly at first" if uow.moods.failures_left:
            uow.moods.failures_left -= 1
            raise RuntimeError("something is wrong for now")
        case "slowly":
            uow.moods.started.set()
            await uow.moods.gate.wait()
        case _:
            pass
    await uow.note(command.key, "counted")
    uow.outbox.publish(ThingCounted(key=command.key))
    return Counted(key=command.key, total=await uow.total())


async def how_many(question: HowMany, uow: Work) -> SoMany:
    if question.how == "badly":
        raise RuntimeError("cannot tell")
    if question.how == "writing":
        await uow.note(uuid4(), "written by a question")
    if question.how == "slowly":
        await uow.moods.gate.wait()
    return SoMany(total=await uow.total())


async def count_now(errand: CountNow, uow: Work) -> Counted | NotCounted:
    return await count(Count(key=errand.errand_id, how=errand.how), uow)


async def follow(event: ThingCounted, uow: Work) -> None:
    if uow.moods.follower_gate is not None:
        await uow.moods.follower_gate.wait()
    await uow.note(event.key, "heard of")


def subscriptions_of(service: str) -> Subscriptions[Work]:
    listed = Subscriptions[Work](service)
    if service == "catalog":
        counting = listed.answers(Count, count).tells(HowMany, how_many)
        return counting.carries_out(CountNow, count_now)
    return listed.follows(ThingCounted, follow)


def all_queues() -> list[Queue]:
    queues: list[Queue] = []
    for service in ("catalog", "orders", "payments"):
        queues += queues_of(subscriptions_of(service), sagas=service == "orders")
    return queues


@dataclass
class Replies:
    """Stands where a service's sagas stand, and keeps what they are told."""

    seen: list[tuple[UUID | None, str, dict[str, Any]]] = field(
        default_factory=list[tuple[UUID | None, str, dict[str, Any]]]
    )

    async def receive(
        self,
        batch: Sequence[Received],
        session: AsyncSession,  # noqa: ARG002
        outbox: Outbox,  # noqa: ARG002
    ) -> dict[UUID, dict[str, Any]]:
        for received in batch:
            cause = received.envelope.causationid
            answered = UUID(cause) if cause else None
            self.seen.append((answered, received.envelope.type, received.envelope.data))
        return {}


@dataclass
class Station:
    """A service at work, and a test's hold on it."""

    service: str
    sessions: Sessions
    transport: Transport
    relay: Relay
    moods: Moods
    replies: Replies

    async def send(self, *commands: Count, ids: Sequence[UUID] | None = None) -> list[UUID]:
        """Send commands in one transaction; gives their ids."""
        ids = ids or [uuid4() for _ in commands]
        async with self.sessions.begin() as session:
            outbox = Outbox(self.service, tables.outbox)
            for id_, command in zip(ids, commands, strict=True):
                address = reply_address(self.service)
                outbox.send(command, message_id=id_, correlation_id=str(uuid4()), reply_to=address)
            await outbox.write(session)
        self.relay.wake.set()
        return list(ids)

    async def publish(self, *events: Event) -> None:
        async with self.sessions.begin() as session:
            outbox = Outbox(self.service, tables.outbox)
            for event in events:
                outbox.publish(event)
            await outbox.write(session)
        self.relay.wake.set()

    async def put(self, **row: object) -> None:
        """Put a row of any form into the outbox."""
        filled = {"message_id": uuid4(), "type": "anything", "body": b"{}", **row}
        async with self.sessions.begin() as session:
            await session.execute(insert(tables.outbox).values(filled))
        self.relay.wake.set()

    async def outbox(self) -> list[Outgoing]:
        columns = [tables.outbox.c[name] for name in Outgoing.__dataclass_fields__]
        async with self.sessions() as session:
            return [Outgoing(*row) for row in (await session.execute(select(*columns))).all()]

    async def reasons(self) -> list[str]:
        """Give why the rows in the outbox could not be sent."""
        async with self.sessions() as session:
            return [
                found or "" for found in await session.scalars(select(tables.outbox.c.last_error))
            ]

    async def effects(self) -> list[tuple[UUID, str]]:
        query = select(effects.c.key, effects.c.what).order_by(effects.c.id)
        async with self.sessions() as session:
            return [(row.key, row.what) for row in (await session.execute(query)).all()]

    async def parked(self) -> list[Any]:
        async with self.sessions() as session:
            return list((await session.execute(select(tables.parked))).all())

    def answers_to(self, id_: UUID) -> list[tuple[str, dict[str, Any]]]:
        return [(kind, data) for cause, kind, data in self.replies.seen if cause == id_]


def engine_of(sessions: Sessions) -> AsyncEngine:
    return cast("AsyncEngine", sessions.kw["bind"])


@asynccontextmanager
async def that_cannot_write(sessions: Sessions) -> AsyncGenerator[Sessions]:
    """Give sessions on the same database that the server lets only read."""
    engine = create_async_engine(
        engine_of(sessions).url,
        isolation_level="AUTOCOMMIT",
        connect_args={"server_settings": {"default_transaction_read_only": "on"}},
    )
    try:
        yield async_sessionmaker(engine)
    finally:
        await engine.dispose()


@asynccontextmanager
async def at_work(
    service: str,
    sessions: Sessions,
    connect: Connect,
    *,
    moods: Moods | None = None,
    relay_batch: int = 100,
) -> AsyncGenerator[Station]:
    """Have a service at work until left.

    What fails in the body is raised when the service has left, as it is: the task groups of a
    service's parts would wrap it too deep to be printed.
    """
    moods, failed = moods or Moods(), None
    async with connect(service) as transport, that_cannot_write(sessions) as answering:
        relay = Relay(engine_of(sessions), tables, transport, batch=relay_batch)
        replies = Replies()
        worker = Worker(
            subscriptions=subscriptions_of(service),
            unit_of_work=lambda session, outbox: Work(session, outbox, moods),
            tables=tables,
            sessions=sessions,
            answering=answering,
            transport=transport,
            relay=relay,
            saga=replies if service == "orders" else None,
        )
        async with worker:
            try:
                yield Station(service, sessions, transport, relay, moods, replies)
            except Exception as error:  # noqa: BLE001 - raised below
                failed = error
    if failed is not None:
        raise failed
