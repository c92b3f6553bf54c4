"""What an order was allocated goes back: all of it, or some units."""

from uuid import uuid4

import pytest
from catalog.domain.errors import WrongState
from contracts.catalog.commands import AllocateStock
from contracts.catalog.replies import (
    HeldLine,
    ReturnRefused,
    Shortage,
    StockAllocated,
    StockReturned,
)
from contracts.values import LocationId, OrderId, SiteId, Sku, SubmissionId

from services.catalog.tests.driving import Catalog, Line, a_reservation, a_return


async def a_shop(catalog: Catalog, on_hand: int) -> tuple[SiteId, LocationId, Sku]:
    site = await catalog.site()
    warehouse = await catalog.location(site)
    chair = await catalog.product(site)
    await catalog.adjust(warehouse, {chair: on_hand})
    return site, warehouse, chair


async def reserved(catalog: Catalog, site: SiteId, *lines: Line, order: OrderId) -> SubmissionId:
    asked = a_reservation(site, *lines, order=order)
    await catalog.handle(asked)
    return asked.submission_id


async def ordered(catalog: Catalog, site: SiteId, *lines: Line, order: OrderId) -> None:
    await catalog.allocate(await reserved(catalog, site, *lines, order=order))


async def test_everything_goes_back_over_all_reservations_of_the_order(catalog: Catalog) -> None:
    """SU-11: what was submitted and what revisions added; other orders keep theirs."""
    site, warehouse, chair = await a_shop(catalog, 9)
    mine, other = OrderId(uuid4()), OrderId(uuid4())
    await ordered(catalog, site, (chair, 2, None), order=mine)
    await ordered(catalog, site, (chair, 3, None), order=mine)
    await ordered(catalog, site, (chair, 1, None), order=other)
    asked = a_return(mine)

    reply = await catalog.handle(asked)

    back = HeldLine(sku=chair, location_id=warehouse, units=5)
    assert reply == StockReturned(return_id=asked.return_id, lines=(back,))
    assert await catalog.handle(asked) == reply
    assert (await catalog.levels())[chair, warehouse] == (9, 0, 1)
    nothing = a_return(mine)
    assert await catalog.handle(nothing) == StockReturned(return_id=nothing.return_id)
    assert await catalog.miscounted() == []


async def test_some_units_go_back_once_under_one_id(catalog: Catalog) -> None:
    """SU-11, SU-3."""
    site, warehouse, chair = await a_shop(catalog, 9)
    mine = OrderId(uuid4())
    await ordered(catalog, site, (chair, 5, None), order=mine)
    asked = a_return(mine, (chair, 1, None), (chair, 1, None))

    first = await catalog.handle(asked)

    assert await catalog.handle(asked) == first
    assert (await catalog.levels())[chair, warehouse] == (9, 0, 3)
    assert await catalog.reserve(site, (chair, 6, None)) == "held"
    assert await catalog.miscounted() == []


async def test_more_than_the_order_has_is_refused_and_changes_nothing(catalog: Catalog) -> None:
    """SU-11: refused in the same words whatever came after."""
    site, warehouse, chair = await a_shop(catalog, 9)
    mine = OrderId(uuid4())
    await ordered(catalog, site, (chair, 2, None), order=mine)
    asked = a_return(mine, (chair, 3, None))

    reply = await catalog.handle(asked)

    assert reply == ReturnRefused(
        code="MORE_THAN_ALLOCATED",
        detail=f"the order has fewer: {chair} (2 of 3)",
        return_id=asked.return_id,
        shortages=(Shortage(sku=chair, wanted=3, available=2),),
    )
    await ordered(catalog, site, (chair, 2, None), order=mine)
    assert await catalog.handle(asked) == reply
    assert (await catalog.levels())[chair, warehouse] == (9, 0, 4)


async def test_a_return_that_overtakes_the_allocation_does_both(catalog: Catalog) -> None:
    """SU-8, SU-11: the allocation that comes late finds itself done, and changes nothing."""
    site, warehouse, chair = await a_shop(catalog, 9)
    mine = OrderId(uuid4())
    submission = await reserved(catalog, site, (chair, 4, None), order=mine)

    await catalog.handle(a_return(mine))

    assert (await catalog.levels())[chair, warehouse] == (9, 0, 0)
    late = await catalog.handle(AllocateStock(submission_id=submission))
    assert late == StockAllocated(submission_id=submission)
    assert (await catalog.levels())[chair, warehouse] == (9, 0, 0)
    with pytest.raises(WrongState):
        await catalog.release(submission)
    assert await catalog.miscounted() == []


async def test_what_was_released_or_is_held_for_a_draft_is_no_orders(catalog: Catalog) -> None:
    """IN-11: only what submissions hold goes back."""
    site, warehouse, chair = await a_shop(catalog, 9)
    mine = OrderId(uuid4())
    await catalog.release(await reserved(catalog, site, (chair, 4, None), order=mine))
    asked = a_return(mine)

    assert await catalog.handle(asked) == StockReturned(return_id=asked.return_id)
    assert (await catalog.levels())[chair, warehouse] == (9, 0, 0)


async def test_what_comes_back_serves_who_waits(catalog: Catalog) -> None:
    """IN-6, SU-11: goods that lie free go to the order that was promised some."""
    site, warehouse, chair = await a_shop(catalog, 3)
    await catalog.promise(site, future_stock=True)
    await catalog.expect(warehouse, {chair: 2}, days=1)
    mine, waiting = OrderId(uuid4()), OrderId(uuid4())
    await ordered(catalog, site, (chair, 3, None), order=mine)
    await ordered(catalog, site, (chair, 2, None), order=waiting)
    assert await catalog.pending(chair, warehouse) == 2

    await catalog.handle(a_return(mine, (chair, 3, None)))

    assert await catalog.pending(chair, warehouse) == 0
    assert (await catalog.levels())[chair, warehouse] == (3, 0, 2)
    assert catalog.sent.count("catalog.pending-stock-allocated.v1") == 1
    assert await catalog.miscounted() == []


async def test_an_order_that_waits_gives_up_its_place_first(catalog: Catalog) -> None:
    """IN-6, SU-11: what no goods cover yet goes back before goods."""
    site, warehouse, chair = await a_shop(catalog, 3)
    await catalog.promise(site, future_stock=True)
    await catalog.expect(warehouse, {chair: 2}, days=1)
    mine = OrderId(uuid4())
    await ordered(catalog, site, (chair, 5, None), order=mine)
    asked = a_return(mine, (chair, 3, None))

    reply = await catalog.handle(asked)

    back = HeldLine(sku=chair, location_id=warehouse, units=3, pending=2)
    assert reply == StockReturned(return_id=asked.return_id, lines=(back,))
    assert (await catalog.levels())[chair, warehouse] == (3, 0, 2)
    assert await catalog.miscounted() == []
