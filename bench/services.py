"""The services, an API and a worker each, as processes of their own."""

import asyncio
import base64
import json
import os
import secrets
import signal
import sys
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from messaging.topology import SERVICES
from tradecounter.issuer.keys import signing_key
from tradecounter.issuer.staff import ADMIN, Staff
from tradecounter.issuer.tokens import token_for
from tradecounter.servers.accounts import account_of
from tradecounter.servers.databases import drop_database, ensure_database
from tradecounter.servers.processes import Program, Tethered, free_port

from bench.http import Api
from bench.servers import Servers

_READY_WITHIN = 90.0
_ENDING = ((signal.SIGTERM, 30.0),)


class NotReady(Exception):
    """A process did not come up; the message has what it printed."""


@dataclass(frozen=True, slots=True)
class System:
    """The running system.

    Attributes:
        apis: The HTTP API of each service.
        pids: The processes, by ``<service> api`` and ``<service> worker``.
        databases: The URL of each service's database, and of the floor's as ``floor``.
    """

    apis: Mapping[str, Api]
    pids: Mapping[str, int]
    databases: Mapping[str, str]


@asynccontextmanager
async def system(on: Servers, directory: Path) -> AsyncGenerator[System]:
    """Make the databases, run the processes until left, and drop the databases."""
    key = signing_key(directory)
    keys = directory / "jwks.json"
    keys.write_text(json.dumps(key.jwks()))
    token = token_for(Staff("bench", ADMIN), key)
    async with AsyncExitStack() as stack:
        databases = await stack.enter_async_context(_databases(on.database_url))
        environment = _environment(databases, on.broker_url, keys)
        await _migrate(environment, directory)
        processes: dict[str, Tethered] = {}
        ports: dict[str, Api] = {}
        for service in SERVICES:
            for kind in ("api", "worker"):
                port = free_port()
                process = _start(service, kind, port, environment, directory)
                stack.callback(process.stop)
                processes[f"{service} {kind}"] = process
                ports[f"{service} {kind}"] = api = Api(port, token)
                stack.callback(api.close)
        await _until_ready(processes, ports, directory)
        pids = {label: process.pid for label, process in processes.items()}
        yield System({one: ports[f"{one} api"] for one in SERVICES}, pids, databases)


@asynccontextmanager
async def _databases(server_url: str) -> AsyncGenerator[dict[str, str]]:
    """Make databases that nobody else has, and drop them in the end."""
    run = secrets.token_hex(4)
    names = {one: f"tradecounter_bench_{run}_{one}" for one in (*SERVICES, "floor")}
    try:
        yield {one: await ensure_database(server_url, name) for one, name in names.items()}
    finally:
        for name in names.values():
            await drop_database(server_url, name)


def _environment(databases: Mapping[str, str], broker_url: str, keys: Path) -> dict[str, str]:
    """Give the processes' environment; the caller's own settings must not leak in."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        **{f"{one.upper()}_DATABASE_URL": databases[one] for one in SERVICES},
        "SUBSCRIBERS_SECRET_KEYS": base64.urlsafe_b64encode(bytes(32)).decode(),
        "TRADECOUNTER_BROKER_URL": broker_url,
        "TRADECOUNTER_JWKS_FILE": str(keys),
    }


async def _migrate(environment: Mapping[str, str], directory: Path) -> None:
    async with asyncio.TaskGroup() as tasks:
        for service in SERVICES:
            tasks.create_task(_migrate_one(service, environment, directory))


async def _migrate_one(service: str, environment: Mapping[str, str], directory: Path) -> None:
    with _log(service, "migrate", directory).open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", service, "migrate"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=directory,
        )
        status = await process.wait()
    if status != 0:
        raise _failure(service, "migrate", directory)


def _start(
    service: str, kind: str, port: int, environment: Mapping[str, str], directory: Path
) -> Tethered:
    upper = service.upper()
    own = {f"{upper}_PORT": str(port), f"{upper}_HEALTH_PORT": str(port)}
    program = Program(
        [sys.executable, "-m", service, kind],
        account=account_of(os.geteuid()),
        env={**environment, **own},
        cwd=directory,
        log=_log(service, kind, directory),
        ending=_ENDING,
    )
    return Tethered(program)


def _log(service: str, kind: str, directory: Path) -> Path:
    return directory / f"{service}-{kind}.log"


def _failure(service: str, kind: str, directory: Path) -> NotReady:
    said = _log(service, kind, directory).read_text(errors="replace").strip()
    return NotReady(f"{service} {kind} did not come up; it said:\n{said[-3000:]}")


async def _until_ready(
    processes: Mapping[str, Tethered], ports: Mapping[str, Api], directory: Path
) -> None:
    end = time.monotonic() + _READY_WITHIN
    for label, process in processes.items():
        while not await ports[label].is_ready():
            if not process.running or time.monotonic() > end:
                service, _, kind = label.partition(" ")
                raise _failure(service, kind, directory)
            await asyncio.sleep(0.1)
