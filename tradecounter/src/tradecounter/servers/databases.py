"""Databases of a server: make one when it is missing, drop one."""

from chassis.migrations import create_database
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool


def database_url(server_url: str, name: str) -> str:
    """Give the URL of another database on the same server, as ``postgresql://...``."""
    url = make_url(server_url).set(drivername="postgresql", database=name)
    return url.render_as_string(hide_password=False)


async def ensure_database(server_url: str, name: str) -> str:
    """Make a database unless it exists, and give its URL.

    Args:
        server_url: Any database of the server, as a user who may create databases.
        name: What it is called, letter by letter.
    """
    url = database_url(server_url, name)
    await create_database(url)
    return url


async def drop_database(server_url: str, name: str) -> None:
    """Drop a database, even while it is in use; harmless when there is none."""
    await administer(server_url, f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")


async def administer(server_url: str, statement: str) -> None:
    """Run one statement that no transaction may hold."""
    url = make_url(server_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()


def quoted(name: str) -> str:
    """Write a name as SQL takes it literally."""
    return '"' + name.replace('"', '""').replace(":", "\\:") + '"'
