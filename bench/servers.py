"""The PostgreSQL and the RabbitMQ that are measured: private ones, unless others are named."""

import json
import shutil
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from messaging.rabbit import definitions
from tradecounter.embedded.system import queues
from tradecounter.servers.postgres import EmbeddedPostgres
from tradecounter.servers.rabbitmq import PrivateRabbitMQ

from bench.cpu import POSTGRESQL, RABBITMQ
from bench.settings import Settings

_MOST_BUFFERS = 8 * 2**30


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the servers are.

    Attributes:
        database_url: Any database of the PostgreSQL server.
        pids: The first process of each private one, by label.
    """

    database_url: str
    broker_url: str
    pids: dict[str, int]


@contextmanager
def scratch() -> Generator[Path]:
    """Give a directory on a disk, which other accounts may enter, and remove it in the end.

    /tmp may be memory, where a durable commit costs nothing; /var/tmp outlives a restart.
    """
    directory = Path(tempfile.mkdtemp(prefix="tradecounter-bench-", dir="/var/tmp"))
    directory.chmod(0o755)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@asynccontextmanager
async def servers(settings: Settings, directory: Path) -> AsyncGenerator[Servers]:
    """Run what is not named in the settings, until left."""
    async with (
        _postgresql(settings.database_url, directory / "postgres") as (database_url, postgres),
        _rabbitmq(settings.broker_url, directory) as (broker_url, rabbitmq),
    ):
        pids = {POSTGRESQL: postgres, RABBITMQ: rabbitmq}
        private = {label: pid for label, pid in pids.items() if pid is not None}
        yield Servers(database_url, broker_url, private)


@asynccontextmanager
async def _postgresql(given: str | None, home: Path) -> AsyncGenerator[tuple[str, int | None]]:
    if given is not None:
        yield given, None
        return
    async with EmbeddedPostgres(home, settings={"shared_buffers": _buffers()}) as server:
        yield server.url, server.pid


def _buffers() -> str:
    """Give a quarter of the memory, as PostgreSQL's manual advises for a server of its own.

    Where it has less, the rest of its pages are the system's, which some systems give away after a
    minute without use; what is asked next then waits for the disk.
    """
    return f"{min(psutil.virtual_memory().total // 4, _MOST_BUFFERS) // 2**20}MB"


@asynccontextmanager
async def _rabbitmq(given: str | None, directory: Path) -> AsyncGenerator[tuple[str, int | None]]:
    if given is not None:
        yield given, None
        return
    policies = directory / "definitions.json"
    policies.write_text(json.dumps(definitions(queues())))
    async with PrivateRabbitMQ(directory / "rabbitmq", definitions=policies) as server:
        yield server.url, server.pid
