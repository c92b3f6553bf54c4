"""All services in one process, on PostgreSQL beside it or elsewhere."""

import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, AMQPError
from asyncpg import PostgresError  # pyright: ignore[reportMissingTypeStubs]
from catalog.main import SERVICE as CATALOG
from chassis.health import not_ready
from chassis.migrations import upgrade
from chassis.service import Runtime, Service, build_api, open_runtime, worker
from chassis.settings import ServiceSettings
from chassis.tokens import StaticKeys, Tokens
from customers.main import SERVICE as CUSTOMERS
from messaging.embedded import EmbeddedHub, EmbeddedTransport
from messaging.rabbit import RabbitTransport, bootstrap
from messaging.topology import Queue, archive, queues_of
from messaging.transport import Transport
from orders.main import SERVICE as ORDERS
from payments.main import SERVICE as PAYMENTS
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError
from starlette.types import ASGIApp
from subscribers.main import SERVICE as SUBSCRIBERS

from tradecounter.front.door import FrontDoor, front_door
from tradecounter.issuer.keys import link_key, seal_keys, signing_key
from tradecounter.issuer.tokens import ISSUER
from tradecounter.servers.errors import ServerAway

SERVICES: tuple[Service, ...] = (CUSTOMERS, CATALOG, ORDERS, PAYMENTS, SUBSCRIBERS)

_log = structlog.get_logger("tradecounter.embedded")


@dataclass(frozen=True, slots=True)
class Running:
    """One service, running.

    Attributes:
        app: Its HTTP API, with its full paths.
    """

    runtime: Runtime
    app: ASGIApp


def database_urls(server_url: str) -> dict[str, str]:
    """Give each service its own database on a server: named after the service."""
    url = make_url(server_url)
    return {
        service.name: url.set(database=f"tradecounter_{service.name}").render_as_string(
            hide_password=False
        )
        for service in SERVICES
    }


async def prepare(urls: Mapping[str, str]) -> None:
    """Make the databases that are missing and bring each to its newest schema.

    Raises:
        ServerAway: The server does not answer, or does not let us in.
    """
    for service in SERVICES:
        try:
            await upgrade(service.migrations, urls[service.name])
        except (OSError, PostgresError, DBAPIError) as error:
            raise ServerAway(f"the database server cannot be used: {_words(error)}") from error
        _log.info("schema is current", service=service.name)


async def _bootstrap(broker_url: str) -> None:
    try:
        await bootstrap(broker_url, queues())
    except (*CONNECTION_EXCEPTIONS, AMQPError, TimeoutError) as error:
        raise ServerAway(f"the broker cannot be used: {_words(error)}") from error


def _words(error: BaseException) -> str:
    """Give the server's own words."""
    return str(getattr(error, "orig", None) or error) or type(error).__name__


def queues() -> Sequence[Queue]:
    """List the queues of all services."""
    return [
        queue
        for service in SERVICES
        for queue in queues_of(service.subscriptions(), sagas=service.sagas is not None)
    ]


def settings_of(
    urls: Mapping[str, str],
    keys: Path,
    *,
    url: str,
    broker_url: str | None = None,
    tax_url: str | None = None,
) -> dict[str, ServiceSettings]:
    """Read the settings of each service; the arguments are those of ``running``.

    Raises:
        WrongSettings: Some are missing or malformed.
    """
    public_url = os.environ.get("ORDERS_PUBLIC_URL") or url
    known: dict[str, Mapping[str, object]] = {
        ORDERS.name: {"link_key": link_key(keys), "public_url": public_url}
        | ({"tax_url": tax_url} if tax_url else {}),
        PAYMENTS.name: {"public_url": os.environ.get("PAYMENTS_PUBLIC_URL") or public_url},
        SUBSCRIBERS.name: {
            "secret_keys": os.environ.get("SUBSCRIBERS_SECRET_KEYS") or seal_keys(keys)
        },
    }
    return {
        service.name: service.settings.of(
            service.name,
            database_url=urls[service.name],
            broker_url=broker_url,
            **known.get(service.name, {}),
        )
        for service in SERVICES
    }


@asynccontextmanager
async def running(
    urls: Mapping[str, str],
    keys: Path,
    *,
    url: str,
    broker_url: str | None = None,
    tax_url: str | None = None,
) -> AsyncGenerator[FrontDoor]:
    """Run all services until left; requests are answered through the front door that is given.

    Args:
        urls: The database of each service, already prepared.
        keys: Directory of the issuer's key, of the one that signs links to orders, and of those
            that seal the secrets of webhooks, unless ``SUBSCRIBERS_SECRET_KEYS`` has these.
        url: Where the front door is, for those links, unless ``ORDERS_PUBLIC_URL`` says another.
        broker_url: RabbitMQ; none: messages stay within the process.
        tax_url: Where an outside tax provider is asked; none: sites that want one do without.

    Raises:
        ServerAway: The broker does not answer, or does not let us in.
    """
    key = signing_key(keys)
    tokens = Tokens(ISSUER, StaticKeys(key.public))
    settings = settings_of(urls, keys, url=url, broker_url=broker_url, tax_url=tax_url)
    hub = EmbeddedHub([*queues(), archive()])
    if broker_url:
        # Every follower's queue is there before the first event, or it would miss that one.
        await _bootstrap(broker_url)
    async with AsyncExitStack() as stack:
        services: dict[str, Running] = {}
        for service in SERVICES:
            transport: Transport = (
                RabbitTransport(broker_url, service.name)
                if broker_url
                else EmbeddedTransport(hub, service.name)
            )
            await stack.enter_async_context(transport)
            runtime = await stack.enter_async_context(
                open_runtime(service, settings[service.name], transport)
            )
            await stack.enter_async_context(worker(service, runtime))
            app = build_api(service, runtime, tokens)
            services[service.name] = Running(runtime, app)

        async def ready() -> Mapping[str, str]:
            return await _missing(services)

        apps = {name: one.app for name, one in services.items()}
        yield front_door(apps, key.public, ready)


async def _missing(services: Mapping[str, Running]) -> dict[str, str]:
    """Say what is not ready, by service."""
    missing: dict[str, str] = {}
    for name, one in services.items():
        reasons = await not_ready(one.runtime, with_broker=True)
        if reasons:
            missing[name] = "; ".join(f"{what}: {why}" for what, why in reasons.items())
    return missing
