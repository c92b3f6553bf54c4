"""What becomes of messages that fail again and again."""

from uuid import uuid4

import pytest
from messaging.parking import discard, parked_messages, retry

from libs.messaging.tests.conformance.needs import Needs
from libs.messaging.tests.conformance.town import TownFactory, answered, envelope, eventually_parked
from libs.messaging.tests.shop import Count, tables


class Parking(Needs):
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
                [parked] = await parked_messages(session, tables.parked)
                assert (parked.queue, parked.error_class) == ("catalog.commands", "RuntimeError")
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
