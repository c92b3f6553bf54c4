"""The outermost layer answers whatever happens, and can log each request."""

import httpx2
import pytest
from chassis.edge import Edge
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

SCOPE: Scope = {
    "type": "http",
    "method": "GET",
    "path": "/page",
    "query_string": b"",
    "headers": [],
}


async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise RuntimeError("the secret reason")


async def breaking_off(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise RuntimeError("the secret reason")


async def receive() -> Message:
    raise AssertionError("nothing is sent")


async def test_what_no_handler_knows_is_a_problem_and_is_logged() -> None:
    app = Edge(broken, body_limit=10, access_log=True)
    transport = httpx2.ASGITransport(app)
    with capture_logs() as logs:
        async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
            answer = await client.get("/page")

    assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL")
    assert answer.json()["trace_id"] == answer.headers["trace-id"]
    assert [log["event"] for log in logs] == ["request failed", "request"]
    line = logs[-1]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/page", 500)


async def test_a_response_that_has_begun_is_broken_off() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    with capture_logs() as logs, pytest.raises(RuntimeError):
        await Edge(breaking_off, body_limit=10)(SCOPE, receive, send)

    assert [message["type"] for message in sent] == ["http.response.start"]
    assert [log["event"] for log in logs] == ["response broke off"]


async def test_other_protocols_pass_through() -> None:
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    async def send(_message: Message) -> None:
        raise AssertionError("nothing is answered")

    await Edge(app, body_limit=10)({"type": "lifespan"}, receive, send)

    assert seen == ["lifespan"]


async def test_a_secret_in_an_address_is_not_logged() -> None:
    """PA-5: whoever reads the log is not let in."""
    app = FastAPI()

    @app.get("/checkout/{token}/result")
    async def result(token: str) -> str:
        return token

    transport = httpx2.ASGITransport(Edge(app, body_limit=10, access_log=True))
    with capture_logs() as logs:
        async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
            answer = await client.get("/checkout/very-secret/result")

    assert answer.json() == "very-secret"
    assert [log["path"] for log in logs] == ["/checkout/.../result"]
