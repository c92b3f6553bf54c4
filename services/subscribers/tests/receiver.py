"""A system that subscribes: an HTTP server which notes what it gets and answers as it is told."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

OK = "204 No Content"


@dataclass
class Got:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Receiver:
    """Answers with what is in ``answers`` first, and then with ``answer``.

    An answer is a status line's end and further header lines, a blank line and a body if there is
    one. ``silent``: no answer at all, but the connection stays. Attributes ``got``: what came.
    """

    url: str = ""
    answer: str = OK
    answers: list[str] = field(default_factory=list[str])
    got: list[Got] = field(default_factory=list[Got])
    most_at_once: int = 0
    _now: int = 0
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def types(self) -> list[str]:
        return [one.event["type"] for one in self.got]

    @property
    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.got]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self._now += 1
                self.most_at_once = max(self.most_at_once, self._now)
                lines = head.decode().split("\r\n")
                pairs = (line.partition(": ") for line in lines[1:] if line)
                headers = {name.lower(): value for name, _, value in pairs}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.got.append(Got(lines[0].split()[1], headers, body))
                answer = self.answers.pop(0) if self.answers else self.answer
                if answer == "silent":
                    await self._ended.wait()
                    return
                writer.write(_response(answer))
                self._now -= 1
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def end(self) -> None:
        self._ended.set()


def _response(answer: str) -> bytes:
    head, _, body = answer.partition("\n\n")
    lines = ["HTTP/1.1 " + head.replace("\n", "\r\n"), f"content-length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncGenerator[Receiver]:
    """Serve on a free port of 127.0.0.1."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    receiver.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/hook"
    try:
        yield receiver
    finally:
        receiver.end()
        server.close()
