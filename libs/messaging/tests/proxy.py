"""A TCP proxy that a test can break."""

import asyncio
from contextlib import AbstractAsyncContextManager, suppress
from types import TracebackType
from typing import Self

from typing_extensions import override


class Proxy(AbstractAsyncContextManager["Proxy"]):
    """Passes bytes to ``host:port`` until it is told to cut the lines or to refuse new ones.

    Attributes:
        port: Where it listens on 127.0.0.1.
        accepted: How many lines it has opened.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._lines: set[asyncio.StreamWriter] = set()
        self._refusing = False
        self._server: asyncio.Server | None = None
        self.port = 0
        self.accepted = 0

    @override
    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    @override
    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()

    def cut(self) -> None:
        """Reset every line."""
        for line in self._lines:
            line.transport.abort()

    def go_down(self) -> None:
        """Reset every line and refuse new ones."""
        self._refusing = True
        self.cut()

    def come_up(self) -> None:
        self._refusing = False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        self.accepted += 1
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._lines |= {writer, far_writer}
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_pass(reader, far_writer))
                tasks.create_task(_pass(far_reader, writer))
        finally:
            self._lines -= {writer, far_writer}


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()
