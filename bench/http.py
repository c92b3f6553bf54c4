"""A lean HTTP client: the load generator shares the machine with what it measures.

A general client takes about a millisecond of CPU for a request, which on two cores would show in
the throughput. This one takes a tenth of that: one request at a time on each connection, kept open.
"""

import asyncio
import json
import time
from contextlib import suppress
from typing import Any, cast

from httptools import HttpResponseParser
from tradecounter.client import ApiError
from typing_extensions import override

Json = dict[str, Any]

_REST = 3.0
"""Seconds a connection may rest and be used again; the services close theirs after five."""


class _Connection(asyncio.Protocol):
    """One kept-alive connection; ``ask`` must not be called while it runs."""

    def __init__(self) -> None:
        self._parser = HttpResponseParser(self)
        self._body = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._transport: asyncio.Transport | None = None
        self.rested_since = 0.0

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do not derive from asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("closed without an answer"))

    @property
    def closed(self) -> bool:
        return self._transport is None

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def on_body(self, body: bytes) -> None:
        """Keep a part of the answer; called by the parser."""
        self._body += body

    def on_message_complete(self) -> None:
        """Give the answer; called by the parser."""
        body = bytes(self._body)
        self._body.clear()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), body))


class Api:
    """One service's HTTP API on a port of the loopback address."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._fixed = f" HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        self._free: list[_Connection] = []

    async def get(self, path: str) -> Json:
        """Read a resource."""
        return await self.call("GET", path)

    async def put(self, path: str, body: Json) -> Json:
        """Make a resource be as given."""
        return await self.call("PUT", path, body)

    async def post(self, path: str, body: Json, key: object = None) -> Json:
        """Create something; ``key`` is the Idempotency-Key."""
        return await self.call("POST", path, body, key)

    async def call(
        self, method: str, path: str, body: Json | None = None, key: object = None
    ) -> Json:
        """Call and give what came back.

        Raises:
            tradecounter.client.ApiError: A problem came back.
        """
        status, answer = await self._send(self._request(method, path, body, key))
        if status >= 300:
            raise ApiError(f"{method} {path}", status, _problem(answer))
        return json.loads(answer) if answer else {}

    async def is_ready(self) -> bool:
        """Tell whether ``/readyz`` answers 200."""
        try:
            status, _ = await self._send(self._request("GET", "/readyz", None, None))
        except OSError:
            return False
        return status == 200

    def close(self) -> None:
        """Close the connections."""
        for connection in self._free:
            connection.close()

    def _request(self, method: str, path: str, body: Json | None, key: object) -> bytes:
        head = f"{method} {path}{self._fixed}"
        if key is not None:
            head += f"Idempotency-Key: {key}\r\n"
        if body is None:
            return f"{head}\r\n".encode()
        content = json.dumps(body).encode()
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        return head.encode() + content

    async def _send(self, request: bytes) -> tuple[int, bytes]:
        connection = await self._connection()
        try:
            return await connection.ask(request)
        finally:
            connection.rested_since = time.monotonic()
            self._free.append(connection)

    async def _connection(self) -> _Connection:
        while self._free:
            connection = self._free.pop()
            if not connection.closed and time.monotonic() - connection.rested_since < _REST:
                return connection
            connection.close()
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(_Connection, "127.0.0.1", self._port)
        return connection


def _problem(answer: bytes) -> Json:
    with suppress(ValueError):
        found = json.loads(answer)
        if isinstance(found, dict):
            return found  # pyright: ignore[reportUnknownVariableType]
    return {"detail": answer[:200].decode(errors="replace")}
