"""Looks for card numbers, and for other secrets, in what a system has left behind (PA-2)."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager

from chassis.database import create_engine
from contracts.card_numbers import holds_card_number
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_IDS = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|\b(?=[0-9]*[a-fA-F])[0-9a-fA-F]{16,64}\b"
)
"""Ids and digests, which are random and not typed by anyone."""
_DATES = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d")


def suspicious(said: str) -> bool:
    """Tell whether something looks like a card number, ids and dates aside."""
    return any(holds_card_number(_DATES.sub("#", _IDS.sub("#", line))) for line in said.split("\n"))


async def found_in_database(url: str, sought: Callable[[str], bool] = suspicious) -> list[str]:
    """Name the columns of a database in which something is as ``sought``: a card number."""
    async with _connected(url) as connection:
        return sorted({name async for name in _found(connection, sought)})


async def plant(url: str, number: str) -> None:
    """Leave a card number where a mistake would: in a message, and in words about a failure."""
    async with _connected(url) as connection:
        await connection.execute(text("UPDATE payment SET trouble = :said"), {"said": number})
        message = text(
            "INSERT INTO outbox (message_id, exchange, routing_key, type, attempt, body)"
            " VALUES (gen_random_uuid(), '', 'x', 'x', 0, :body)"
        )
        await connection.execute(message, {"body": f'{{"a": "{number}"}}'.encode()})


@asynccontextmanager
async def _connected(url: str) -> AsyncGenerator[AsyncConnection]:
    engine = create_engine(url, pool_size=1)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


async def _found(connection: AsyncConnection, sought: Callable[[str], bool]) -> AsyncIterator[str]:
    columns = text(
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type IN"
        " ('text', 'character varying', 'jsonb', 'json', 'bytea', 'ARRAY')"
    )
    for table, column, kind in (await connection.execute(columns)).all():
        shown = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
        query = f'SELECT {shown} FROM "{table}" WHERE "{column}" IS NOT NULL'  # noqa: S608
        for value in (await connection.execute(text(query))).scalars():
            if sought(value):
                yield f"{table}.{column}"
