"""What reaches a service behind the front door."""

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from tradecounter.front.proxy import Proxy


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what was asked for, as it was sent."""
    asked = Request(scope, receive).scope
    told = asked["raw_path"] + b" " + asked["query_string"]
    await PlainTextResponse(told)(scope, receive, send)


@pytest.mark.parametrize(
    "sku", ["MUG-01", "A%2FB", "WHAT%3F", "50%25", "T%C3%A9", "a%20b", "..%2F..%2Fx"]
)
async def test_a_path_is_led_on_as_it_was_sent(sku: str) -> None:
    """CP-1: a code with a slash or question mark in it means the same behind the door."""
    async with (
        httpx2.AsyncClient(transport=httpx2.ASGITransport(echo)) as inner,
        httpx2.AsyncClient(transport=httpx2.ASGITransport(Proxy("http://inside", inner))) as asker,
    ):
        answer = await asker.get(f"http://door/api/catalog/v1/products/{sku}?site=uk&q=a%26b")
    assert answer.text == f"/api/catalog/v1/products/{sku} site=uk&q=a%26b"
