"""How messages are handled when all is well, and when they are not as they should be."""

from uuid import uuid4

import pytest

from libs.messaging.tests.conformance.needs import Needs
from libs.messaging.tests.conformance.town import (
    TownFactory,
    answered,
    envelope,
    eventually_done,
    eventually_parked,
)
from libs.messaging.tests.shop import Count, ThingCounted, Unheard


class Handling(Needs):
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

    async def test_an_event_reaches_every_follower(self, town: TownFactory) -> None:
        key = uuid4()
        async with town() as services:
            await services.catalog.publish(ThingCounted(key=key))
            for follower in (services.orders, services.payments):
                await eventually_done(follower, {key})

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
