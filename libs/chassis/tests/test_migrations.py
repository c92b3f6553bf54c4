"""Databases are created, migrated by one at a time, and compared with the tables."""

import asyncio
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from chassis.database import create_engine, driver_url
from chassis.migrations import Drift, check, create_database, revise, upgrade
from sqlalchemy import make_url, text
from tradecounter.servers.databases import drop_database

from libs.chassis.tests.shop import MIGRATIONS
from tests.servers import NewDatabase

CONCURRENT = '''
"""Build an index while the service runs."""
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY note_by_version ON note (version)")
'''


def newest(migrations: Path) -> str:
    [written] = migrations.glob("versions/*bring_the_version_back.py")
    return written.read_text()


async def fetch(url: str, query: str) -> object:
    engine = create_engine(url, pool_size=1)
    try:
        async with engine.connect() as connection:
            return await connection.scalar(text(query))
    finally:
        await engine.dispose()


async def test_a_missing_database_is_created_and_migrated(database_url: str) -> None:
    name = f"test-{uuid4().hex} %"
    url = make_url(database_url).set(database=name).render_as_string(hide_password=False)
    try:
        await upgrade(MIGRATIONS, url)
        assert await fetch(url, "SELECT version_num FROM alembic_version") == "0001"
        assert not await create_database(url)
        await check(MIGRATIONS, url)
    finally:
        await drop_database(database_url, name)


async def test_migrators_at_the_same_time_wait_for_one_another(
    new_database: NewDatabase, migrations_copy: Path
) -> None:
    (migrations_copy / "versions" / "0002_index.py").write_text(CONCURRENT)
    url = new_database()
    program = (
        "import asyncio, sys; from pathlib import Path; from chassis.migrations import upgrade;"
        "asyncio.run(upgrade(Path(sys.argv[1]), sys.argv[2]))"
    )

    async def migrate() -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, str(migrations_copy), url
        )
        return await process.wait()

    async with asyncio.TaskGroup() as tasks:
        codes = [tasks.create_task(migrate()) for _ in range(2)]

    assert [code.result() for code in codes] == [0, 0]
    assert await fetch(url, "SELECT version_num FROM alembic_version") == "0002"


async def test_two_services_of_one_process_are_migrated_in_turn(
    new_database: NewDatabase,
) -> None:
    urls = [new_database(), new_database()]

    async with asyncio.TaskGroup() as tasks:
        for url in urls:
            tasks.create_task(upgrade(MIGRATIONS, url))

    for url in urls:
        assert await fetch(url, "SELECT count(*) FROM note") == 0


async def test_a_drift_is_found_and_a_migration_written_for_it(
    new_database: NewDatabase, migrations_copy: Path
) -> None:
    url = new_database()
    await upgrade(migrations_copy, url)
    engine = create_engine(url, pool_size=1)
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE note DROP COLUMN version"))
    await engine.dispose()
    with pytest.raises(Drift, match="version"):
        await check(migrations_copy, url)

    await revise(migrations_copy, url, "Bring the version back")

    assert "SET LOCAL lock_timeout = '5s'" in newest(migrations_copy)
    await upgrade(migrations_copy, url)
    await check(migrations_copy, url)


async def test_a_server_that_is_away_is_an_os_error() -> None:
    with pytest.raises(OSError, match="9"):
        await upgrade(MIGRATIONS, "postgresql://nobody@127.0.0.1:9/nowhere")


def test_a_url_is_put_in_the_drivers_words() -> None:
    url = driver_url("postgresql://a:b@c/d?sslmode=require")

    assert url.drivername == "postgresql+asyncpg"
    assert dict(url.query) == {"ssl": "require"}
    assert driver_url("postgres://a@c/d").drivername == "postgresql+asyncpg"
