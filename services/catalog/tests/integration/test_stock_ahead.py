"""Stock is promised before it is there: future stock, backorders, and what becomes of them."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from catalog.domain.errors import BelowCommitted
from catalog.domain.stock_policy import Backorder, ProductPolicy
from contracts.catalog.commands import ReserveStock
from contracts.catalog.questions import QuoteProducts, TellAvailability
from contracts.catalog.replies import (
    AvailabilityTold,
    HeldLine,
    ProductsQuoted,
    QuoteRefused,
    StockRefused,
    StockReserved,
)
from contracts.values import MAX_UNITS, LocationId, SiteId, Sku

from services.catalog.tests.driving import Catalog, a_reservation, a_submission


async def a_shop(catalog: Catalog, on_hand: int = 0) -> tuple[SiteId, LocationId, Sku]:
    """Make a site with future stock, its warehouse, and a product of which so much lies there."""
    site = await catalog.site()
    warehouse = await catalog.location(site)
    chair = await catalog.product(site)
    await catalog.promise(site, future_stock=True)
    if on_hand:
        await catalog.adjust(warehouse, {chair: on_hand})
    return site, warehouse, chair


async def reserved(catalog: Catalog, asked: ReserveStock) -> tuple[HeldLine, ...]:
    reply = await catalog.handle(asked)
    assert isinstance(reply, StockReserved), reply
    return reply.lines


async def test_current_stock_is_promised_before_future_stock(catalog: Catalog) -> None:
    """IN-4: on hand 5, allocated 3, future 5: ATP 7; the first 2 come from current stock."""
    site, warehouse, chair = await a_shop(catalog, on_hand=5)
    earlier = a_submission()
    await catalog.reserve(site, (chair, 3, None), by=earlier)
    await catalog.allocate(earlier)
    await catalog.expect(warehouse, {chair: 5}, days=3)

    found = await catalog.available(site, chair)
    lines = await reserved(catalog, a_reservation(site, (chair, 7, None)))

    assert (found.current, found.total) == (2, 7)
    assert lines == (HeldLine(sku=chair, location_id=warehouse, units=7, pending=5),)
    assert await catalog.reserve(site, (chair, 1, None)) == "OUT_OF_STOCK"
    assert (await catalog.available(site, chair)).total == 0
    assert await catalog.miscounted() == []


async def test_future_stock_counts_only_where_the_site_and_the_product_have_it(
    catalog: Catalog,
) -> None:
    """IN-5: enabled for site and product; the horizon is inclusive."""
    site, warehouse, chair = await a_shop(catalog)
    await catalog.expect(warehouse, {chair: 2}, days=10)
    await catalog.expect(warehouse, {chair: 1}, days=-3)

    async def total() -> int:
        return (await catalog.available(site, chair)).total

    assert await total() == 3
    await catalog.promise(site, future_stock=True, horizon_days=10)
    days = {e.due: e.units for e in (await catalog.available(site, chair)).future}
    assert list(days.values()) == [1, 2]
    await catalog.promise(site, future_stock=True, horizon_days=8)
    assert await total() == 1
    await catalog.promise(site, future_stock=False)
    assert await total() == 0
    await catalog.promise_product(site, chair, ProductPolicy(future_stock=True))
    assert await total() == 3
    async with catalog.work() as uow:
        product = (await uow.products.found([chair]))[chair]
        variant = product.variants[chair]
        terms = replace(variant.terms, future_stock=False)
        product.variants[chair] = replace(variant, terms=terms)
        await uow.products.keep([product])
    assert await total() == 0


async def test_a_booked_receipt_moves_from_future_to_current_and_serves_who_waits(
    catalog: Catalog,
) -> None:
    """IN-5, IN-6: exactly once; what was allocated to future stock is allocated now."""
    site, warehouse, chair = await a_shop(catalog, on_hand=1)
    receipt = await catalog.expect(warehouse, {chair: 6}, days=3)
    asked = a_reservation(site, (chair, 4, None))
    await reserved(catalog, asked)
    await catalog.allocate(asked.submission_id)
    assert (await catalog.levels())[chair, warehouse] == (1, 0, 1)
    assert await catalog.pending(chair, warehouse) == 3

    await catalog.book(receipt, {chair: 2})
    assert (await catalog.levels())[chair, warehouse] == (3, 0, 3)
    assert (await catalog.available(site, chair)).total == 3
    await catalog.book(receipt)

    found = await catalog.available(site, chair)
    assert (await catalog.levels())[chair, warehouse] == (7, 0, 4)
    assert (found.current, found.future) == (3, ())
    told = await catalog.events(str(asked.submission_id))
    assert [event["units"] for event in told if "units" in event] == [2, 1]
    assert {event["order_id"] for event in told if "units" in event} == {str(asked.order_id)}
    assert await catalog.miscounted() == []


async def test_who_has_waited_longest_is_served_first_and_orders_before_reservations(
    catalog: Catalog,
) -> None:
    """IN-6: oldest first."""
    site, warehouse, chair = await a_shop(catalog)
    receipt = await catalog.expect(warehouse, {chair: 9}, days=1)
    waiting = [a_reservation(site, (chair, 3, None)) for _ in range(3)]
    for asked in waiting:
        await reserved(catalog, asked)
    for asked in waiting[1:]:
        await catalog.allocate(asked.submission_id)

    await catalog.book(receipt, {chair: 4})

    async def pending(number: int) -> int:
        return (await reserved(catalog, waiting[number]))[0].pending

    assert [await pending(n) for n in range(3)] == [3, 0, 2]
    assert (await catalog.levels())[chair, warehouse] == (4, 0, 4)
    await catalog.book(receipt, {chair: 3})
    assert [await pending(n) for n in range(3)] == [2, 0, 0]
    assert (await catalog.levels())[chair, warehouse] == (7, 1, 6)
    await catalog.allocate(waiting[0].submission_id)
    await catalog.book(receipt)
    assert (await catalog.levels())[chair, warehouse] == (9, 0, 9)
    assert await catalog.miscounted() == []


async def test_goods_given_back_go_to_who_waits(catalog: Catalog) -> None:
    """IN-6, IN-8: nobody new is promised what an older order waits for."""
    site, warehouse, chair = await a_shop(catalog, on_hand=2)
    await catalog.expect(warehouse, {chair: 5}, days=1)
    first, second = a_submission(), a_reservation(site, (chair, 2, None))
    await catalog.reserve(site, (chair, 2, None), by=first)
    await reserved(catalog, second)
    await catalog.allocate(second.submission_id)

    await catalog.release(first)

    assert (await catalog.levels())[chair, warehouse] == (2, 0, 2)
    assert await catalog.pending(chair, warehouse) == 0
    assert (await catalog.available(site, chair)).total == 5
    assert await catalog.miscounted() == []


async def test_what_is_pending_can_be_given_back(catalog: Catalog) -> None:
    """IN-5: its future stock can be promised again."""
    site, warehouse, chair = await a_shop(catalog)
    await catalog.expect(warehouse, {chair: 5}, days=1)
    submission = a_submission()
    await catalog.reserve(site, (chair, 4, None), by=submission)
    assert (await catalog.available(site, chair)).total == 1

    await catalog.release(submission)

    assert (await catalog.available(site, chair)).total == 5
    assert await catalog.pending(chair, warehouse) == 0


@pytest.mark.parametrize("due", [True, False])
async def test_more_than_there_is_goes_by_policy(catalog: Catalog, due: bool) -> None:
    """IN-9: refused by default; a backorder where allowed, to everyone or to some."""
    site, warehouse, chair = await a_shop(catalog, on_hand=1)
    if due:
        await catalog.expect(warehouse, {chair: 2}, days=1)

    async def ask(**besides: bool) -> str:
        asked = a_reservation(site, (chair, 5, None)).model_copy(update=besides)
        reply = await catalog.handle(asked)
        if isinstance(reply, StockRefused):
            return reply.code
        lines = await reserved(catalog, asked)
        await catalog.release(asked.submission_id)
        one = lines[0]
        return f"{one.units} {one.pending} {one.backordered}"

    owed = "5 2 2" if due else "5 0 4"
    assert await ask(may_backorder=True) == "OUT_OF_STOCK"
    assert await ask(backorder_rest=True) == owed
    await catalog.promise(site, future_stock=True, backorder=Backorder.PERMISSION)
    assert await ask() == "OUT_OF_STOCK"
    assert await ask(may_backorder=True) == owed
    await catalog.promise_product(site, chair, ProductPolicy(Backorder.ALLOW))
    assert await ask() == owed
    assert (await catalog.levels())[chair, warehouse] == (1, 0, 0)
    assert await catalog.miscounted() == []


async def test_a_backorder_needs_no_shelf_and_takes_what_comes_there_first(
    catalog: Catalog,
) -> None:
    """IN-9: it stands at the first location by priority, which may never have had the product."""
    site, warehouse, chair = await a_shop(catalog)
    first = await catalog.location(site, priority=1)
    await catalog.promise(site, backorder=Backorder.ALLOW)

    lines = await reserved(catalog, a_reservation(site, (chair, 3, None)))
    await catalog.adjust(warehouse, {chair: 5})
    await catalog.adjust(first, {chair: 2})

    assert lines == (HeldLine(sku=chair, location_id=first, units=3, backordered=3),)
    assert (await catalog.levels())[chair, first] == (2, 2, 0)
    assert await catalog.pending(chair, first) == 1
    assert (await catalog.available(site, chair)).current == 5


async def test_safety_stock_is_not_sold_and_lowering_it_frees_it(catalog: Catalog) -> None:
    """IN-4, IN-7."""
    site, warehouse, chair = await a_shop(catalog, on_hand=5)
    await catalog.keep_back(warehouse, chair, 3)

    assert (await catalog.available(site, chair)).current == 2
    assert await catalog.reserve(site, (chair, 3, None)) == "OUT_OF_STOCK"
    assert await catalog.reserve(site, (chair, 2, None)) == "held"
    await catalog.keep_back(warehouse, chair, 9)
    assert (await catalog.available(site, chair)).current == 0
    await catalog.promise(site, backorder=Backorder.ALLOW)
    owed = a_reservation(site, (chair, 2, None))
    await reserved(catalog, owed)
    await catalog.keep_back(warehouse, chair, 2)

    assert (await reserved(catalog, owed))[0].backordered == 1
    with pytest.raises(BelowCommitted):
        await catalog.adjust(warehouse, {chair: -3})
    assert await catalog.miscounted() == []


async def test_what_is_not_tracked_is_never_short(catalog: Catalog) -> None:
    """IN-7: always available, and no ledger is kept."""
    site = await catalog.site()
    await catalog.location(site)
    chair, service = await catalog.product(site), await catalog.product(site)
    async with catalog.work() as uow:
        product = (await uow.products.found([service]))[service]
        variant = product.variants[service]
        product.variants[service] = replace(variant, terms=replace(variant.terms, tracked=False))
        await uow.products.keep([product])

    assert await catalog.reserve(site, (service, 1000, None)) == "held"
    assert await catalog.reserve(site, (service, 1, None), (chair, 1, None)) == "OUT_OF_STOCK"
    assert not (await catalog.available(site, service)).tracked
    quoted = await catalog.handle(QuoteProducts(site_id=site, skus=(service,)))
    assert isinstance(quoted, ProductsQuoted)
    assert quoted.products[0].available == MAX_UNITS


async def test_a_site_that_does_not_split_ships_from_one_location(catalog: Catalog) -> None:
    """IN-10."""
    site = await catalog.site()
    near, far = await catalog.location(site, priority=1), await catalog.location(site)
    chair, table = await catalog.product(site), await catalog.product(site)
    await catalog.adjust(near, {chair: 2})
    await catalog.adjust(far, {chair: 1, table: 1})
    await catalog.promise(site, split_shipping=False)

    assert await catalog.reserve(site, (chair, 2, None), (table, 1, None)) == "OUT_OF_STOCK"
    assert await catalog.reserve(site, (chair, 1, None), (table, 1, None)) == "held"

    levels = await catalog.levels()
    assert (levels[chair, near][1], levels[chair, far][1], levels[table, far][1]) == (0, 1, 1)


async def test_availability_is_told_per_location_and_for_direct_ship(catalog: Catalog) -> None:
    """IN-2, IN-3, IN-8, IN-13."""
    site, warehouse, chair = await a_shop(catalog, on_hand=5)
    shop = await catalog.location(site, ships=False, pickup=True)
    await catalog.adjust(shop, {chair: 2})
    await catalog.expect(warehouse, {chair: 4}, days=2)
    await catalog.reserve(site, (chair, 1, None), (chair, 1, shop))

    told = await catalog.handle(
        TellAvailability(site_id=site, skus=(chair, Sku("nothing"), Sku(" ")))
    )

    assert isinstance(told, AvailabilityTold)
    (one,) = told.products
    assert (one.current, one.total, one.tracked, one.backorder) == (4, 8, True, "refuse")
    at = {place.location_id: place for place in one.locations}
    assert (at[warehouse].current, [e.units for e in at[warehouse].future]) == (4, [4])
    assert (at[shop].current, at[shop].future, at[shop].pickup) == (1, (), True)
    assert told.unknown == (Sku(" "), Sku("nothing"))
    assert told.as_of.utcoffset() == timedelta(0)
    refused = await catalog.handle(TellAvailability(site_id=SiteId(uuid4()), skus=(chair,)))
    assert isinstance(refused, QuoteRefused)


async def test_future_stock_is_never_promised_twice(catalog: Catalog) -> None:
    """IN-12, IN-5: concurrent reservations of goods on their way, while a part is booked."""
    site, warehouse, chair = await a_shop(catalog, on_hand=3)
    receipt = await catalog.expect(warehouse, {chair: 7}, days=1)

    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(catalog.reserve(site, (chair, 1, None))) for _ in range(40)]
        for _ in range(3):
            tasks.create_task(catalog.book(receipt, {chair: 2}))

    answers = [task.result() for task in asked]
    assert (answers.count("held"), answers.count("OUT_OF_STOCK")) == (10, 30)
    assert (await catalog.levels())[chair, warehouse] == (9, 9, 0)
    assert await catalog.pending(chair, warehouse) == 1
    assert await catalog.miscounted() == []
