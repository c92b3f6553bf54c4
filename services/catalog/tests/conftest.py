"""A migrated database of this service's own, and its use cases over it."""

import asyncio
import os
import pwd
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from catalog.main import MIGRATIONS
from chassis.database import create_engine, driver_url, sessions
from chassis.migrations import upgrade

from services.catalog.tests.api import Api, open_api
from services.catalog.tests.driving import Catalog


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """PostgreSQL to test on: the one given, or else a private one of the machine's binaries."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"))
    user = pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        if user:
            Path(directory).chmod(0o755)
            Path(directory, "data").mkdir()
            os.chown(Path(directory, "data"), pwd.getpwnam(user).pw_uid, -1)
        data = f"{directory}/data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {data}"
        pg_ctl = [binaries / "pg_ctl", "-D", data, "-w", "-l", f"{data}/log"]
        subprocess.run(
            [binaries / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync"],
            check=True,
            user=user,
            stdout=subprocess.DEVNULL,
        )
        subprocess.run(
            [*pg_ctl, "-o", options, "start"], check=True, user=user, stdout=subprocess.DEVNULL
        )
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        stop = [*pg_ctl, "-m", "immediate", "stop"]
        subprocess.run(stop, check=True, user=user, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def catalog_database(database_url: str) -> str:
    """Address of a new database that is migrated to the newest state."""
    new = driver_url(database_url).set(database=f"catalog_{uuid4().hex}")
    url = new.render_as_string(hide_password=False)
    asyncio.run(upgrade(MIGRATIONS, url))
    return url


@pytest.fixture
async def catalog(catalog_database: str) -> AsyncIterator[Catalog]:
    engine = create_engine(catalog_database)
    yield Catalog(sessions(engine))
    await engine.dispose()


@pytest.fixture
async def api(catalog_database: str) -> AsyncIterator[Api]:
    async with open_api(catalog_database) as served:
        yield served
