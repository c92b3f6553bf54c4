"""Connections to PostgreSQL."""

import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from messaging.direct import Driver
from pydantic_core import from_json, to_json
from sqlalchemy import URL, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util.concurrency import greenlet_spawn

from chassis.fair_pool import FairPool

STATEMENT_TIMEOUT = timedelta(seconds=30)
LOCK_TIMEOUT = timedelta(seconds=5)
IDLE_IN_TRANSACTION_TIMEOUT = timedelta(seconds=60)
_PING_AFTER = 5.0
"""Seconds of rest after which a pooled connection is asked whether it still lives."""

_PATIENCE = 10
"""Seconds to wait for a connection, made or given back: whoever waits for one that somebody else is
just opening must not give up sooner than that somebody, or a cold start under load is a 503."""
_READERS = 6
"""Connections for queries at most."""
_READING = {"default_transaction_read_only": "on", "plan_cache_mode": "force_generic_plan"}
"""For queries: each is planned once, for any parameters. PostgreSQL would plan a search anew each
time, which takes as long as the search; those statements are written so that none needs it."""
_AUTOCOMMIT: Mapping[str, Any] = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
_BY_INDEX = {"enable_seqscan": "off", "plan_cache_mode": "force_generic_plan"}
"""For the relay. An outbox is planned for while it is empty, as it nearly always is: PostgreSQL
would go through the whole table, with all the dead rows in it, each time the relay looks. And it
would plan the deleting anew for each list of rows, which costs as much as the deleting."""


def driver_url(url: str) -> URL:
    """Give the URL with the asyncpg driver and in its words (``sslmode`` becomes ``ssl``)."""
    parsed = make_url(url)
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+asyncpg")
    if "sslmode" in parsed.query:
        mode = parsed.query["sslmode"]
        parsed = parsed.difference_update_query(["sslmode"])
        parsed = parsed.update_query_pairs([("ssl", str(mode))])
    return parsed


def create_engine(
    url: str,
    *,
    pool_size: int = 10,
    statement_timeout: timedelta | None = STATEMENT_TIMEOUT,
    server_settings: Mapping[str, str] | None = None,
    autocommit: bool = False,
) -> AsyncEngine:
    """Open a pool of at most ``pool_size`` connections; none is made before it is needed.

    Args:
        url: ``postgresql://user:password@host/name``.
        pool_size: Connections at most; takers wait up to 10 s for a free one, each in turn.
        statement_timeout: When the server ends a statement; none for migrations.
        server_settings: PostgreSQL's, for every session, beside the usual ones.
        autocommit: Each statement stands alone.
    """
    settings = {**_server_settings(statement_timeout), **(server_settings or {})}
    engine = create_async_engine(
        driver_url(url),
        poolclass=FairPool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=_PATIENCE,
        json_serializer=_to_json,
        json_deserializer=from_json,
        # Errors get into logs, where what was to be written may be somebody's name.
        hide_parameters=True,
        connect_args={"server_settings": settings, "timeout": _PATIENCE},
        # Said of the engine, not of what it opens: that would be set and reset for each request.
        **(_AUTOCOMMIT if autocommit else {}),
    )
    _ping_when_rested(engine)
    return engine


def _to_json(value: object) -> str:
    return to_json(value, inf_nan_mode="null").decode()


def _server_settings(statement_timeout: timedelta | None) -> dict[str, str]:
    limits = {
        "lock_timeout": LOCK_TIMEOUT,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_TIMEOUT,
        "statement_timeout": statement_timeout or timedelta(0),
    }
    # Our statements are short; compiling them costs more than it saves.
    return {name: f"{limit // timedelta(milliseconds=1)}" for name, limit in limits.items()} | {
        "jit": "off",
        "timezone": "UTC",
    }


def _ping_when_rested(engine: AsyncEngine) -> None:
    """Refuse dead connections at check-out.

    ``pool_pre_ping`` would ask the server before every transaction; a busy connection has just
    proved that it lives, and one that the server closed is known to be closed.
    """
    pool_events = engine.sync_engine

    def returned(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["rested_since"] = time.monotonic()

    def taken(connection: DBAPIConnection, record: ConnectionPoolEntry, _fairy: object) -> None:
        driver: Any = record.driver_connection
        if driver.is_closed():
            raise DisconnectionError("the server closed the connection")
        since = record.info.get("rested_since")
        if since is not None and time.monotonic() - since > _PING_AFTER:
            try:
                engine.sync_engine.dialect.do_ping(connection)
            except Exception as error:
                raise DisconnectionError("the connection does not answer") from error

    event.listen(pool_events, "checkin", returned)
    event.listen(pool_events, "checkout", taken)


@dataclass(frozen=True, slots=True)
class Databases:
    """The pools of one process.

    Attributes:
        work: Transactions of requests and handlers.
        reading: For queries, those of other services too, on a pool that cannot write; each
            statement stands alone, which spares ``BEGIN`` and ``ROLLBACK``.
        readers: The pool of ``reading``.
        relay: A small pool of its own, so that busy handlers cannot starve the relay.
    """

    engines: tuple[AsyncEngine, ...]
    work: async_sessionmaker[AsyncSession]
    reading: async_sessionmaker[AsyncSession]
    readers: AsyncEngine
    relay: AsyncEngine

    @asynccontextmanager
    async def lent(self) -> AsyncGenerator[Driver]:
        """Lend a connection of ``reading`` until left; a session takes longer than a look-up."""
        pooled = await self.readers.raw_connection()
        try:
            yield cast("Driver", pooled.driver_connection)
        finally:
            await greenlet_spawn(pooled.close)

    async def close(self) -> None:
        """Close every connection."""
        for engine in self.engines:
            await engine.dispose()


def sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Give what opens sessions on an engine."""
    return async_sessionmaker(engine, expire_on_commit=False)


def open_databases(url: str, *, pool_size: int = 10) -> Databases:
    """Open the pools of one process."""
    work = create_engine(url, pool_size=pool_size)
    readers = create_engine(url, pool_size=_READERS, server_settings=_READING, autocommit=True)
    relay = create_engine(url, pool_size=2, server_settings=_BY_INDEX)
    return Databases((work, readers, relay), sessions(work), sessions(readers), readers, relay)
