"""What a database that has been at work for a while has in memory, read into it at once."""

from bench.postgres import connected

_EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_prewarm"
_PREWARM = """
SELECT sum(pg_prewarm(oid)) FROM pg_class
WHERE relkind IN ('r', 'i', 't') AND relpersistence = 'p'
"""


async def warm(url: str) -> None:
    """Read tables and indexes into the server's buffers.

    Filling leaves there what was written last. Questions reach for rows all over, and each that
    has to wait for the disk makes whoever waits behind it wait as well.

    Raises:
        asyncpg.PostgresError: The server has no ``pg_prewarm``, or the user may not create it.
    """
    async with connected(url) as connection:
        await connection.execute(_EXTENSION)
        await connection.execute(_PREWARM)
