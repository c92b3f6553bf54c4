"""Databases for a small shop of three services."""

import os
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import cast

import pytest
import pytest_asyncio
from messaging import failures, faults
from sqlalchemy import NullPool, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from tradecounter.servers.rabbitmq import PrivateRabbitMQ
from yarl import URL

from libs.messaging.tests.brokers import empty
from libs.messaging.tests.proxy import Proxy
from libs.messaging.tests.shop import Sessions, metadata
from tests.finding import own_broker_can_be_had

SERVICES = ("catalog", "orders", "payments")


@pytest.fixture(autouse=True)
def no_faults() -> Iterator[None]:
    yield
    faults.arm("")


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two retries, after hundredths of a second."""
    rests = tuple(rest / 500 for rest in failures.RETRY_AFTER[:2])
    monkeypatch.setattr(failures, "RETRY_AFTER", rests)


@pytest_asyncio.fixture
async def databases(database_url: str, worker_id: str) -> AsyncIterator[Mapping[str, Sessions]]:
    """A database for each service, empty."""
    engines = {
        service: await _database(database_url, f"messaging_{service}_{worker_id}")
        for service in SERVICES
    }
    yield {
        service: async_sessionmaker(engine, expire_on_commit=False)
        for service, engine in engines.items()
    }
    for engine in engines.values():
        await engine.dispose()


async def _database(server: str, name: str) -> AsyncEngine:
    url = make_url(server).set(drivername="postgresql+asyncpg")
    admin = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    engine = create_async_engine(url.set(database=name), pool_size=10, pool_pre_ping=True)
    async with admin.connect() as connection:
        known = await connection.execute(
            text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}
        )
        if known.first() is None:
            await connection.execute(text(f'CREATE DATABASE "{name}"'))
    await admin.dispose()
    names = ", ".join(f'"{table}"' for table in metadata.tables)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(text(f"TRUNCATE {names}"))
    return engine


@pytest.fixture(scope="session")
def shop_broker(request: pytest.FixtureRequest) -> str:
    """A broker of this process's own, as the shop's queues have fixed names; or the one given."""
    if "TEST_BROKER_URL" not in os.environ and own_broker_can_be_had():
        return cast("PrivateRabbitMQ", request.getfixturevalue("private_broker")).url
    return cast("str", request.getfixturevalue("broker_url"))


@pytest_asyncio.fixture
async def empty_broker(shop_broker: str) -> str:
    """A broker with the shop's queues, and nothing in them."""
    await empty(shop_broker)
    return shop_broker


@pytest_asyncio.fixture
async def proxy(empty_broker: str) -> AsyncIterator[Proxy]:
    """A line to the broker that can be broken."""
    url = URL(empty_broker)
    async with Proxy(url.host or "", url.port or 5672) as proxy:
        yield proxy
