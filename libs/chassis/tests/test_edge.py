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


@pytest.mark.parametrize(
    ("path", "key", "place"),
    [
        ("/sets/4111111111111111", "k", "path"),
        ("/sets/4111%201111%201111%201111", "k", "path"),
        ("/sets?q=4111+1111-1111+1111", "k", "query: q"),
        ("/sets?q=a&4111111111111111=b", "k", "query"),
        ("/sets", "order 4111-1111-1111-1111", "header: Idempotency-Key"),
    ],
)
async def test_a_card_number_outside_the_body_is_refused_and_not_logged(
    path: str, key: str, place: str
) -> None:
    """PA-2: in the address, the query and the key, whatever they are for."""
    transport = httpx2.ASGITransport(Edge(broken, body_limit=10, access_log=True))
    with capture_logs() as logs:
        async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
            answer = await client.get(path, headers={"Idempotency-Key": key})

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["code"], error["parameter"]) == ("CARD_NUMBER_REFUSED", place)
    assert "1111" not in answer.text
    assert "1111" not in str(logs)


@pytest.mark.parametrize(
    "address",
    [
        "/41111111-1111-1111-8111-111111111111",
        "/products/4006381333931",
        "/customers?q=%2B37%208282%20246310005",
        "/customers?q=4006381333931",
    ],
)
async def test_ids_barcodes_and_phone_numbers_are_let_through(address: str) -> None:
    """PA-2: they are looked for every day."""

    async def here(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    transport = httpx2.ASGITransport(Edge(here, body_limit=10))
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
        answer = await client.get(address, headers={"Idempotency-Key": "1732199999999993"})

    assert answer.status_code == 204
