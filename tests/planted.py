"""Errors of the database that no code foresees, planted for a test."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

_RAISING = """
CREATE OR REPLACE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a planted fault'; END $$
"""


@asynccontextmanager
async def refusing_rows(
    sessions: async_sessionmaker[AsyncSession], table: str, condition: str
) -> AsyncGenerator[None]:
    """Let PostgreSQL fail on each row of a table, new or changed, that meets a condition on NEW."""
    async with sessions.begin() as session:
        await session.execute(text(_RAISING))
        await session.execute(
            text(
                f'CREATE TRIGGER planted BEFORE INSERT OR UPDATE ON "{table}" '
                f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION planted()"
            )
        )
    try:
        yield
    finally:
        async with sessions.begin() as session:
            await session.execute(text(f'DROP TRIGGER planted ON "{table}"'))
