"""What every transport must do; each has a subclass that says how to connect."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from messaging import faults
from messaging.envelope import Envelope, utc_now
from messaging.parking import discard, parked_groups, parked_messages, retry
from messaging.relay import Relay
from messaging.transport import Unanswered
from sqlalchemy import text

from libs.messaging.tests.shop import (
    Connect,
    Count,
    HowMany,
    Moods,
    Sessions,
    SoMany,
    Station,
    ThingCounted,
    Unheard,
    at_work,
    engine_of,
    tables,
)
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


@pytest.mark.postgres
class TransportConformance:
    @pytest.fixture
    def connect(self) -> Connect:
        raise NotImplementedError

    @pytest.fixture
    def town(self, databases: Mapping[str, Sessions], connect: Connect) -> TownFactory:
        return lambda: open_town(databases, connect)

    async def test_a_command_is_done_and_answered(self, town: TownFactory) -> None:
        key = uuid4()
        async with town() as services:
            [sent] = await services.orders.send(Count(key=key))
            await answered(services.orders, sent)

            assert await services.catalog.effects() == [(key, "counted")]
            assert services.orders.answers_to(sent) == [
                ("catalog.test-counted.v1", {"key": str(key), "total": 1})
            ]

    async def test_a_refusal_is_an_answer(self, town: TownFactory) -> None:
        async with town() as services:
            [sent] = await services.orders.send(Count(key=uuid4(), how="refused"))
            await answered(services.orders, sent)

            assert [kind for kind, _ in services.orders.answers_to(sent)] == [
                "catalog.test-not-counted.v1"
            ]
            assert await services.catalog.effects() == []
            assert await services.catalog.parked() == []

    async def test_a_repeated_command_is_answered_alike_and_done_once(
        self, town: TownFactory
    ) -> None:
        key, id_ = uuid4(), uuid4()
        async with town() as services:
            await services.orders.send(Count(key=key), ids=[id_])
            await answered(services.orders, id_)
            first = services.orders.answers_to(id_)
            await services.orders.send(Count(key=key), ids=[id_])
            [behind] = await services.orders.send(Count(key=uuid4()))
            await answered(services.orders, behind)
            await services.settled()

            assert [what for k, what in await services.catalog.effects() if k == key] == ["counted"]
            # The answer goes out again under its first id, so the asker's inbox drops it.
            assert services.orders.answers_to(id_) == first

    async def test_a_poison_message_hurts_only_itself(self, town: TownFactory) -> None:
        keys = [uuid4() for _ in range(9)]
        commands = [Count(key=key) for key in keys]
        commands.insert(4, Count(key=uuid4(), how="never"))
        async with town() as services:
            ids = await services.orders.send(*commands)
            await answered(services.orders, *ids[:4], *ids[5:])
            await eventually_parked(services.catalog, 1)

            assert sorted(key for key, _ in await services.catalog.effects()) == sorted(keys)
            assert [row.message_id for row in await services.catalog.parked()] == [ids[4]]

    async def test_an_event_reaches_every_follower(self, town: TownFactory) -> None:
        key = uuid4()
        async with town() as services:
            await services.catalog.publish(ThingCounted(key=key))
            for follower in (services.orders, services.payments):
                await eventually_done(follower, {key})

    async def test_an_unknown_command_is_parked(self, town: TownFactory) -> None:
        async with town() as services:
            body = envelope("catalog.test-unknown.v1")
            await services.orders.put(exchange="", routing_key="catalog.commands", body=body)
            await eventually_parked(services.catalog, 1)

            [row] = await services.catalog.parked()
            assert "does not know catalog.test-unknown.v1" in row.error

    async def test_an_unknown_event_is_skipped(self, town: TownFactory) -> None:
        key = uuid4()
        async with town() as services:
            body = envelope(Unheard.type)
            await services.catalog.put(exchange="", routing_key="orders.from.catalog", body=body)
            await services.catalog.publish(ThingCounted(key=key))
            await eventually_done(services.orders, {key})
            await services.settled()

            assert await services.orders.parked() == []

    @pytest.mark.parametrize(
        "body",
        [b"\xff\x00 no json", b"{}", b"[]", b'{"specversion": "9"}', b"x" * 300_000],
        ids=["bytes", "empty", "list", "version", "large"],
    )
    async def test_an_unreadable_message_is_parked_once(
        self, town: TownFactory, body: bytes
    ) -> None:
        async with town() as services:
            await services.orders.put(exchange="", routing_key="catalog.commands", body=body)
            [sent] = await services.orders.send(Count(key=uuid4()))
            await answered(services.orders, sent)
            await eventually_parked(services.catalog, 1)

            [row] = await services.catalog.parked()
            assert (row.body, row.state) == (body, "parked")

    @pytest.mark.usefixtures("quick_retries")
    async def test_a_failing_handler_is_tried_again_later(self, town: TownFactory) -> None:
        key = uuid4()
        async with town() as services:
            [sent] = await services.orders.send(Count(key=key, how="badly at first"))
            await answered(services.orders, sent)

            assert await services.catalog.effects() == [(key, "counted")]
            assert await services.catalog.parked() == []
            assert services.catalog.moods.failures_left == 0

    @pytest.mark.usefixtures("quick_retries")
    async def test_a_message_that_keeps_failing_is_parked_and_can_be_retried(
        self, town: TownFactory
    ) -> None:
        key = uuid4()
        async with town() as services:
            catalog = services.catalog
            catalog.moods.failures_left = 3
            [sent] = await services.orders.send(Count(key=key, how="badly at first"))
            await eventually_parked(catalog, 1)
            assert await catalog.effects() == []

            async with catalog.sessions.begin() as session:
                [group] = await parked_groups(session, tables.parked)
                assert (group.queue, group.error_class, group.messages) == (
                    "catalog.commands",
                    "RuntimeError",
                    1,
                )
                await retry(session, tables, "catalog", decided_by="mary")
            catalog.relay.wake.set()
            await answered(services.orders, sent)

            assert await catalog.effects() == [(key, "counted")]
            async with catalog.sessions() as session:
                [row] = await parked_messages(session, tables.parked, state="retried")
            assert (row.decided_by, row.attempts) == ("mary", 3)
            assert row.decided_at is not None

    async def test_retrying_what_was_processed_after_all_changes_nothing(
        self, town: TownFactory
    ) -> None:
        key = uuid4()
        async with town() as services:
            [sent] = await services.orders.send(Count(key=key))
            await answered(services.orders, sent)
            catalog = services.catalog
            body = envelope(Count.type, sent, {"key": str(key)})
            await catalog.put(
                exchange="", routing_key="catalog.commands", message_id=sent, body=body
            )
            [behind] = await services.orders.send(Count(key=uuid4()))
            await answered(services.orders, behind)
            await services.settled()

            assert len(await catalog.effects()) == 2

    async def test_a_discarded_message_stays_so(self, town: TownFactory) -> None:
        async with town() as services:
            await services.orders.send(Count(key=uuid4(), how="never"))
            await eventually_parked(services.catalog, 1)
            async with services.catalog.sessions.begin() as session:
                [row] = await parked_messages(session, tables.parked)
                gone = await discard(
                    session, tables.parked, ids=[row.id], reason="a test", decided_by="mary"
                )
                assert gone == [row.id]
                assert await retry(session, tables, "catalog", decided_by="eve") == []
                assert await parked_messages(session, tables.parked) == []

    async def test_two_relays_do_not_send_twice(self, town: TownFactory) -> None:
        keys = {uuid4() for _ in range(200)}
        async with town() as services:
            orders = services.orders
            second = Relay(engine_of(orders.sessions), tables, orders.transport, batch=7)
            async with second.running():
                await orders.send(*(Count(key=key) for key in keys))
                second.wake.set()
                await eventually_done(services.catalog, keys)
                await services.settled()

            assert len(await services.catalog.effects()) == 200
            assert len(orders.replies.seen) == 200

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
            await services.orders.send(*(Count(key=key) for key in keys))
            await eventually_done(services.catalog, keys)
            await eventually_done(services.payments, keys)
            await services.settled()

            assert faults.visits[point] > 1
            assert len(await services.catalog.effects()) == 20
            assert len(await services.payments.effects()) == 20
            assert len({cause for cause, _, _ in services.orders.replies.seen}) == 20
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

    async def test_a_question_is_answered(self, town: TownFactory) -> None:
        async with town() as services:
            asker = services.orders.transport.asker("orders")
            await eventually_answered(services)

            assert await asker.ask(HowMany()) == SoMany(total=0)

    async def test_a_question_that_fails_is_unanswered_at_once(self, town: TownFactory) -> None:
        async with town() as services:
            asker = services.orders.transport.asker("orders")
            await eventually_answered(services)
            for how in ("badly", "writing"):
                async with asyncio.timeout(5):
                    with pytest.raises(Unanswered) as unanswered:
                        await asker.ask(HowMany(how=how), timeout=30)
                assert unanswered.value.service == "catalog"

            assert await services.catalog.effects() == []

    async def test_a_question_without_an_answer_in_time_is_unanswered(
        self, town: TownFactory
    ) -> None:
        async with town() as services:
            asker = services.orders.transport.asker("orders")
            await eventually_answered(services)
            with pytest.raises(Unanswered):
                await asker.ask(HowMany(how="slowly"), timeout=0.2)
            services.catalog.moods.gate.set()

            assert await asker.ask(HowMany()) == SoMany(total=0)

    async def test_nobody_there_is_unanswered(
        self, databases: Mapping[str, Sessions], connect: Connect
    ) -> None:
        async with at_work("orders", databases["orders"], connect) as orders:
            with pytest.raises(Unanswered):
                await orders.transport.asker("orders").ask(HowMany(), timeout=0.3)

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
