"""A tax provider to test with: a real HTTP server that answers as it is told."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

VAT = {"name": "VAT", "ppm": 200_000}


@dataclass
class TaxServer:
    """What it answers, and what it was asked.

    Attributes:
        status: And ``body``: of every answer.
        hangs: It takes requests and answers nothing.
    """

    url: str = ""
    status: int = 200
    body: bytes = json.dumps({"rates": [VAT]}).encode()
    hangs: bool = False
    asked: list[Any] = field(default_factory=list[Any])

    def says(self, *rates: object) -> None:
        """Answer these rates from now on."""
        self.body = json.dumps({"rates": rates}).encode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        self.asked.append(json.loads(await reader.readexactly(length)))
        if self.hangs:
            await reader.read()  # until the asker has gone away
        else:
            answer = f"HTTP/1.1 {self.status} Said\r\nContent-Length: {len(self.body)}\r\n"
            writer.write(f"{answer}Connection: close\r\n\r\n".encode() + self.body)
        writer.close()


@asynccontextmanager
async def tax_server() -> AsyncGenerator[TaxServer]:
    """Serve on a free port of the loopback address."""
    taxes = TaxServer()
    server = await asyncio.start_server(taxes.serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        taxes.url = f"http://127.0.0.1:{port}/rates"
        yield taxes
