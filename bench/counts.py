"""How many durable commits and confirmed messages an order takes, and whether all is done."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from messaging.topology import SERVICES

from bench.postgres import Connection, connected

# Commits that wrote something: reading takes no transaction id, and nothing is flushed for it.
# (pg_stat_database.xact_commit counts readers too, and up to a second late.)
_COMMITS = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
# Every message is a row of an outbox, numbered by it.
_MESSAGES = "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('outbox', 'id')), 0)"
_UNSENT = "SELECT EXISTS (SELECT FROM outbox)"
_UNFINISHED = "SELECT EXISTS (SELECT FROM saga WHERE status IN ('running', 'undoing'))"


@dataclass(frozen=True, slots=True)
class Counts:
    """Durable commits, and messages confirmed by the broker: so far, or for one order."""

    commits: float
    messages: float

    def per_order(self, before: "Counts", orders: int) -> "Counts":
        """Give what each order took since an earlier reading."""
        return Counts(
            (self.commits - before.commits) / orders, (self.messages - before.messages) / orders
        )


class Databases:
    """Looks into the services' databases from outside, with a connection to each."""

    def __init__(self, connections: Mapping[str, Connection]) -> None:
        self._connections = connections

    async def counts(self) -> Counts:
        """Read the counters; commits are counted over the whole server."""
        sent = [await one.fetchval(_MESSAGES) for one in self._connections.values()]
        return Counts(await self._connections["orders"].fetchval(_COMMITS), sum(sent))

    async def settled(self) -> bool:
        """Tell whether every message has been sent and every saga has ended."""
        if await self._connections["orders"].fetchval(_UNFINISHED):
            return False
        for connection in self._connections.values():
            if await connection.fetchval(_UNSENT):
                return False
        return True


@asynccontextmanager
async def looking_into(urls: Mapping[str, str]) -> AsyncGenerator[Databases]:
    """Connect to the services' databases until left."""
    async with AsyncExitStack() as stack:
        yield Databases(
            {one: await stack.enter_async_context(connected(urls[one])) for one in SERVICES}
        )
