"""How questions are answered, and what becomes of those that are not."""

import asyncio
from collections.abc import Mapping
from uuid import uuid4

import pytest
from messaging.transport import Unanswered

from libs.messaging.tests.conformance.needs import Needs
from libs.messaging.tests.conformance.town import TownFactory, eventually_answered, eventually_done
from libs.messaging.tests.shop import (
    Connect,
    Counted,
    CountNow,
    HowMany,
    NotCounted,
    Sessions,
    SoMany,
    at_work,
)


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


class Errands(Needs):
    async def test_an_errand_is_carried_out_once_and_answered_the_same(
        self, town: TownFactory
    ) -> None:
        """EV-2: what it tells leaves with its commit."""
        errand = CountNow(errand_id=uuid4())
        async with town() as services:
            asker = services.orders.transport.asker("orders")
            await eventually_answered(services)

            first = await asker.ask(errand)
            await asker.ask(CountNow(errand_id=uuid4()))
            again = await asker.ask(errand)

            assert first == again == Counted(key=errand.errand_id, total=1)
            assert len(await services.catalog.effects()) == 2
            await eventually_done(services.orders, {errand.errand_id})

    async def test_copies_at_the_same_time_are_carried_out_once(self, town: TownFactory) -> None:
        errand = CountNow(errand_id=uuid4())
        async with town() as services:
            asker = services.orders.transport.asker("orders")
            await eventually_answered(services)
            async with asyncio.TaskGroup() as tasks:
                asked = [tasks.create_task(asker.ask(errand)) for _ in range(5)]

            counted = Counted(key=errand.errand_id, total=1)
            assert [task.result() for task in asked] == [counted] * 5
            assert await services.catalog.effects() == [(errand.errand_id, "counted")]

    async def test_an_errand_that_fails_or_is_refused_leaves_nothing(
        self, town: TownFactory
    ) -> None:
        """It may be asked again under its id, and is done then."""
        id_ = uuid4()
        async with town() as services:
            asker = services.orders.transport.asker("orders")
            await eventually_answered(services)
            with pytest.raises(Unanswered):
                await asker.ask(CountNow(errand_id=id_, how="badly"), timeout=30)
            refused = await asker.ask(CountNow(errand_id=id_, how="refused"))
            assert refused == NotCounted(code="NOT_COUNTED", detail="not today")
            assert await services.catalog.effects() == []

            assert await asker.ask(CountNow(errand_id=id_)) == Counted(key=id_, total=1)

    async def test_an_errand_whose_answer_is_late_was_done_once(self, town: TownFactory) -> None:
        """The asker does not know, and asks again."""
        errand = CountNow(errand_id=uuid4(), how="slowly")
        async with town() as services:
            asker = services.orders.transport.asker("orders")
            await eventually_answered(services)
            with pytest.raises(Unanswered):
                await asker.ask(errand, timeout=0.2)
            services.catalog.moods.gate.set()

            assert await asker.ask(errand) == Counted(key=errand.errand_id, total=1)
            assert await services.catalog.effects() == [(errand.errand_id, "counted")]
