"""The processes of a service, started and stopped as an operator would."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from chassis.serving import listen
from joserfc.jwk import KeySet

from libs.chassis.tests.conftest import ISSUER, keys, sign
from tests.servers import NewDatabase
from tests.support import eventually

ROOT = Path(__file__).parents[3]
PROGRAM = (
    "from chassis.run import main; from libs.chassis.tests.shop import SERVICE;"
    "raise SystemExit(main(SERVICE))"
)
UNREACHABLE = "amqp://guest:guest@127.0.0.1:9/"


class Process:
    """A process of the notes service, and what it has logged."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.lines: list[str] = []

    async def logged(self, event: str) -> dict[str, Any]:
        """Wait for a log line."""
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self.lines.append(line.decode())
            if line.startswith(b"{") and (found := json.loads(line))["event"] == event:
                return found
        raise AssertionError(f"{event!r} was never logged: {''.join(self.lines)}")

    async def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Stop the process as a supervisor does; gives its exit code."""
        self._process.send_signal(sign)
        return await self.ended()

    async def ended(self) -> int:
        assert self._process.stderr is not None
        self.lines.append((await self._process.stderr.read()).decode())
        return await self._process.wait()


@asynccontextmanager
async def started(*arguments: str, **settings: str) -> AsyncGenerator[Process]:
    kept = {name: value for name, value in os.environ.items() if "TRADECOUNTER" not in name}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        *arguments,
        env=kept | {f"NOTES_{name.upper()}": value for name, value in settings.items()},
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Process(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


@pytest.fixture
def jwks_file(tmp_path: Path) -> str:
    path = tmp_path / "jwks.json"
    published: KeySet = keys()
    path.write_text(json.dumps(published.as_dict()))
    return str(path)


async def said(*arguments: str, **settings: str) -> tuple[int, Sequence[str]]:
    async with started(*arguments, **settings) as process:
        code = await process.ended()
        return code, [line for line in "".join(process.lines).splitlines() if line]


async def test_a_missing_setting_is_named_and_nothing_starts() -> None:
    code, lines = await said("worker")

    assert code == 2
    expected = "NOTES_DATABASE_URL (or TRADECOUNTER_DATABASE_URL, or ..._FILE) is not set"
    example = "for example postgresql://user:password@host:5432/name"
    assert lines == [f"notes: {expected}; {example}"]


async def test_a_missing_broker_and_missing_keys_are_named(jwks_file: str) -> None:
    code, lines = await said("worker", database_url="postgresql://x/y")
    assert (code, "NOTES_BROKER_URL" in lines[-1]) == (2, True)

    code, lines = await said("api", database_url="postgresql://x/y", broker_url=UNREACHABLE)
    assert (code, "NOTES_JWKS_URL" in lines[-1]) == (2, True)


async def test_a_taken_port_is_named(jwks_file: str) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        code, lines = await said(
            "api",
            database_url="postgresql://x/y",
            broker_url=UNREACHABLE,
            jwks_file=jwks_file,
            port=str(port),
        )

    assert code == 1
    assert lines == [f"notes: port {port} of 127.0.0.1 is taken by another process"]


async def test_a_database_that_is_away_is_told(jwks_file: str) -> None:
    code, lines = await said("migrate", database_url="postgresql://x@127.0.0.1:9/y")

    assert code == 1
    assert "cannot be reached" in lines[-1]


async def test_migrate_brings_the_database_up_to_date(new_database: NewDatabase) -> None:
    url = new_database()

    assert (await said("migrate", "--check", database_url=url))[0] == 1
    assert (await said("migrate", database_url=url))[0] == 0
    assert (await said("migrate", "--check", database_url=url))[0] == 0


async def test_the_api_serves_without_a_broker_and_stops_in_good_order(
    notes_database: str, jwks_file: str
) -> None:
    """Messages wait in the outbox, so an API goes on without the broker, and says so."""
    settings = {
        "database_url": notes_database,
        "broker_url": UNREACHABLE,
        "jwks_file": jwks_file,
        "issuer": ISSUER,
        "port": "0",
    }
    async with started("api", **settings) as process:
        address = (await process.logged("api started"))["address"]
        bearer = {"Authorization": f"Bearer {sign()}", "Idempotency-Key": "k"}
        async with httpx2.AsyncClient(base_url=address, headers=bearer) as client:
            assert (await client.get("/livez")).status_code == 200
            readiness = await client.get("/readyz")
            assert readiness.status_code == 200
            assert readiness.json()["broker"] != "up"
            posted = await client.post("/notes", json={"text": "a"})
            assert posted.status_code == 201
            assert "server" not in posted.headers
            shorter = b'{"text": "b"'
            broken = await client.post("/notes", content=shorter, headers={"a": "b"})
            assert broken.headers["content-type"] == "application/problem+json"

        assert await process.stop() == 0
    assert '"api stopped"' in process.lines[-1]


async def test_a_request_that_runs_at_sigterm_is_finished(
    notes_database: str, jwks_file: str
) -> None:
    settings = {
        "database_url": notes_database,
        "broker_url": UNREACHABLE,
        "jwks_file": jwks_file,
        "issuer": ISSUER,
        "port": "0",
    }
    body = b'{"text": "late"}'
    async with started("api", **settings) as process:
        address = httpx2.URL((await process.logged("api started"))["address"])
        reader, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(
            b"POST /notes HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\n"
            b"Content-Type: application/json\r\n"
            b"Authorization: Bearer " + sign().encode() + b"\r\n"
            b"Content-Length: " + str(len(body)).encode() + b"\r\nExpect: 100-continue\r\n\r\n"
        )
        assert (await reader.readline()).startswith(b"HTTP/1.1 100")
        process._process.send_signal(signal.SIGTERM)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001

        async def refused() -> bool:
            try:
                _, second = await asyncio.open_connection(address.host, address.port)
            except OSError:
                return True
            second.close()
            return False

        await eventually(refused)
        await reader.readline()
        writer.write(body)
        assert (await reader.readline()).startswith(b"HTTP/1.1 201")
        writer.close()
        assert await process.ended() == 0


async def test_the_worker_is_ready_with_its_broker_and_stops_in_good_order(
    notes_database: str, broker_url: str
) -> None:
    settings = {"database_url": notes_database, "broker_url": broker_url, "health_port": "0"}
    async with started("worker", **settings) as process:
        health = (await process.logged("worker started"))["health"]
        async with httpx2.AsyncClient(base_url=health) as client:
            assert (await client.get("/livez")).json() == {"status": "alive"}
            assert (await client.get("/nothing")).status_code == 404

            async def ready() -> bool:
                return (await client.get("/readyz")).status_code == 200

            await eventually(ready, timeout=30)

        assert await process.stop(signal.SIGINT) == 0
    assert '"worker stopped"' in process.lines[-1]


async def test_a_worker_without_a_broker_is_not_ready(notes_database: str) -> None:
    settings = {"database_url": notes_database, "broker_url": UNREACHABLE, "health_port": "0"}
    async with started("worker", **settings) as process:
        health = (await process.logged("worker started"))["health"]
        async with httpx2.AsyncClient(base_url=health) as client:
            answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "NOT_READY")
        assert "broker" in answer.json()["missing"]
        assert await process.stop() == 0
