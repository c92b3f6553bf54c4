"""A server that runs for as long as a block of code, also of asynchronous code."""

import asyncio
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Server(ABC):
    """Starts where a ``with`` or an ``async with`` begins, and stops where it ends."""

    @abstractmethod
    def start(self) -> None:
        """Start it; when this returns, it serves."""

    @abstractmethod
    def stop(self) -> None:
        """Stop it; nothing of it runs when this returns. One that does not run stays so."""

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()

    async def __aenter__(self) -> Self:
        """Start it, in a thread."""
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it, in a thread."""
        await asyncio.to_thread(self.stop)
