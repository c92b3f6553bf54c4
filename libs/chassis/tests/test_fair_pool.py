"""Who waits for a connection is served in the order of asking."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from chassis.database import create_engine
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.support import eventually


@asynccontextmanager
async def one_connection(database_url: str) -> AsyncGenerator[AsyncEngine]:
    engine = create_engine(database_url, pool_size=1)
    try:
        yield engine
    finally:
        await engine.dispose()


async def test_whoever_has_waited_longest_is_served_first(notes_database: str) -> None:
    async with one_connection(notes_database) as engine, asyncio.TaskGroup() as callers:
        asking: list[int] = []
        served: list[int] = []

        async def caller(name: int) -> None:
            asking.append(name)
            async with engine.connect():
                served.append(name)

        held = await engine.connect()
        for name in range(3):
            callers.create_task(caller(name))

        async def all_wait() -> bool:
            return len(asking) == 3

        await eventually(all_wait)
        await held.close()
        await caller(3)  # There is a free connection, and others have waited for it.
        assert served == [0, 1, 2, 3]


async def test_a_connection_for_one_who_has_given_up_goes_to_the_next(notes_database: str) -> None:
    async with one_connection(notes_database) as engine, asyncio.TaskGroup() as callers:
        asking: list[object] = []

        async def caller() -> int:
            asking.append(asyncio.current_task())
            async with engine.connect() as connection:
                return int(await connection.scalar(text("SELECT 7")) or 0)

        held = await engine.connect()
        waits = [callers.create_task(caller()) for _ in range(3)]

        async def all_wait() -> bool:
            return len(asking) == 3

        await eventually(all_wait)
        waits[0].cancel()
        await held.close()  # It is handed to the second, who is called off before he has looked.
        waits[1].cancel()
        assert await waits[2] == 7


async def test_waiting_comes_to_an_end(
    notes_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with one_connection(notes_database) as engine:
        monkeypatch.setattr(engine.sync_engine.pool, "_timeout", 0.01)
        async with engine.connect():
            with pytest.raises(PoolTimeoutError):
                await engine.connect()
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT 7")) == 7
