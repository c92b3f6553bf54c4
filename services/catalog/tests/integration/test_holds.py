"""A draft holds stock until a time, and its submission uses that up."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from catalog.main import SERVICE
from catalog.storage.expiry import end_some
from chassis.service import open_runtime
from chassis.settings import ServiceSettings
from contracts.catalog.commands import (
    AllocateStock,
    HoldStock,
    ReleaseStock,
    ReservationLine,
    ReserveStock,
)
from contracts.catalog.replies import (
    StockAllocated,
    StockHeld,
    StockRefused,
    StockReleased,
    StockReserved,
)
from contracts.values import LocationId, OrderId, SiteId, Sku, SubmissionId
from messaging.embedded import EmbeddedHub, EmbeddedTransport

from services.catalog.tests.driving import Catalog, a_reservation, a_submission

Line = tuple[Sku, int, LocationId | None]


def a_hold(
    site: SiteId, *lines: Line, by: UUID, sequence: int = 1, minutes: float = 15
) -> HoldStock:
    return HoldStock(
        hold_id=by,
        order_id=OrderId(uuid4()),
        site_id=site,
        sequence=sequence,
        lines=tuple(ReservationLine(sku=s, units=n, location_id=at) for s, n, at in lines),
        expires_at=datetime.now(UTC) + timedelta(minutes=minutes),
    )


def submitted(site: SiteId, *lines: Line, hold: UUID) -> ReserveStock:
    return a_reservation(site, *lines).model_copy(update={"hold_id": hold})


async def hold(catalog: Catalog, asked: HoldStock) -> str:
    """Give ``held``, or the code of the refusal."""
    reply = await catalog.handle(asked)
    assert isinstance(reply, StockHeld | StockRefused)
    return "held" if isinstance(reply, StockHeld) else reply.code


async def a_shop(catalog: Catalog, units: int) -> tuple[SiteId, LocationId, Sku]:
    site = await catalog.site()
    warehouse = await catalog.location(site)
    chair = await catalog.product(site)
    await catalog.adjust(warehouse, {chair: units})
    return site, warehouse, chair


async def test_a_hold_is_replaced_by_a_later_request_and_kept_when_that_is_refused(
    catalog: Catalog,
) -> None:
    """IN-11: an older request changes nothing."""
    site, warehouse, chair = await a_shop(catalog, 5)
    draft = uuid4()

    async def ask(units: int, sequence: int) -> str:
        return await hold(catalog, a_hold(site, (chair, units, None), by=draft, sequence=sequence))

    async def held() -> int:
        return (await catalog.levels())[chair, warehouse][1]

    assert (await ask(2, 1), await held()) == ("held", 2)
    assert (await ask(5, 3), await held()) == ("held", 5)
    assert (await ask(1, 2), await held()) == ("held", 5)
    assert (await ask(6, 4), await held()) == ("OUT_OF_STOCK", 5)
    assert (await ask(6, 4), await held()) == ("OUT_OF_STOCK", 5)
    assert (await ask(1, 5), await held()) == ("held", 1)
    assert await hold(catalog, a_hold(site, by=draft, sequence=6)) == "held"
    assert await held() == 0
    assert await catalog.miscounted() == []


async def test_a_submission_uses_up_its_drafts_hold_and_does_not_reserve_twice(
    catalog: Catalog,
) -> None:
    """IN-11: the last five units, held by the draft, are enough for its submission."""
    site, warehouse, chair = await a_shop(catalog, 5)
    draft = uuid4()
    await hold(catalog, a_hold(site, (chair, 5, None), by=draft))

    assert await catalog.reserve(site, (chair, 1, None)) == "OUT_OF_STOCK"
    order = submitted(site, (chair, 4, None), hold=draft)
    assert isinstance(await catalog.handle(order), StockReserved)
    again = await catalog.handle(order)

    assert isinstance(again, StockReserved)
    assert again.lines[0].units == 4
    assert (await catalog.levels())[chair, warehouse] == (5, 4, 0)
    assert await catalog.reserve(site, (chair, 1, None)) == "held"
    assert await catalog.expire() == 0
    assert await catalog.miscounted() == []


async def test_a_refused_submission_leaves_the_draft_its_hold(catalog: Catalog) -> None:
    """IN-11, SU-5: the draft goes on as it was."""
    site, warehouse, chair = await a_shop(catalog, 5)
    draft = uuid4()
    await hold(catalog, a_hold(site, (chair, 3, None), by=draft))

    refused = await catalog.handle(submitted(site, (chair, 6, None), hold=draft))

    assert isinstance(refused, StockRefused)
    assert [(s.wanted, s.available) for s in refused.shortages] == [(6, 5)]
    assert (await catalog.levels())[chair, warehouse] == (5, 3, 0)


async def test_a_submission_takes_what_the_hold_has_not(catalog: Catalog) -> None:
    """IN-11: other products, other locations; a hold that never was is no matter."""
    site, warehouse, chair = await a_shop(catalog, 3)
    shop = await catalog.location(site, ships=False, pickup=True)
    table = await catalog.product(site)
    await catalog.adjust(shop, {chair: 1, table: 1})
    draft = uuid4()
    await hold(catalog, a_hold(site, (chair, 3, None), by=draft))

    order = submitted(site, (chair, 1, shop), (table, 1, shop), hold=draft)
    assert isinstance(await catalog.handle(order), StockReserved)
    assert (await catalog.levels())[chair, warehouse] == (3, 0, 0)
    other = submitted(site, (chair, 3, None), hold=uuid4())
    assert isinstance(await catalog.handle(other), StockReserved)
    assert await catalog.miscounted() == []


async def test_an_expired_hold_frees_itself_and_may_be_asked_for_anew(catalog: Catalog) -> None:
    """IN-11: told as expired; a submission's reservation never expires."""
    site, warehouse, chair = await a_shop(catalog, 5)
    draft, kept = uuid4(), uuid4()
    await hold(catalog, a_hold(site, (chair, 2, None), by=draft, minutes=-1))
    await hold(catalog, a_hold(site, (chair, 1, None), by=kept))
    await catalog.reserve(site, (chair, 1, None))

    assert await catalog.expire() == 1
    assert await catalog.expire() == 0

    assert (await catalog.levels())[chair, warehouse] == (5, 2, 0)
    assert [event["outcome"] for event in await catalog.events(str(draft))] == ["expired"]
    assert await hold(catalog, a_hold(site, (chair, 2, None), by=draft)) == "RELEASED"
    assert await hold(catalog, a_hold(site, (chair, 2, None), by=draft, sequence=2)) == "held"
    assert await catalog.miscounted() == []


async def test_a_hold_whose_time_runs_out_while_payment_is_in_doubt_takes_nothing_away(
    catalog: Catalog,
) -> None:
    """IN-11, PA-7: the submission has used the hold up; what it reserved waits for the payment."""
    site, warehouse, chair = await a_shop(catalog, 5)
    draft = uuid4()
    await hold(catalog, a_hold(site, (chair, 5, None), by=draft, minutes=-1))
    order = submitted(site, (chair, 5, None), hold=draft)
    assert isinstance(await catalog.handle(order), StockReserved)

    assert await catalog.expire() == 0
    assert await catalog.reserve(site, (chair, 1, None)) == "OUT_OF_STOCK"
    reply = await catalog.handle(AllocateStock(submission_id=order.submission_id))

    assert isinstance(reply, StockAllocated)
    assert (await catalog.levels())[chair, warehouse] == (5, 0, 5)
    assert await catalog.miscounted() == []


async def test_a_hold_that_expired_before_the_submission_is_reserved_anew_or_refused(
    catalog: Catalog,
) -> None:
    """IN-11, SU-10: the submission takes what is there now, and is told when that is too little."""
    site, _, chair = await a_shop(catalog, 5)
    draft, late = uuid4(), uuid4()
    for id_, units in ((draft, 3), (late, 2)):
        await hold(catalog, a_hold(site, (chair, units, None), by=id_, minutes=-1))
    assert await catalog.expire() == 2

    first = await catalog.handle(submitted(site, (chair, 4, None), hold=draft))
    second = await catalog.handle(submitted(site, (chair, 2, None), hold=late))

    assert isinstance(first, StockReserved)
    assert isinstance(second, StockRefused)
    assert [(s.wanted, s.available) for s in second.shortages] == [(2, 1)]
    assert await catalog.miscounted() == []


async def test_a_released_hold_is_gone_for_good(catalog: Catalog) -> None:
    """SN-1, SU-8: cancelling the draft frees it, also when the release overtakes the hold."""
    site, warehouse, chair = await a_shop(catalog, 5)
    draft, early = uuid4(), uuid4()
    await hold(catalog, a_hold(site, (chair, 2, None), by=draft))

    for id_ in (draft, draft, early):
        reply = await catalog.handle(ReleaseStock(submission_id=SubmissionId(id_)))
        assert isinstance(reply, StockReleased)

    assert (await catalog.levels())[chair, warehouse] == (5, 0, 0)
    for id_ in (draft, early):
        asked = a_hold(site, (chair, 2, None), by=id_, sequence=9)
        assert await hold(catalog, asked) == "RELEASED"
    assert len(await catalog.events(str(draft))) == 1


async def test_an_expired_hold_gives_its_goods_to_who_waits(catalog: Catalog) -> None:
    """IN-6, IN-11."""
    site, warehouse, chair = await a_shop(catalog, 2)
    await catalog.promise(site, future_stock=True)
    await catalog.expect(warehouse, {chair: 5}, days=1)
    order = a_submission()
    await hold(catalog, a_hold(site, (chair, 2, None), by=uuid4(), minutes=-1))
    await catalog.reserve(site, (chair, 3, None), by=order)
    await catalog.allocate(order)

    assert await catalog.expire() == 1

    assert (await catalog.levels())[chair, warehouse] == (2, 0, 2)
    assert await catalog.pending(chair, warehouse) == 1
    assert [event.get("units") for event in await catalog.events(str(order))] == [None, 2]
    assert await catalog.miscounted() == []


async def test_what_is_not_known_is_refused_by_name(catalog: Catalog) -> None:
    """IN-10."""
    site, _, chair = await a_shop(catalog, 5)

    def asked(at: SiteId, place: LocationId | None = None) -> HoldStock:
        return a_hold(at, (chair, 1, place), by=uuid4())

    assert await hold(catalog, asked(SiteId(uuid4()))) == "UNKNOWN_SITE"
    assert await hold(catalog, asked(site, LocationId(uuid4()))) == "UNKNOWN_LOCATION"


async def test_holds_submissions_releases_and_expiry_may_meet(catalog: Catalog) -> None:
    """IN-11, IN-12, I3: nothing is lost, sold twice or deadlocked."""
    site, warehouse, chair = await a_shop(catalog, 30)
    table = await catalog.product(site)
    await catalog.adjust(warehouse, {table: 30})
    drafts = [uuid4() for _ in range(20)]

    async def draft(id_: UUID, number: int) -> None:
        sku, other = (chair, table) if number % 2 else (table, chair)
        minutes = -1 if number % 3 == 0 else 15
        for sequence in (1, 2):
            lines = ((sku, sequence, None), (other, 1, None))
            asked = a_hold(site, *lines, by=id_, sequence=sequence, minutes=minutes)
            await catalog.handle(asked)
        if number % 4 == 3:
            await catalog.handle(ReleaseStock(submission_id=SubmissionId(id_)))
        else:
            await catalog.handle(submitted(site, (sku, 2, None), (other, 1, None), hold=id_))

    async with asyncio.TaskGroup() as tasks:
        for number, id_ in enumerate(drafts):
            tasks.create_task(draft(id_, number))
        for _ in range(10):
            tasks.create_task(catalog.expire())
    while await catalog.expire():
        pass

    assert await catalog.miscounted() == []
    levels = await catalog.levels()
    held = levels[chair, warehouse][1] + levels[table, warehouse][1]
    assert held == 15 * 3


async def test_the_service_ends_expired_holds_by_itself(
    catalog: Catalog, catalog_database: str
) -> None:
    """IN-11: expired ones free themselves."""
    site, warehouse, chair = await a_shop(catalog, 5)
    draft = uuid4()
    await hold(catalog, a_hold(site, (chair, 2, None), by=draft, minutes=-1))
    settings = ServiceSettings.of("catalog", database_url=catalog_database)
    hub = EmbeddedHub([])

    async with open_runtime(SERVICE, settings, EmbeddedTransport(hub, "catalog")) as runtime:
        while await end_some(runtime):
            pass

    assert (await catalog.levels())[chair, warehouse] == (5, 0, 0)
    assert [event["outcome"] for event in await catalog.events(str(draft))] == ["expired"]
