"""The transport over RabbitMQ."""

import aio_pika
import pytest
import pytest_asyncio
from messaging.rabbit import RabbitTransport, bootstrap

from libs.messaging.tests.conformance import TransportConformance
from libs.messaging.tests.shop import Connect, all_queues

pytestmark = [pytest.mark.broker, pytest.mark.xdist_group("broker")]


@pytest_asyncio.fixture
async def empty_broker(broker_url: str) -> str:
    """A broker with the shop's queues, and nothing in them."""
    await bootstrap(broker_url, all_queues())
    async with await aio_pika.connect(broker_url) as connection:
        channel = await connection.channel()
        for queue in all_queues():
            for name in (queue.name, f"{queue.name}.dlq"):
                await (await channel.get_queue(name, ensure=False)).purge()
    return broker_url


class TestRabbit(TransportConformance):
    @pytest.fixture
    def connect(self, empty_broker: str) -> Connect:
        return lambda service: RabbitTransport(empty_broker, service)
