"""Three services at work, and what is waited for in them."""

from collections.abc import AsyncGenerator, Callable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

from messaging.envelope import Envelope, utc_now
from sqlalchemy import text

from libs.messaging.tests.shop import Connect, Sessions, Station, at_work
from tests.support import eventually


@dataclass
class Town:
    """Three services at work."""

    catalog: Station
    orders: Station
    payments: Station

    async def quiet(self) -> bool:
        """Tell whether every outbox is empty."""
        stations = (self.catalog, self.orders, self.payments)
        return not any([await station.outbox() for station in stations])

    async def settled(self) -> None:
        await eventually(self.quiet, timeout=20)


TownFactory = Callable[[], AbstractAsyncContextManager[Town]]


@asynccontextmanager
async def open_town(databases: Mapping[str, Sessions], connect: Connect) -> AsyncGenerator[Town]:
    async with AsyncExitStack() as stack:
        stations = [
            await stack.enter_async_context(at_work(service, databases[service], connect))
            for service in ("catalog", "orders", "payments")
        ]
        yield Town(*stations)


async def answered(station: Station, *ids: UUID) -> None:
    async def all_of_them() -> bool:
        return all(station.answers_to(id_) for id_ in ids)

    await eventually(all_of_them, timeout=20)


async def eventually_done(station: Station, keys: AbstractSet[UUID], *, within: float = 20) -> None:
    async def all_of_them() -> bool:
        return {key for key, _ in await station.effects()} >= keys

    await eventually(all_of_them, timeout=within)


async def end_sessions(station: Station) -> None:
    """End every database session of a service but the one that does it."""
    query = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with station.sessions() as session:
        await session.execute(text(query))


async def eventually_parked(station: Station, number: int) -> None:
    async def parked() -> bool:
        return len(await station.parked()) == number

    await eventually(parked, timeout=20)


async def eventually_answered(services: Town) -> None:
    """Wait until questions flow: a question is not kept for a service that is starting."""

    async def ready() -> bool:
        return services.catalog.transport.ready is services.orders.transport.ready is None

    await eventually(ready, timeout=20)


def envelope(kind: str, id_: UUID | None = None, data: dict[str, str] | None = None) -> bytes:
    wrapped = Envelope(
        id=id_ or uuid4(), source="/test", type=kind, time=utc_now(), data=data or {}
    )
    return wrapped.encode()
