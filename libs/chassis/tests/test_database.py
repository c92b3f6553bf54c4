"""Connections that died in the pool are not handed out."""

import asyncio
from types import SimpleNamespace

import pytest
from asyncpg import PostgresError  # pyright: ignore[reportMissingTypeStubs]
from chassis import database
from chassis.database import create_engine
from chassis.runtime import Runtime
from messaging.direct import Direct
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from libs.chassis.tests.conftest import client_of
from tests.support import eventually

KILL = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


async def test_requests_go_on_when_the_server_has_closed_the_connections(
    runtime: Runtime, notes_database: str
) -> None:
    async with client_of(runtime) as client:
        assert (await client.get("/notes")).status_code == 200
        other = create_engine(notes_database, pool_size=1)
        async with other.connect() as connection:
            assert await connection.scalar(KILL) >= 1
        await other.dispose()

        async def served() -> bool:
            return (await client.get("/notes")).status_code == 200

        await eventually(served)


async def test_a_rested_connection_is_asked_whether_it_lives(
    notes_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_PING_AFTER", -1.0)
    engine = create_engine(notes_database, pool_size=1)
    pings: list[object] = []
    dialect = engine.sync_engine.dialect
    ping = dialect.do_ping
    broken = SimpleNamespace(now=False)

    def counted(connection: object) -> bool:
        pings.append(connection)
        if broken.now:
            broken.now = False
            raise OSError("gone")
        return ping(connection)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(dialect, "do_ping", counted)
    own = text("SELECT pg_backend_pid()")
    async with engine.connect() as connection:
        first = await connection.scalar(own)
    async with engine.connect() as connection:
        assert await connection.scalar(own) == first
    broken.now = True
    async with engine.connect() as connection:
        assert await connection.scalar(own) != first
    await engine.dispose()

    assert len(pings) == 2


async def test_queries_cannot_write(runtime: Runtime) -> None:
    async with runtime.databases.reading() as session:
        assert await session.scalar(text("SELECT 1")) == 1
        with pytest.raises(DBAPIError, match="read-only transaction"):
            await session.execute(text("CREATE TABLE written (id int)"))


async def test_queries_are_planned_for_any_parameters(runtime: Runtime) -> None:
    """SE-6."""
    async with runtime.databases.reading() as session:
        assert await session.scalar(text("SHOW plan_cache_mode")) == "force_generic_plan"


async def test_every_session_has_its_limits(notes_database: str) -> None:
    engine = create_engine(notes_database, pool_size=1)
    async with engine.connect() as connection:
        limits = {
            name: await connection.scalar(text(f"SHOW {name}"))
            for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
        }
    await engine.dispose()

    assert list(limits.values()) == ["5s", "30s", "1min"]


async def test_a_lent_connection_comes_back_whatever_happens(runtime: Runtime) -> None:
    """More fail, give up and are cut off than there are connections; nobody waits for one."""
    databases, me = runtime.databases, Direct(select(func.pg_backend_pid().label("pid")))

    async def lend(query: str) -> None:
        async with databases.lent() as driver:
            await driver.fetch(query)

    for _ in range(10):
        with pytest.raises(PostgresError):
            await lend("SELECT 1 / 0")
        with pytest.raises(PostgresError, match="read-only"):
            await lend("CREATE TABLE made (it int)")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await lend("SELECT pg_sleep(60)")
        async with databases.lent() as driver:
            await driver.fetch("SELECT 1")
            assert await me.rows(driver)


async def test_an_error_tells_no_values(notes_database: str) -> None:
    """What cannot be written gets into logs and parked messages, which no erasure reaches."""
    engine = create_engine(notes_database, pool_size=1)
    try:
        async with engine.connect() as connection:
            with pytest.raises(DBAPIError) as refused:
                await connection.execute(
                    text("SELECT :name, 1 / (length(:name) - 3)"), {"name": "Zoë"}
                )
    finally:
        await engine.dispose()

    assert "division by zero" in str(refused.value)
    assert "Zoë" not in str(refused.value)
