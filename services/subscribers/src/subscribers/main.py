"""Where the subscribers service is put together."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from chassis.service import Runtime, Service
from fastapi import FastAPI
from messaging.consumer import Consumer
from messaging.embedded import EmbeddedTransport
from messaging.topology import ARCHIVE, archive

from subscribers.api import deliveries, endpoints, events, operations
from subscribers.domain.archive import Archive
from subscribers.gateways.cleaner import clean_forever
from subscribers.gateways.deliverer import Deliverer
from subscribers.gateways.now import SendNow
from subscribers.gateways.pump import Pump
from subscribers.gateways.sealing import seal_once
from subscribers.gateways.sender import open_sender
from subscribers.gateways.stream import StreamArchive, following
from subscribers.handlers.subscriptions import subscriptions
from subscribers.settings import SubscribersSettings
from subscribers.storage.archive import Archiver, SqlArchive
from subscribers.storage.tables import messaging
from subscribers.storage.unit_of_work import SqlUnitOfWork

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def _settings(runtime: Runtime) -> SubscribersSettings:
    if not isinstance(runtime.settings, SubscribersSettings):
        raise TypeError(f"settings are {type(runtime.settings).__name__}, not SERVICE.settings")
    return runtime.settings


def _archive(runtime: Runtime) -> Archive:
    if runtime.settings.broker_url is None:
        return SqlArchive(runtime.databases.reading)
    return StreamArchive(runtime.settings.broker_url)


@asynccontextmanager
async def _followed(runtime: Runtime, arrived: Callable[[], None]) -> AsyncGenerator[Archive]:
    if runtime.settings.broker_url is None:
        yield SqlArchive(runtime.databases.reading)
        return
    async with following(runtime.settings.broker_url, arrived) as followed:
        yield followed


def _prepare(app: FastAPI, runtime: Runtime) -> None:
    settings = _settings(runtime)
    timeout = timedelta(seconds=settings.webhook_timeout)
    app.state.archive = _archive(runtime)
    app.state.seal = settings.seal
    app.state.send_now = SendNow(
        runtime.sessions, settings.guard, timeout, settings.seal, runtime.committed
    )


async def send_webhooks(runtime: Runtime) -> None:
    """Queue events for endpoints and send them, until cancelled."""
    settings = _settings(runtime)
    timeout = timedelta(seconds=settings.webhook_timeout)
    arrived = asyncio.Event()
    async with (
        open_sender(settings.guard, timeout) as sender,
        _followed(runtime, arrived.set) as followed,
        asyncio.TaskGroup() as tasks,
    ):
        deliverer = Deliverer(
            runtime.sessions, sender, settings.seal, settings.retries, runtime.committed
        )
        pump = Pump(runtime.sessions, messaging, followed, deliverer.wake.set, arrived)
        tasks.create_task(deliverer.run())
        tasks.create_task(pump.run())
        if isinstance(runtime.transport, EmbeddedTransport):
            tasks.create_task(_archive_everything(runtime, runtime.transport, pump))


async def _archive_everything(runtime: Runtime, transport: EmbeddedTransport, pump: Pump) -> None:
    """Write every event down, where no broker does."""
    consumer = Consumer(
        service="subscribers",
        queue=ARCHIVE,
        receiver=Archiver(),
        sessions=runtime.sessions,
        tables=messaging,
        committed=pump.wake.set,
        bindings=archive().bindings,
    )
    async with transport.consuming([consumer], None):
        await asyncio.Event().wait()


async def seal_secrets(runtime: Runtime) -> None:
    """Seal every secret with the first key, at the start of each worker."""
    await seal_once(runtime.sessions, _settings(runtime).seal)


async def clean(runtime: Runtime) -> None:
    """Delete what is old, until cancelled."""
    settings = _settings(runtime)
    archived = timedelta(days=settings.archive_kept_days), settings.archive_most
    kept = timedelta(days=settings.deliveries_kept_days)
    await clean_forever(runtime.sessions, kept, archived)


SERVICE = Service(
    name="subscribers",
    title="Tradecounter subscribers",
    subscriptions=subscriptions,
    unit_of_work=SqlUnitOfWork,
    tables=messaging,
    migrations=MIGRATIONS,
    routers=(endpoints.router, operations.router, deliveries.router, events.router),
    background=(send_webhooks, seal_secrets, clean),
    settings=SubscribersSettings,
    prepares=_prepare,
)
