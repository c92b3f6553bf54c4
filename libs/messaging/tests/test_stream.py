"""A stream is read from any place on, also when what was read is gone, or all of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from uuid import uuid4

import aio_pika
import pytest
from messaging.failures import InfrastructureDown
from messaging.rabbit import stream as module
from messaging.rabbit.stream import Entry, Following, read_once
from pamqp.common import FieldTable

from tests.support import eventually

EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Writer:
    """Writes to a stream of its own."""

    def __init__(self, url: str, channel: aio_pika.abc.AbstractChannel) -> None:
        self.url, self.name, self.channel = url, f"stream-{uuid4()}", channel

    async def make(self) -> None:
        arguments: FieldTable = {"x-queue-type": "stream"}
        await self.channel.declare_queue(self.name, durable=True, arguments=arguments)

    async def drop(self) -> None:
        await self.channel.queue_delete(self.name)

    async def write(self, *texts: str) -> None:
        for text in texts:
            message = aio_pika.Message(text.encode(), type="t", delivery_mode=2)
            await self.channel.default_exchange.publish(message, self.name)

    async def once(self, start: int | datetime, limit: int = 100) -> list[str]:
        return texts_of(await read_once(self.url, self.name, start, limit=limit))


def texts_of(entries: Sequence[Entry]) -> list[str]:
    return [entry.body.decode() for entry in entries]


@pytest.fixture
async def writer(broker_url: str) -> AsyncIterator[Writer]:
    async with await aio_pika.connect(broker_url) as connection:
        channel = await connection.channel()
        found = Writer(broker_url, channel)
        await found.make()
        yield found
        await found.drop()


async def test_it_is_read_page_by_page_from_any_position_or_time(writer: Writer) -> None:
    """EV-3: replay by position and by time."""
    assert await writer.once(0) == []
    await writer.write("a", "b", "c")
    await asyncio.sleep(1.1)
    moment = datetime.now(UTC)
    await writer.write("d")

    entries = await read_once(writer.url, writer.name, 0, limit=2)
    assert [(one.position, one.type) for one in entries] == [(1, "t"), (2, "t")]
    assert await writer.once(2) == ["c", "d"]
    assert await writer.once(4) == []
    assert await writer.once(moment) == ["d"]
    assert await writer.once(EVER) == ["a", "b", "c", "d"]


async def test_who_follows_gets_what_comes_and_may_go_back(writer: Writer) -> None:
    arrived = asyncio.Event()
    following = Following(writer.url, writer.name, arrived.set)
    async with following.running():
        await writer.write("a", "b")
        assert await read(following, 0, 2) == ["a", "b"]
        await writer.write("c")
        await arrived.wait()
        assert await read(following, 2, 1) == ["c"]
        assert await read(following, 0, 3) == ["a", "b", "c"]


async def test_a_lost_connection_is_opened_again_and_nothing_is_missed(writer: Writer) -> None:
    following = Following(writer.url, writer.name, lambda: None)
    async with following.running():
        await writer.write("a")
        assert await read(following, 0, 1) == ["a"]
        following._link.restart("a test")  # pyright: ignore[reportPrivateUsage] # noqa: SLF001
        await writer.write("b")
        assert await read(following, 1, 1) == ["b"]


async def test_a_stream_made_anew_is_read_from_its_beginning(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 50: the broker was wiped; positions begin again, and the reader sees it."""
    monkeypatch.setattr(module, "_LOST", 0.3)
    await writer.write("a", "b", "c")
    await writer.drop()
    await writer.make()
    await writer.write("new")
    following = Following(writer.url, writer.name, lambda: None)
    async with following.running():

        async def found() -> list[Entry]:
            return list(await reading(following, 3))

        assert await eventually(found) == [Entry(1, "t", b"new")]
        await writer.write("newer")
        assert await read(following, 1, 1) == ["newer"]


async def test_a_slow_broker_is_not_taken_for_one_made_anew(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing may be sent to everybody again because a record was late."""
    monkeypatch.setattr(module, "_LOST", 0.0)
    await writer.write("a", "b")
    following = Following(writer.url, writer.name, lambda: None)
    async with following.running():
        for _ in range(3):
            assert await reading(following, 2) == []
        await writer.write("c")
        assert await read(following, 2, 1) == ["c"]


async def test_a_broker_or_a_stream_that_is_not_there_is_an_outage(
    writer: Writer, broker_url: str
) -> None:
    with pytest.raises(InfrastructureDown):
        await read_once("amqp://127.0.0.1:1/", writer.name, 0, limit=1)
    with pytest.raises(InfrastructureDown):
        await read_once(broker_url, "no-such-stream", 0, limit=1)


async def reading(following: Following, start: int) -> "list[Entry]":
    """Read what there is; a connection that is not up yet has nothing."""
    try:
        return list(await following.read(start, 100))
    except InfrastructureDown:
        return []


async def read(following: Following, start: int, most: int) -> list[str]:
    """Read so many records, as they come."""
    found: list[Entry] = []

    async def enough() -> bool:
        at = found[-1].position if found else start
        found.extend((await reading(following, at))[: most - len(found)])
        return len(found) == most

    await eventually(enough)
    return texts_of(found)
