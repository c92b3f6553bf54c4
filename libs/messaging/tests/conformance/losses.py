"""Nothing is lost and nothing happens twice, whatever crashes, is away or is slow."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from messaging import faults
from messaging.relay import Relay
from messaging.transport import Outgoing, Publisher

from libs.messaging.tests.conformance.needs import Needs
from libs.messaging.tests.conformance.town import (
    TownFactory,
    answered,
    end_sessions,
    eventually_done,
)
from libs.messaging.tests.shop import (
    Connect,
    Count,
    Moods,
    Sessions,
    ThingCounted,
    at_work,
    engine_of,
    tables,
)


@dataclass
class Published:
    """Publishes, and keeps which messages are safe."""

    publisher: Publisher
    ids: list[UUID] = field(default_factory=list[UUID])

    async def publish(self, rows: Sequence[Outgoing]) -> Mapping[int, Exception]:
        failed = await self.publisher.publish(rows)
        self.ids += [row.message_id for row in rows if row.id not in failed]
        return failed


class Losses(Needs):
    async def test_two_relays_do_not_send_twice(self, town: TownFactory) -> None:
        keys = {uuid4() for _ in range(200)}
        async with town() as services:
            orders = services.orders
            orders.relay.publisher = published = Published(orders.transport)
            second = Relay(engine_of(orders.sessions), tables, published, batch=7)
            async with second.running():
                sent = await orders.send(*(Count(key=key) for key in keys))
                second.wake.set()
                await answered(orders, *sent)
                await services.settled()

            assert sorted(published.ids) == sorted(sent)
            assert len(await services.catalog.effects()) == 200

    @pytest.mark.parametrize(
        "point",
        ["relay.before_publish", "relay.after_confirm", "consumer.after_commit", "handler.mid"],
    )
    @pytest.mark.usefixtures("quick_retries")
    async def test_a_crash_loses_nothing_and_does_nothing_twice(
        self, town: TownFactory, point: str
    ) -> None:
        keys = {uuid4() for _ in range(20)}
        async with town() as services:
            faults.arm(f"{point}:raise@1")
            sent = await services.orders.send(*(Count(key=key) for key in keys))
            await answered(services.orders, *sent)
            await eventually_done(services.payments, keys)
            await services.settled()

            assert faults.visits[point] > 1
            assert len(await services.catalog.effects()) == 20
            assert len(await services.payments.effects()) == 20
            assert await services.catalog.parked() == []

    @pytest.mark.usefixtures("quick_retries")
    async def test_lost_database_sessions_lose_nothing(self, town: TownFactory) -> None:
        keys = {uuid4() for _ in range(60)}
        async with town() as services:
            for number, key in enumerate(keys):
                await services.orders.send(Count(key=key))
                if number % 15 == 10:
                    await end_sessions(services.catalog)
            await eventually_done(services.catalog, keys)
            await eventually_done(services.payments, keys)
            await services.settled()

            assert len(await services.catalog.effects()) == 60
            assert await services.catalog.parked() == []

    async def test_leaving_waits_for_what_is_running(
        self, databases: Mapping[str, Sessions], connect: Connect
    ) -> None:
        first, later, moods = uuid4(), {uuid4() for _ in range(5)}, Moods()
        async with at_work("orders", databases["orders"], connect) as orders:
            async with at_work("catalog", databases["catalog"], connect, moods=moods) as catalog:
                await orders.send(Count(key=first, how="slowly"))
                await moods.started.wait()
                await orders.send(*(Count(key=key) for key in later))
                asyncio.get_running_loop().call_later(0.2, moods.gate.set)
            assert (first, "counted") in await catalog.effects()

            async with at_work("catalog", databases["catalog"], connect) as catalog:
                await eventually_done(catalog, {first, *later})
            assert len(await catalog.effects()) == 6

    async def test_a_slow_follower_loses_nothing(self, town: TownFactory) -> None:
        keys = {uuid4() for _ in range(30)}
        async with town() as services:
            gate = services.payments.moods.follower_gate = asyncio.Event()
            await services.catalog.publish(*(ThingCounted(key=key) for key in keys))
            await eventually_done(services.orders, keys)
            assert await services.payments.effects() == []

            gate.set()
            await eventually_done(services.payments, keys)
            await services.settled()
            assert len(await services.orders.effects()) == 30

    async def test_what_was_sent_while_a_service_was_away_arrives(
        self, databases: Mapping[str, Sessions], connect: Connect
    ) -> None:
        key = uuid4()
        async with at_work("orders", databases["orders"], connect) as orders:
            [sent] = await orders.send(Count(key=key))
            async with at_work("catalog", databases["catalog"], connect):
                await answered(orders, sent)
