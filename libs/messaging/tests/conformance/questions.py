"""How questions are answered, and what becomes of those that are not."""

import asyncio
from collections.abc import Mapping

import pytest
from messaging.transport import Unanswered

from libs.messaging.tests.conformance.needs import Needs
from libs.messaging.tests.conformance.town import TownFactory, eventually_answered
from libs.messaging.tests.shop import Connect, HowMany, Sessions, SoMany, at_work


class Questions(Needs):
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
