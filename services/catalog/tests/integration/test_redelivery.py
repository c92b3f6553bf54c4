"""Commands as they come from the queue: in batches, again, and at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from catalog.handlers.subscriptions import subscriptions
from catalog.handlers.unit_of_work import UnitOfWork
from catalog.storage.tables import messaging
from catalog.storage.unit_of_work import SqlUnitOfWork
from contracts.catalog.commands import AllocateStock, HoldStock, ReleaseStock, ReturnStock
from contracts.message import Command, Reply
from contracts.values import SiteId, Sku
from messaging.consumer import Consumer, Handlers
from messaging.delivery import Delivery, Received
from messaging.envelope import Envelope, decode, utc_now
from messaging.outbox import Outbox
from messaging.subscriptions import Handler, Subscription
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.tests.driving import Catalog, a_reservation
from tests.support import eventually


def a_consumer(catalog: Catalog) -> Consumer:
    handlers = Handlers(subscriptions(), SqlUnitOfWork)
    return Consumer("catalog", "catalog.commands", handlers, catalog.sessions, messaging)


def a_delivery(command: Command, message_id: UUID | None = None) -> Delivery:
    envelope = Envelope(
        id=message_id or uuid4(),
        source="/tradecounter/orders",
        type=command.type,
        time=utc_now(),
        correlationid="conversation",
        data=command.model_dump(mode="json"),
    )
    return Delivery("catalog.commands", envelope.encode(), envelope.id, reply_to="orders.saga")


async def replies(catalog: Catalog) -> dict[str, list[str]]:
    """Give the types of the replies by the command they answer."""
    async with catalog.sessions() as session:
        bodies = await session.scalars(
            text("SELECT body FROM outbox WHERE exchange = 'rpl.orders' ORDER BY id")
        )
        found: dict[str, list[str]] = {}
        for envelope in map(decode, bodies):
            found.setdefault(envelope.causationid or "", []).append(envelope.type)
        return found


async def test_a_batch_holds_and_gives_back_in_its_order_and_answers_each(
    catalog: Catalog,
) -> None:
    """I2, I3: later messages of a batch see what earlier ones did."""
    site = await catalog.site()
    warehouse = await catalog.location(site)
    chair = await catalog.product(site)
    await catalog.adjust(warehouse, {chair: 3})
    first, second, third = (a_reservation(site, (chair, 2, None)) for _ in range(3))
    batch = [
        a_delivery(first),
        a_delivery(second),
        a_delivery(ReleaseStock(submission_id=first.submission_id)),
        a_delivery(third),
    ]

    await a_consumer(catalog).handle(batch)

    told = await replies(catalog)
    assert [told[str(delivery.message_id)] for delivery in batch] == [
        ["catalog.stock-reserved.v1"],
        ["catalog.stock-refused.v1"],
        ["catalog.stock-released.v1"],
        ["catalog.stock-reserved.v1"],
    ]
    assert (await catalog.levels())[chair, warehouse] == (3, 2, 0)


@dataclass
class Crossing:
    """Handles batches; after the first message of one it waits until the other is under way too.

    Attributes:
        asked: How many messages each transaction had that was begun.
        begun: The units of work in which something was handled.
    """

    catalog: Catalog
    asked: list[int] = field(default_factory=list[int])
    begun: set[UnitOfWork] = field(default_factory=set[UnitOfWork])

    def consumer(self) -> Consumer:
        return Consumer("catalog", "catalog.commands", self, self.catalog.sessions, messaging)

    async def receive(
        self, batch: Sequence[Received], session: AsyncSession, outbox: Outbox
    ) -> dict[UUID, dict[str, Any]]:
        self.asked.append(len(batch))
        listed = subscriptions()
        listed.by_type = {
            kind: Subscription(one.message, self._pausing(one.handler))
            for kind, one in listed.by_type.items()
        }
        return await Handlers(listed, SqlUnitOfWork).receive(batch, session, outbox)

    def _pausing(self, handler: Handler) -> Handler:
        async def handle(message: Command, uow: UnitOfWork) -> Reply | None:
            reply = await handler(message, uow)
            if uow not in self.begun:
                self.begun.add(uow)
                await eventually(self._both_under_way)
            return reply

        return handle

    async def _both_under_way(self) -> bool:
        return len(self.begun) > 1 or await self.somebody_waits()

    async def somebody_waits(self) -> bool:
        async with self.catalog.sessions() as session:
            waiting = text(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            return bool(await session.scalar(waiting))


Commands = Callable[[Sku, Sku], Awaitable[Sequence[Command]]]


async def cross(catalog: Catalog, commands: Commands, skus: tuple[Sku, Sku]) -> Crossing:
    """Handle these commands about two products in two batches, one the other way round."""
    one, other = await commands(*skus), (await commands(*skus))[::-1]
    crossing = Crossing(catalog)
    async with asyncio.TaskGroup() as tasks:
        for batch in (one, other):
            deliveries = [a_delivery(command) for command in batch]
            tasks.create_task(crossing.consumer().handle(deliveries))
    return crossing


@pytest.mark.parametrize("kind", ["reserve", "hold", "allocate", "release", "return"])
async def test_batches_that_cross_do_not_wait_for_each_other(catalog: Catalog, kind: str) -> None:
    """4.19: two batches may name shelves in opposite order; both lock them in the same one."""
    site = await catalog.site()
    warehouse = await catalog.location(site)
    skus = (await catalog.product(site), await catalog.product(site))
    await catalog.adjust(warehouse, dict.fromkeys(skus, 50))

    async def commands(*named: Sku) -> Sequence[Command]:
        return [await a_command(kind, catalog, site, sku) for sku in named]

    crossing = await cross(catalog, commands, skus)

    assert crossing.asked == [2, 2], "a batch was rolled back and done one by one"
    assert await catalog.miscounted() == []


async def a_command(kind: str, catalog: Catalog, site: SiteId, sku: Sku) -> Command:
    asked = a_reservation(site, (sku, 1, None))
    if kind == "reserve":
        return asked
    if kind == "hold":
        return HoldStock(
            hold_id=uuid4(),
            order_id=asked.order_id,
            site_id=site,
            sequence=1,
            lines=asked.lines,
            expires_at=utc_now() + timedelta(hours=1),
        )
    await catalog.handle(asked)
    if kind == "allocate":
        return AllocateStock(submission_id=asked.submission_id)
    if kind == "return":
        return ReturnStock(return_id=uuid4(), order_id=asked.order_id)
    return ReleaseStock(submission_id=asked.submission_id)


async def test_many_batches_that_cross_end_well(catalog: Catalog) -> None:
    """4.19: nothing is lost, done twice or parked."""
    site = await catalog.site()
    warehouse = await catalog.location(site)
    skus = [await catalog.product(site) for _ in range(4)]
    await catalog.adjust(warehouse, dict.fromkeys(skus, 50))
    batches = [
        [a_delivery(a_reservation(site, (sku, 1, None))) for sku in order * 3]
        for order in (skus, skus[::-1], skus, skus[::-1])
    ]
    consumer = a_consumer(catalog)

    async with asyncio.TaskGroup() as tasks:
        for batch in batches:
            tasks.create_task(consumer.handle(batch))

    levels = await catalog.levels()
    assert {levels[sku, warehouse] for sku in skus} == {(50, 12, 0)}
    async with catalog.sessions() as session:
        assert (await session.execute(text("SELECT count(*) FROM parked_message"))).scalar() == 0
    assert await catalog.miscounted() == []


async def test_a_thousand_concurrent_submissions_over_four_sites_for_ten_units_reserve_ten(
    catalog: Catalog,
) -> None:
    """IN-12: two processes, batch beside batch; each of the others is refused by name."""
    sites = [await catalog.site() for _ in range(4)]
    warehouse = await catalog.location(*sites)
    chair = await catalog.product(*sites)
    await catalog.adjust(warehouse, {chair: 10})
    asked = [a_delivery(a_reservation(sites[n % 4], (chair, 1, None))) for n in range(1000)]
    batches = [asked[n : n + 50] for n in range(0, 1000, 50)]

    async def process(mine: list[list[Delivery]]) -> None:
        consumer = a_consumer(catalog)
        for batch in mine:
            await consumer.handle(batch)

    async with asyncio.TaskGroup() as tasks:
        for first in range(2):
            tasks.create_task(process(batches[first::2]))

    told = await replies(catalog)
    answers = [told[str(delivery.message_id)] for delivery in asked]
    assert answers.count(["catalog.stock-reserved.v1"]) == 10
    assert answers.count(["catalog.stock-refused.v1"]) == 990
    assert (await catalog.levels())[chair, warehouse] == (10, 10, 0)
    assert await catalog.miscounted() == []
