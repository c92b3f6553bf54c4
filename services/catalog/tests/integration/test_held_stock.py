"""Where the stock lies that an order has, in answer to whoever shows the order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from contracts.catalog.commands import HoldStock, ReleaseStock, ReservationLine
from contracts.catalog.questions import TellHeldStock
from contracts.catalog.replies import HeldForOrder, HeldStockTold
from contracts.values import LocationId, OrderId, SiteId, Sku, SubmissionId

from services.catalog.tests.driving import Catalog, Line, a_reservation, a_return


@dataclass
class Shop:
    """Two locations that ship: 3 chairs lie at ``near``, 5 at ``far``."""

    catalog: Catalog
    site: SiteId
    near: LocationId
    far: LocationId
    chair: Sku
    order: OrderId

    async def reserve(self, *lines: Line, order: OrderId | None = None) -> SubmissionId:
        asked = a_reservation(self.site, *lines, order=order or self.order)
        await self.catalog.handle(asked)
        return asked.submission_id

    async def told(self) -> Sequence[HeldForOrder]:
        before = datetime.now(UTC)
        reply = await self.catalog.handle(TellHeldStock(order_id=self.order))
        assert isinstance(reply, HeldStockTold)
        assert reply.order_id == self.order
        assert before <= reply.as_of <= datetime.now(UTC)
        return reply.lines

    async def parcels(self) -> list[tuple[str, int, str]]:
        return [(one.location, one.units, one.state) for one in await self.told()]


@pytest.fixture
async def shop(catalog: Catalog) -> Shop:
    site = await catalog.site()
    key = uuid4().hex
    near = await catalog.location(site, code=f"a-{key}", priority=1)
    far = await catalog.location(site, code=f"b-{key}", priority=2)
    chair = await catalog.product(site)
    await catalog.adjust(near, {chair: 3})
    await catalog.adjust(far, {chair: 5})
    return Shop(catalog, site, near, far, chair, OrderId(uuid4()))


async def test_a_line_that_is_split_is_told_by_location(shop: Shop) -> None:
    """IN-10, FU-1: reserved while the submission runs, and allocated after it."""
    catalog, chair = shop.catalog, shop.chair
    assert await shop.told() == ()
    near, far = await catalog.code_of(shop.near), await catalog.code_of(shop.far)

    submission = await shop.reserve((chair, 6, None))
    assert await shop.told() == (
        HeldForOrder(sku=chair, location_id=shop.near, location=near, units=3, state="reserved"),
        HeldForOrder(sku=chair, location_id=shop.far, location=far, units=3, state="reserved"),
    )

    await catalog.allocate(submission)
    assert await shop.parcels() == [(near, 3, "allocated"), (far, 3, "allocated")]
    await shop.reserve((chair, 1, None), order=OrderId(uuid4()))
    assert await shop.parcels() == [(near, 3, "allocated"), (far, 3, "allocated")]


async def test_what_revisions_add_and_give_back_counts(shop: Shop) -> None:
    """IN-10, SU-11: one line for a location over all reservations; what went back is gone."""
    catalog, chair = shop.catalog, shop.chair
    near, far = await catalog.code_of(shop.near), await catalog.code_of(shop.far)
    await catalog.allocate(await shop.reserve((chair, 4, None)))

    revision = await shop.reserve((chair, 2, None))
    assert await shop.parcels() == [
        (near, 3, "allocated"),
        (far, 1, "allocated"),
        (far, 2, "reserved"),
    ]
    await catalog.allocate(revision)
    assert await shop.parcels() == [(near, 3, "allocated"), (far, 3, "allocated")]

    await catalog.handle(a_return(shop.order, (chair, 2, None), kept=[(chair, 3, shop.near)]))
    assert await shop.parcels() == [(near, 3, "allocated"), (far, 1, "allocated")]
    await catalog.handle(a_return(shop.order))
    assert await shop.told() == ()


async def test_what_is_let_go_is_told_no_more(shop: Shop) -> None:
    """IN-10, SU-3: a refused reservation had nothing, and a released one has nothing left."""
    submission = await shop.reserve((shop.chair, 6, None))
    await shop.catalog.release(submission)
    assert await shop.told() == ()

    await shop.reserve((shop.chair, 9, None))
    assert await shop.told() == ()


async def test_what_waits_for_goods_is_told_apart(shop: Shop) -> None:
    """IN-6, IN-10."""
    catalog, chair = shop.catalog, shop.chair
    await catalog.promise(shop.site, future_stock=True)
    await catalog.expect(shop.far, {chair: 2}, days=1)

    await catalog.allocate(await shop.reserve((chair, 9, None)))

    told = {one.location_id: (one.units, one.pending, one.backordered) for one in await shop.told()}
    assert told == {shop.near: (3, 0, 0), shop.far: (6, 1, 0)}


async def test_what_a_draft_holds_is_told_until_it_ends(shop: Shop) -> None:
    """IN-10, IN-11."""
    catalog, chair = shop.catalog, shop.chair
    near, far = await catalog.code_of(shop.near), await catalog.code_of(shop.far)
    hold = HoldStock(
        hold_id=uuid4(),
        order_id=shop.order,
        site_id=shop.site,
        sequence=1,
        lines=(ReservationLine(sku=chair, units=4),),
        expires_at=datetime.now(UTC) + timedelta(minutes=15),
    )
    await catalog.handle(hold)
    assert await shop.parcels() == [(near, 3, "held"), (far, 1, "held")]

    used_up = a_reservation(shop.site, (chair, 4, None), order=shop.order)
    await catalog.handle(used_up.model_copy(update={"hold_id": hold.hold_id}))
    assert await shop.parcels() == [(near, 3, "reserved"), (far, 1, "reserved")]
    await catalog.handle(ReleaseStock(submission_id=used_up.submission_id))
    assert await shop.told() == ()
