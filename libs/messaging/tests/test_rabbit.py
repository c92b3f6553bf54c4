"""The transport over RabbitMQ."""

import asyncio
from collections.abc import Mapping
from uuid import uuid4

import aio_pika
import pytest
from messaging.rabbit import RabbitTransport
from sqlalchemy import select
from yarl import URL

from libs.messaging.tests.brokers import post
from libs.messaging.tests.conformance import TransportConformance
from libs.messaging.tests.conformance.town import (
    TownFactory,
    answered,
    eventually_done,
    eventually_parked,
    open_town,
)
from libs.messaging.tests.proxy import Proxy
from libs.messaging.tests.shop import (
    Connect,
    Count,
    Sessions,
    ThingCounted,
    at_work,
    tables,
)
from tests.support import eventually

pytestmark = pytest.mark.broker


@pytest.mark.postgres
class TestRabbit(TransportConformance):
    @pytest.fixture
    def connect(self, empty_broker: str) -> Connect:
        return lambda service: RabbitTransport(empty_broker, service)

    async def test_what_cannot_be_routed_stays_and_the_rest_flows(self, town: TownFactory) -> None:
        keys = {uuid4() for _ in range(40)}
        async with town() as services:
            orders = services.orders
            for exchange, key in (("cmd.catalog", "no.such"), ("cmd.nowhere", "x"), ("", "none")):
                await orders.put(exchange=exchange, routing_key=key)
            await orders.send(*(Count(key=key) for key in keys))
            await eventually_done(services.catalog, keys)

            async def only_three_left() -> bool:
                return len(await orders.outbox()) == 3

            await eventually(only_three_left, timeout=20)
            async with orders.sessions() as session:
                columns = (tables.outbox.c.exchange, tables.outbox.c.last_error)
                rows = (await session.execute(select(*columns))).all()
            reasons = {row.exchange: row.last_error or "" for row in rows}
            assert "NO_ROUTE" in reasons["cmd.catalog"]
            assert "cmd.nowhere" in reasons["cmd.nowhere"]
            assert "NO_ROUTE" in reasons[""]
            assert len(await services.catalog.effects()) == 40

    async def test_lost_connections_are_made_again_and_nothing_is_lost(
        self, databases: Mapping[str, Sessions], proxy: Proxy, empty_broker: str
    ) -> None:
        url = str(URL(empty_broker).with_host("127.0.0.1").with_port(proxy.port))
        keys = {uuid4() for _ in range(150)}
        async with open_town(databases, lambda service: RabbitTransport(url, service)) as services:
            for number, key in enumerate(sorted(keys)):
                await services.orders.send(Count(key=key))
                if number % 30 == 10:
                    proxy.cut()
            await eventually_done(services.catalog, keys)
            await eventually_done(services.payments, keys)
            await services.settled()

            assert proxy.accepted > 6
            assert len(await services.catalog.effects()) == 150
            assert len(await services.payments.effects()) == 150

    async def test_a_broker_that_is_away_for_a_while_delays_and_loses_nothing(
        self, databases: Mapping[str, Sessions], proxy: Proxy, empty_broker: str
    ) -> None:
        url = str(URL(empty_broker).with_host("127.0.0.1").with_port(proxy.port))
        keys = {uuid4() for _ in range(20)}
        async with open_town(databases, lambda service: RabbitTransport(url, service)) as services:
            proxy.go_down()

            async def not_ready() -> bool:
                return services.orders.transport.ready is not None

            await eventually(not_ready, timeout=20)
            await services.orders.send(*(Count(key=key) for key in keys))
            await asyncio.sleep(1)
            assert len(await services.orders.outbox()) == 20

            proxy.come_up()
            await eventually_done(services.catalog, keys)
            await services.settled()
            assert len(await services.catalog.effects()) == 20

    async def test_what_the_broker_gave_up_is_parked(
        self, town: TownFactory, empty_broker: str
    ) -> None:
        """I8: a dead-letter queue is emptied into the one place where messages end."""
        headers: dict[str, str] = {"x-first-death-reason": "delivery_limit"}
        dead = aio_pika.Message(b"{}", message_id=str(uuid4()), headers={**headers})
        async with town() as services:
            await post(empty_broker, "catalog.commands.dlq", dead)
            await eventually_parked(services.catalog, 1)

            [row] = await services.catalog.parked()
            assert (row.queue, str(row.message_id)) == ("catalog.commands", dead.message_id)
            assert "delivery_limit" in row.error

    async def test_a_strangers_message_without_anything_is_parked(
        self, town: TownFactory, empty_broker: str
    ) -> None:
        async with town() as services:
            await post(empty_broker, "catalog.commands", aio_pika.Message(b"\x00"))
            await eventually_parked(services.catalog, 1)
            [sent] = await services.orders.send(Count(key=uuid4()))
            await answered(services.orders, sent)

    async def test_a_deleted_queue_is_declared_and_consumed_again(
        self, town: TownFactory, empty_broker: str
    ) -> None:
        async with town() as services:
            [before] = await services.orders.send(Count(key=uuid4()))
            await answered(services.orders, before)
            async with await aio_pika.connect(empty_broker) as connection:
                channel = await connection.channel()
                queue = await channel.get_queue("catalog.commands", ensure=False)
                await queue.delete(if_unused=False, if_empty=False)
            [after] = await services.orders.send(Count(key=uuid4()))
            await answered(services.orders, after)

    async def test_events_are_kept_for_replay(self, town: TownFactory, empty_broker: str) -> None:
        key = uuid4()
        async with town() as services:
            await services.catalog.publish(ThingCounted(key=key))
            await eventually_done(services.orders, {key})
        async with await aio_pika.connect(empty_broker) as connection:
            channel = await connection.channel()
            await channel.set_qos(100)
            archive = await channel.get_queue("evt.archive", ensure=False)
            async with (
                asyncio.timeout(10),
                archive.iterator(arguments={"x-stream-offset": "first"}) as messages,
            ):
                async for message in messages:
                    await message.ack()
                    if str(key).encode() in message.body:
                        assert message.type == ThingCounted.type
                        break

    async def test_it_starts_without_a_broker_and_says_so(
        self, databases: Mapping[str, Sessions]
    ) -> None:
        def connect(service: str) -> RabbitTransport:
            return RabbitTransport("amqp://guest:guest@127.0.0.1:1/", service)

        async with at_work("orders", databases["orders"], connect) as orders:
            await orders.send(Count(key=uuid4()))
            assert orders.transport.ready is not None
            assert len(await orders.outbox()) == 1
