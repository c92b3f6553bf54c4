"""Commands as they come from the queue: in batches, again, and at the same time."""

import asyncio
from uuid import UUID, uuid4

from catalog.handlers.subscriptions import subscriptions
from catalog.storage.tables import messaging
from catalog.storage.unit_of_work import SqlUnitOfWork
from contracts.catalog.commands import ReleaseStock
from contracts.message import Command
from messaging.consumer import Consumer, Handlers
from messaging.delivery import Delivery
from messaging.envelope import Envelope, decode, utc_now
from sqlalchemy import text

from services.catalog.tests.driving import Catalog, a_reservation


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


async def test_batches_that_cross_end_well(catalog: Catalog) -> None:
    """4.19: two batches may lock shelves in opposite order; one by one they cannot."""
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
