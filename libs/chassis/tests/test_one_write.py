"""A response leaves in one piece, and a long one piece by piece."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from chassis.one_write import OneWriteProtocol
from chassis.serving import listen, serving
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

ASK = b"GET /%b HTTP/1.1\r\nHost: here\r\n%b\r\n"


class Counted:
    """Says how often a connection is written to."""

    writes = 0


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> type[Counted]:
    """Count what goes to the sockets themselves."""
    made = OneWriteProtocol.connection_made
    Counted.writes = 0

    class Beneath:
        def __init__(self, transport: asyncio.Transport) -> None:
            self._transport = transport

        def __getattr__(self, name: str) -> object:
            return getattr(self._transport, name)

        def write(self, data: bytes) -> None:
            Counted.writes += 1
            self._transport.write(data)

    def connection_made(self: OneWriteProtocol, transport: asyncio.Transport) -> None:
        made(self, Beneath(transport))  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(OneWriteProtocol, "connection_made", connection_made)
    return Counted


class Site:
    """Answers short, or long with a pause that somebody else ends."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await self._answer(request.url.path)(scope, receive, send)

    def _answer(self, path: str) -> Response:
        return StreamingResponse(self._long()) if path == "/long" else PlainTextResponse("short")

    async def _long(self) -> AsyncGenerator[bytes]:
        yield b"one"
        await self.go_on.wait()
        yield b"two"


@asynccontextmanager
async def connected(
    site: Site,
) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    listening = listen("127.0.0.1", 0)
    async with serving(site, listening, grace=1):
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        try:
            yield reader, writer
        finally:
            writer.close()


async def test_head_and_body_are_sent_at_once(counted: type[Counted]) -> None:
    async with connected(Site()) as (reader, writer):
        writer.write(ASK % (b"short", b"") * 2)
        for _ in range(2):
            await reader.readuntil(b"short")

    assert counted.writes <= 2


async def test_a_long_answer_comes_as_it_is_made(counted: type[Counted]) -> None:
    site = Site()
    async with connected(site) as (reader, writer):
        writer.write(ASK % (b"long", b""))
        await reader.readuntil(b"one")
        site.go_on.set()
        await reader.readuntil(b"two\r\n0\r\n\r\n")

    assert counted.writes >= 2


async def test_nothing_is_lost_when_the_connection_is_closed_after_the_answer() -> None:
    async with connected(Site()) as (reader, writer):
        writer.write(ASK % (b"short", b"Connection: close\r\n"))

        assert (await reader.read()).endswith(b"\r\n\r\nshort")
