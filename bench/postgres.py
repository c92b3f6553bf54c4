"""Bare asyncpg, with the types that it does not bring."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs]


class Connection(Protocol):
    """A connection, as far as it is used here."""

    async def execute(self, query: str, *args: object) -> str:
        """Run a statement in a transaction of its own."""
        ...

    async def fetchval(self, query: str, *args: object) -> Any:  # noqa: ANN401 - any column
        """Give the first column of the first row."""
        ...

    async def close(self) -> None:
        """Close it in order."""
        ...


_connect = cast(
    "Callable[[str], Awaitable[Connection]]",
    asyncpg.connect,
)


@asynccontextmanager
async def connected(url: str) -> AsyncGenerator[Connection]:
    """Connect to a database until left."""
    connection = await _connect(url)
    try:
        yield connection
    finally:
        await connection.close()
