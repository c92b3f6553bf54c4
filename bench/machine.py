"""What it was measured on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

import aio_pika
import psutil

from bench.postgres import connected
from bench.servers import Servers


async def facts(on: Servers, directory: Path) -> dict[str, str]:
    """Give the machine's facts, in words."""
    return {
        "processor": f"{os.cpu_count()} x {_processor()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "disk": _file_system(directory),
        "Python": platform.python_version(),
        "PostgreSQL": await _postgresql(on.database_url),
        "RabbitMQ": await _rabbitmq(on.broker_url),
        "libraries": ", ".join(
            f"{name} {version(name)}" for name in ("asyncpg", "aio-pika", "SQLAlchemy", "fastapi")
        ),
        "load before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def _file_system(directory: Path) -> str:
    """Name the file system that the private servers write to: on memory, commits cost nothing."""
    mounts = [
        (len(part.mountpoint), part.fstype)
        for part in psutil.disk_partitions(all=True)
        if directory.is_relative_to(part.mountpoint)
    ]
    return max(mounts, default=(0, "unknown"))[1]


async def _postgresql(url: str) -> str:
    async with connected(url) as connection:
        return str(await connection.fetchval("SHOW server_version"))


async def _rabbitmq(url: str) -> str:
    async with await aio_pika.connect(url) as connection:
        transport = connection.transport
        assert transport is not None
        found = transport.connection.server_properties["version"]
        return found.decode() if isinstance(found, bytes) else str(found)
