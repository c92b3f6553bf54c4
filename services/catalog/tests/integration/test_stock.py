"""Stock is held, given back and allocated as promised."""

import asyncio
from uuid import uuid4

import pytest
from catalog.domain.errors import BelowCommitted, WrongState
from contracts.catalog.replies import Shortage, StockRefused
from contracts.values import LocationId, SiteId, Sku
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.catalog.tests.driving import Catalog, a_reservation, a_submission


async def test_a_reservation_lowers_what_every_site_of_the_location_can_sell(
    catalog: Catalog,
) -> None:
    """IN-8: one ledger per product and location, shared by its sites."""
    north, south = await catalog.site(), await catalog.site()
    warehouse = await catalog.location(north, south)
    chair = await catalog.product(north, south)
    await catalog.adjust(warehouse, {chair: 5})

    assert await catalog.reserve(north, (chair, 4, None)) == "held"

    assert await catalog.reserve(south, (chair, 2, None)) == "OUT_OF_STOCK"
    assert (await catalog.levels())[chair, warehouse] == (5, 4, 0)


async def test_one_short_line_holds_none_and_says_what_was_short(catalog: Catalog) -> None:
    """SU-5, IN-4: all or nothing, with the shortage per product."""
    site = await catalog.site()
    warehouse = await catalog.location(site)
    chair, table = await catalog.product(site), await catalog.product(site)
    await catalog.adjust(warehouse, {chair: 5, table: 1})
    asked = a_reservation(site, (chair, 2, None), (table, 1, None), (table, 1, None))

    reply = await catalog.handle(asked)

    assert reply == StockRefused(
        submission_id=asked.submission_id,
        code="OUT_OF_STOCK",
        detail=f"not enough stock: {table} (1 of 2)",
        shortages=(Shortage(sku=table, wanted=2, available=1),),
    )
    assert (await catalog.levels())[chair, warehouse] == (5, 0, 0)


async def test_a_refusal_is_repeated_in_the_same_words_whatever_came_after(
    catalog: Catalog,
) -> None:
    """Law 3: the domain is idempotent by business key."""
    site = await catalog.site()
    warehouse = await catalog.location(site)
    chair = await catalog.product(site)
    asked = a_reservation(site, (chair, 1, warehouse))
    first = await catalog.handle(asked)
    await catalog.adjust(warehouse, {chair: 5})

    assert await catalog.handle(asked) == first
    assert (await catalog.levels())[chair, warehouse] == (5, 0, 0)


async def test_direct_ship_splits_over_locations_by_priority_then_code(catalog: Catalog) -> None:
    """IN-10: only locations linked to the site, that ship; the lowest priority number first."""
    site, other = await catalog.site(), await catalog.site()
    chair = await catalog.product(site)
    near = await catalog.location(site, priority=1)
    b = await catalog.location(site, code=f"b-{uuid4().hex}", priority=2)
    a = await catalog.location(site, code=f"a-{uuid4().hex}", priority=2)
    shop = await catalog.location(site, ships=False, pickup=True, priority=0)
    foreign = await catalog.location(other, priority=0)
    for place in (near, a, b, shop, foreign):
        await catalog.adjust(place, {chair: 2})

    assert await catalog.reserve(site, (chair, 1, None), (chair, 4, None)) == "held"
    assert await catalog.reserve(site, (chair, 2, None)) == "OUT_OF_STOCK"

    levels = await catalog.levels()
    reserved = {place: levels[chair, place][1] for place in (near, a, b, shop, foreign)}
    assert reserved == {near: 2, a: 2, b: 1, shop: 0, foreign: 0}


async def test_a_line_bound_to_a_location_comes_from_there_only(catalog: Catalog) -> None:
    """IN-10: pickup may not split."""
    site = await catalog.site()
    chair = await catalog.product(site)
    warehouse = await catalog.location(site)
    shop = await catalog.location(site, ships=False, pickup=True)
    await catalog.adjust(warehouse, {chair: 9})
    await catalog.adjust(shop, {chair: 1})

    assert await catalog.reserve(site, (chair, 2, shop)) == "OUT_OF_STOCK"
    assert await catalog.reserve(site, (chair, 1, shop), (chair, 9, None)) == "held"


async def test_what_is_not_known_is_refused_by_name(catalog: Catalog) -> None:
    """IN-10."""
    site, other = await catalog.site(), await catalog.site()
    chair = await catalog.product(site)
    foreign = await catalog.location(other)
    await catalog.adjust(foreign, {chair: 5})

    assert await catalog.reserve(SiteId(uuid4()), (chair, 1, None)) == "UNKNOWN_SITE"
    assert await catalog.reserve(site, (chair, 1, foreign)) == "UNKNOWN_LOCATION"
    assert await catalog.reserve(site, (chair, 1, LocationId(uuid4()))) == "UNKNOWN_LOCATION"
    assert await catalog.reserve(site, (Sku("nothing"), 1, None)) == "OUT_OF_STOCK"


async def test_a_release_that_overtakes_its_reservation_refuses_it(catalog: Catalog) -> None:
    """SU-8: the undo leaves a mark."""
    site = await catalog.site()
    warehouse = await catalog.location(site)
    chair = await catalog.product(site)
    await catalog.adjust(warehouse, {chair: 5})
    submission = a_submission()

    await catalog.release(submission)
    await catalog.release(submission)

    assert await catalog.reserve(site, (chair, 1, None), by=submission) == "RELEASED"
    assert await catalog.reserve(site, (chair, 9, None), by=submission) == "RELEASED"
    assert (await catalog.levels())[chair, warehouse] == (5, 0, 0)
    assert "catalog.reservation-ended.v1" not in catalog.sent


async def test_repeating_changes_nothing_and_gives_the_same_answer(catalog: Catalog) -> None:
    """SU-3, law 3: by submission, whatever the message id."""
    site = await catalog.site()
    warehouse = await catalog.location(site)
    chair = await catalog.product(site)
    await catalog.adjust(warehouse, {chair: 3})
    kept, dropped = a_submission(), a_submission()

    for _ in range(3):
        assert await catalog.reserve(site, (chair, 2, None), by=kept) == "held"
        assert await catalog.reserve(site, (chair, 1, None), by=dropped) == "held"
    for _ in range(3):
        await catalog.allocate(kept)
        await catalog.release(dropped)

    assert await catalog.reserve(site, (chair, 2, None), by=kept) == "held"
    assert await catalog.reserve(site, (chair, 1, None), by=dropped) == "RELEASED"
    assert (await catalog.levels())[chair, warehouse] == (3, 0, 2)
    assert catalog.sent.count("catalog.reservation-ended.v1") == 2


async def test_what_was_never_held_cannot_be_allocated_nor_the_allocated_released(
    catalog: Catalog,
) -> None:
    """Law 5: anything but the permitted origins is a fault."""
    site = await catalog.site()
    warehouse = await catalog.location(site)
    chair = await catalog.product(site)
    await catalog.adjust(warehouse, {chair: 3})
    sold = a_submission()
    await catalog.reserve(site, (chair, 2, None), by=sold)
    await catalog.allocate(sold)

    with pytest.raises(WrongState):
        await catalog.allocate(a_submission())
    with pytest.raises(WrongState):
        await catalog.release(sold)

    assert (await catalog.levels())[chair, warehouse] == (3, 0, 2)


async def test_stock_cannot_sink_below_what_is_promised(catalog: Catalog) -> None:
    """IN-4: adjustments are all or nothing, and never below reserved + allocated."""
    site = await catalog.site()
    warehouse = await catalog.location(site)
    chair, table = await catalog.product(site), await catalog.product(site)
    await catalog.adjust(warehouse, {chair: 5, table: 5})
    await catalog.reserve(site, (chair, 3, None))

    with pytest.raises(BelowCommitted) as refused:
        await catalog.adjust(warehouse, {table: 7, chair: -3})
    await catalog.adjust(warehouse, {chair: -2})

    assert refused.value.committed == {chair: 3}
    levels = await catalog.levels()
    assert (levels[chair, warehouse], levels[table, warehouse]) == ((3, 3, 0), (5, 0, 0))


async def test_the_movements_of_stock_cannot_be_changed(catalog: Catalog) -> None:
    """SC-2: reason, author and result of every correction stay."""
    site = await catalog.site()
    warehouse = await catalog.location(site)
    chair = await catalog.product(site)
    await catalog.adjust(warehouse, {chair: 5})
    await catalog.adjust(warehouse, {chair: -2})

    async with catalog.sessions() as session:
        rows = await session.execute(
            text("SELECT change, on_hand, reason, author FROM stock_movement WHERE sku = :s"),
            {"s": chair},
        )
        assert [tuple(row) for row in rows] == [
            (5, 5, "counted", "clerk"),
            (-2, 3, "counted", "clerk"),
        ]
        with pytest.raises(DBAPIError, match="append-only"):
            await session.execute(text("DELETE FROM stock_movement"))


async def test_two_hundred_reservations_over_four_sites_for_ten_units_hold_ten(
    catalog: Catalog,
) -> None:
    """IN-12: never oversold; each of the others is refused by name."""
    sites = [await catalog.site() for _ in range(4)]
    warehouse = await catalog.location(*sites)
    chair = await catalog.product(*sites)
    await catalog.adjust(warehouse, {chair: 10})

    async with asyncio.TaskGroup() as tasks:
        asked = [
            tasks.create_task(catalog.reserve(sites[n % 4], (chair, 1, None))) for n in range(200)
        ]

    answers = [task.result() for task in asked]
    assert (answers.count("held"), answers.count("OUT_OF_STOCK")) == (10, 190)
    assert (await catalog.levels())[chair, warehouse] == (10, 10, 0)
    assert await catalog.miscounted() == []


async def test_a_thousand_lines_are_held_and_given_back(catalog: Catalog) -> None:
    """The largest order: 1,000 lines over two locations."""
    site = await catalog.site()
    near, far = await catalog.location(site, priority=1), await catalog.location(site)
    skus = [await catalog.product(site) for _ in range(50)]
    await catalog.adjust(near, dict.fromkeys(skus, 15))
    await catalog.adjust(far, dict.fromkeys(skus, 5))
    submission = a_submission()

    lines = [(sku, 1, None) for sku in skus for _ in range(20)]
    assert await catalog.reserve(site, *lines, by=submission) == "held"
    assert await catalog.reserve(site, (skus[0], 1, None)) == "OUT_OF_STOCK"
    await catalog.release(submission)

    levels = await catalog.levels()
    assert {levels[sku, place][1] for sku in skus for place in (near, far)} == {0}
