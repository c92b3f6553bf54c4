"""Databases for a small shop of three services."""

import os
from collections.abc import AsyncIterator, Iterator, Mapping

import pytest
import pytest_asyncio
from messaging import failures, faults
from sqlalchemy import NullPool, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from libs.messaging.tests.shop import Sessions, metadata

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


if "TEST_DATABASE_URL" in os.environ:

    @pytest.fixture(scope="session")
    def database_url() -> str:
        return os.environ["TEST_DATABASE_URL"]


if "TEST_BROKER_URL" in os.environ:

    @pytest.fixture(scope="session")
    def broker_url() -> str:
        return os.environ["TEST_BROKER_URL"]
