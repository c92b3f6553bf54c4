"""A RabbitMQ node that is stopped, killed, short of memory; and the limits that policies set."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID, uuid4

import aio_pika
import pytest
from messaging.rabbit import RabbitTransport, definitions, publishing
from tradecounter.servers.rabbitmq import PrivateRabbitMQ

from libs.messaging.tests.brokers import empty, give_back, post
from libs.messaging.tests.conformance.town import (
    Town,
    eventually_done,
    eventually_parked,
    open_town,
)
from libs.messaging.tests.shop import Count, Sessions, all_queues, at_work
from tests.support import eventually


def import_definitions(broker: PrivateRabbitMQ) -> None:
    with NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(definitions(all_queues()), file)
        file.flush()
        Path(file.name).chmod(0o644)  # the node may run under an account of its own
        broker.ctl("import_definitions", file.name)


async def send_slowly(services: Town, number: int) -> set[UUID]:
    """Send commands one by one for a second or so; gives their keys."""
    keys = {uuid4() for _ in range(number)}
    for key in keys:
        await services.orders.send(Count(key=key))
        await asyncio.sleep(0.01)
    return keys


async def all_done_once(services: Town, keys: set[UUID]) -> None:
    for station in (services.catalog, services.payments):
        await eventually_done(station, keys, within=60)
    await services.settled()
    assert len(await services.catalog.effects()) == len(keys)
    assert len(await services.payments.effects()) == len(keys)


async def test_a_broker_that_is_stopped_and_started_loses_nothing(
    databases: Mapping[str, Sessions], private_broker: PrivateRabbitMQ
) -> None:
    url = private_broker.url
    await empty(url)
    async with open_town(databases, lambda service: RabbitTransport(url, service)) as services:
        before = await send_slowly(services, 50)
        await asyncio.to_thread(private_broker.ctl, "stop_app")
        meanwhile = await send_slowly(services, 50)
        await asyncio.to_thread(private_broker.ctl, "start_app")

        await all_done_once(services, before | meanwhile)


async def test_a_broker_that_is_killed_loses_nothing(
    databases: Mapping[str, Sessions], private_broker: PrivateRabbitMQ
) -> None:
    url = private_broker.url
    await empty(url)
    async with open_town(databases, lambda service: RabbitTransport(url, service)) as services:
        before = await send_slowly(services, 50)
        await asyncio.to_thread(private_broker.kill9)
        meanwhile = await send_slowly(services, 50)
        await asyncio.to_thread(private_broker.start)

        await all_done_once(services, before | meanwhile)


async def test_closed_connections_are_opened_again(
    databases: Mapping[str, Sessions], private_broker: PrivateRabbitMQ
) -> None:
    url = private_broker.url
    await empty(url)
    async with open_town(databases, lambda service: RabbitTransport(url, service)) as services:
        keys: set[UUID] = set()
        for _ in range(3):
            keys |= await send_slowly(services, 20)
            await asyncio.to_thread(private_broker.ctl, "close_all_connections", "a test")

        await all_done_once(services, keys)


async def test_a_broker_short_of_memory_delays_and_loses_nothing(
    databases: Mapping[str, Sessions],
    private_broker: PrivateRabbitMQ,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publishing, "TIMEOUT", 1.0)
    url = private_broker.url
    await empty(url)
    async with open_town(databases, lambda service: RabbitTransport(url, service)) as services:
        keys = await send_slowly(services, 5)
        await all_done_once(services, keys)
        try:
            await asyncio.to_thread(private_broker.ctl, "set_vm_memory_high_watermark", "0.00001")
            keys |= await send_slowly(services, 5)

            async def late() -> bool:
                return any("Timeout" in reason for reason in await services.orders.reasons())

            await eventually(late, timeout=20)
        finally:
            await asyncio.to_thread(private_broker.ctl, "set_vm_memory_high_watermark", "0.4")

        await all_done_once(services, keys)


async def test_a_message_that_is_given_back_too_often_is_parked(
    databases: Mapping[str, Sessions], private_broker: PrivateRabbitMQ
) -> None:
    """I8: with the policies imported, what kills its consumers ends among the parked."""
    url = private_broker.url
    await empty(url)
    await asyncio.to_thread(import_definitions, private_broker)
    poison = aio_pika.Message(b"{}", message_id=str(uuid4()), delivery_mode=2)
    await post(url, "catalog.commands", poison)
    await give_back(url, "catalog.commands", 30)

    def connect(service: str) -> RabbitTransport:
        return RabbitTransport(url, service)

    async with at_work("catalog", databases["catalog"], connect) as catalog:
        await eventually_parked(catalog, 1)
        [row] = await catalog.parked()
        assert "delivery_limit" in row.error
