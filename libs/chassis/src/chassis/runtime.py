"""What a service is, as a value, and what one runs on in a process."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from messaging.outbox import Outbox
from messaging.relay import Relay
from messaging.saga.runner import SagaRunner
from messaging.subscriptions import Subscriptions
from messaging.tables import MessagingTables
from messaging.transport import Asker, Transport
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from chassis.database import Databases, open_databases
from chassis.settings import ServiceSettings


@dataclass(frozen=True)
class Service:
    """All that makes a service; its ``main`` builds one.

    Attributes:
        name: As in its messages' types, and upper case before its settings.
        title: Heads the API's description; made from the name when left out.
        subscriptions: Lists what it handles.
        unit_of_work: Builds its unit of work on a transaction.
        tables: Messaging's tables in its metadata.
        migrations: Its Alembic folder.
        routers: Its HTTP resources, each with its own prefix.
        sagas: Builds what runs its sagas, if it has any; called once for each runtime.
        background: Loops that run beside its worker until cancelled.
        settings: Class of its settings, when it needs more than every service.
        prepares: Puts what the service's own dependencies need on the API's ``app.state``.
    """

    name: str
    subscriptions: Callable[[], Subscriptions[Any]]
    unit_of_work: Callable[[AsyncSession, Outbox], Any]
    tables: MessagingTables
    migrations: Path
    routers: Sequence[APIRouter] = ()
    title: str = ""
    sagas: "Callable[[Runtime], SagaRunner[Any]] | None" = None
    background: "Sequence[Callable[[Runtime], Awaitable[None]]]" = ()
    settings: type[ServiceSettings] = ServiceSettings
    prepares: "Callable[[FastAPI, Runtime], None] | None" = None

    @property
    def metadata(self) -> MetaData:
        """Give the metadata of all its tables."""
        return self.tables.outbox.metadata


@dataclass
class Runtime:
    """What one service runs on in one process: its database, its transport, its relay.

    Attributes:
        sagas: What runs the service's sagas; set its ``woken`` after a cancel was asked.
        stopping: Set when the process is about to end; readiness is off, and long answers
            (server-sent events) should come to an end.
    """

    service: Service
    settings: ServiceSettings
    databases: Databases
    transport: Transport
    relay: Relay
    asker: Asker
    sagas: SagaRunner[Any] | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def sessions(self) -> async_sessionmaker[AsyncSession]:
        """Give what opens transactions."""
        return self.databases.work

    @property
    def tables(self) -> MessagingTables:
        """Give messaging's tables."""
        return self.service.tables

    def committed(self) -> None:
        """Wake the relay: a transaction may have left messages."""
        self.relay.wake.set()


@asynccontextmanager
async def open_runtime(
    service: Service, settings: ServiceSettings, transport: Transport
) -> AsyncGenerator[Runtime]:
    """Open what a service runs on; the transport is the caller's to open and to close."""
    databases = open_databases(settings.database_url, pool_size=settings.pool_size)
    relay = Relay(databases.relay, service.tables, transport)
    asker = transport.asker(service.name)
    runtime = Runtime(service, settings, databases, transport, relay, asker)
    if service.sagas is not None:
        runtime.sagas = service.sagas(runtime)
    try:
        yield runtime
    finally:
        runtime.stopping.set()
        await databases.close()
