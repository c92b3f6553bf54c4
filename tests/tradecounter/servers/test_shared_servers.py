"""The fixtures of tests/servers.py: real servers, empty databases, nothing left behind."""

import aio_pika
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from tradecounter.servers.rabbitmq import PrivateRabbitMQ

from tests.servers import NewDatabase
from tests.support import eventually


async def _one(url: str, statement: str) -> object:
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
    try:
        async with engine.begin() as connection:
            result = await connection.execute(text(statement))
            return result.scalar() if result.returns_rows else None
    finally:
        await engine.dispose()


async def test_a_copied_database_holds_what_its_template_held(
    new_database: NewDatabase, new_session_database: NewDatabase
) -> None:
    template = new_session_database()
    await _one(template, "CREATE TABLE thing AS SELECT 7 AS size")

    copy = new_database(template)

    assert copy != template
    assert await _one(copy, "SELECT size FROM thing") == 7


async def test_the_database_serves_and_searches_beyond_ascii(new_database: NewDatabase) -> None:
    url = new_database()

    await _one(url, "CREATE EXTENSION pg_trgm")

    assert await _one(url, "SELECT lower('ÅSA') = 'åsa'") is True
    assert await _one(url, "SELECT 'åsa' % 'åse'") is True


async def test_the_shared_broker_takes_a_client(broker_url: str) -> None:
    connection = await aio_pika.connect(broker_url)

    async with connection, connection.channel() as channel:
        queue = await channel.declare_queue(exclusive=True)

    assert queue.name


async def test_a_broken_broker_comes_back_with_its_queues(private_broker: PrivateRabbitMQ) -> None:
    async with await aio_pika.connect(private_broker.url) as connection:
        channel = await connection.channel()
        await channel.declare_queue("kept", durable=True, arguments={"x-queue-type": "quorum"})

    private_broker.kill9()
    private_broker.start()

    async with await aio_pika.connect(private_broker.url) as connection:
        channel = await connection.channel()
        assert (await channel.declare_queue("kept", passive=True)).name == "kept"
    assert "kept" in private_broker.ctl("list_queues", "name")


async def test_eventually_gives_what_the_check_gave() -> None:
    answers = iter([None, 0, "here"])

    assert await eventually(lambda: next(answers)) == "here"


async def test_eventually_tells_the_last_failure() -> None:
    def never() -> bool:
        assert 1 + 1 == 3, "arithmetic holds"
        return True

    with pytest.raises(AssertionError, match="arithmetic holds"):
        await eventually(never, timeout=0.05)
