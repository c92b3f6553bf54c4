"""Rows into tables by COPY: a million would take an hour through the APIs."""

import json
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, cast

from messaging.direct import Driver
from sqlalchemy import Table

from bench.postgres import Connection, connected

Rows = Iterable[Mapping[str, Any]]


class CopyingConnection(Connection, Driver, Protocol):
    """What asyncpg offers besides."""

    async def copy_records_to_table(
        self, table_name: str, *, records: Iterable[Sequence[object]], columns: Sequence[str]
    ) -> str:
        """Copy rows into a table."""
        ...

    async def set_type_codec(self, typename: str, **codec: object) -> None:
        """Say how a type is written."""
        ...


@asynccontextmanager
async def copying(url: str) -> AsyncGenerator[CopyingConnection]:
    """Connect to a database until left, with JSON as it is copied."""
    async with connected(url) as bare:
        connection = cast("CopyingConnection", bare)
        await connection.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=_jsonb, decoder=bytes, format="binary"
        )
        yield connection


async def copy(connection: CopyingConnection, table: Table, rows: Rows) -> None:
    """Copy rows that all have the same columns; nothing when there is none."""
    waiting = list(rows)
    if not waiting:
        return
    columns = list(waiting[0])
    records = [[row[column] for column in columns] for row in waiting]
    await connection.copy_records_to_table(table.name, records=records, columns=columns)


async def settle(connection: CopyingConnection) -> None:
    """Leave the server nothing to catch up with, which would show in what is measured next."""
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")


def _jsonb(value: object) -> bytes:
    """Write a document as binary jsonb: a version byte and the text."""
    return b"\x01" + json.dumps(value).encode()
