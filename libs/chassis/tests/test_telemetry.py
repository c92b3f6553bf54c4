"""One trace id from the request to the database, the messages and the logs."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
from chassis.problem import current_trace_id
from chassis.runtime import Runtime
from chassis.telemetry import server_context
from sqlalchemy import make_url

from libs.chassis.tests.conftest import client_of, opened

ROOT = Path(__file__).parents[3]
TRACE = "0af7651916cd43dd8448eb211c80319c"
SPANS = """
import asyncio, json, sys
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from chassis import logging, telemetry
exporter = InMemorySpanExporter()
telemetry.set_up("notes", exporter=exporter)
logging.set_up("notes")
from libs.chassis.tests.conftest import client_of, opened
import structlog

async def main():
    async with opened(sys.argv[1]) as runtime, client_of(runtime) as client:
        traceparent = "00-" + sys.argv[2] + "-b7ad6b7169203331-01"
        parent = {"traceparent": traceparent, "Idempotency-Key": "k"}
        answer = await client.post("/notes", json={"text": "a"}, headers=parent)
        failed = await client.post("/notes/failing", json={"text": "b"}, headers=parent)
    telemetry.flush()
    spans = [
        {"name": span.name, "kind": span.kind.name, "trace": f"{span.context.trace_id:032x}"}
        for span in exporter.get_finished_spans()
    ]
    print(json.dumps({"spans": spans, "trace": answer.headers["trace-id"]}))

asyncio.run(main())
"""


async def test_spans_of_request_and_database_are_one_trace(notes_database: str) -> None:
    """The instrumentation that sees no SQLAlchemy 2.1 would be silent: so a span must be there."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SPANS,
        notes_database,
        TRACE,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    found: dict[str, Any] = json.loads(out)

    assert found["trace"] == TRACE
    ours = [span for span in found["spans"] if span["trace"] == TRACE]
    assert ("SERVER", "POST /notes") in {(span["kind"], span["name"]) for span in ours}
    assert any(span["kind"] == "CLIENT" and "INSERT" in span["name"] for span in ours)
    logged = [json.loads(line) for line in err.decode().splitlines() if line.startswith("{")]
    [fault] = [line for line in logged if line["event"] == "request failed"]
    assert (fault["trace_id"], fault["service"], fault["level"]) == (TRACE, "notes", "error")
    assert "the secret reason" in fault["exception"]


@pytest.mark.parametrize(
    "parent",
    [
        None,
        b"",
        b"nonsense",
        b"00-00000000000000000000000000000000-b7ad6b7169203331-01",
        b"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
    ],
)
async def test_a_request_without_a_readable_trace_begins_one(parent: bytes | None) -> None:
    made = {str(server_context(parent)) for _ in range(2)}

    assert len(made) == 2
    assert current_trace_id() is None


async def test_every_response_has_its_trace_id(detached: Runtime) -> None:
    async with client_of(detached) as client:
        ids = {(await client.get(path)).headers["trace-id"] for path in ("/livez", "/x", "/readyz")}

    assert len(ids) == 3
    assert all(len(one) == 32 for one in ids)


async def test_readiness_tells_what_is_missing(detached: Runtime) -> None:
    async with client_of(detached) as client:
        assert (await client.get("/livez")).status_code == 200
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "NOT_READY")
        assert answer.json()["missing"].keys() == {"database"}
        assert "[Errno" in answer.json()["missing"]["database"]

        detached.stopping.set()
        assert (await client.get("/readyz")).json()["missing"] == {"process": "stopping"}


async def test_readiness_with_a_database(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/readyz")

    assert answer.json() == {"status": "ready", "database": "up", "broker": "up"}


async def test_readiness_tells_why_a_database_does_not_serve_us(notes_database: str) -> None:
    """A wrong name or password is no outage, and yet nothing works: it is told, not a 500."""
    url = make_url(notes_database)
    wrong = {
        url.set(database="nowhere_to_be_found"): 'database "nowhere_to_be_found" does not exist',
        url.set(username="nobody"): "nobody",
    }
    for address, reason in wrong.items():
        async with opened(address.render_as_string(hide_password=False)) as runtime:
            async with client_of(runtime) as client:
                answer = await client.get("/readyz")
            assert answer.status_code == 503
            assert reason in answer.json()["missing"]["database"]
            assert str(url.password) not in answer.text
