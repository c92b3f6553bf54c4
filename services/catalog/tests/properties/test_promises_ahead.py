"""I3, ahead: whatever is booked, held, used up or given back, books and promises agree."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from catalog.domain.errors import BelowCommitted, WrongState
from catalog.domain.stock_errors import OverBooked, ReceiptClosed
from catalog.domain.stock_policy import Backorder
from catalog.handlers.receipts import cancel_receipt
from contracts.catalog.commands import HoldStock, ReservationLine, ReserveStock
from contracts.catalog.replies import (
    ReturnRefused,
    StockHeld,
    StockRefused,
    StockReserved,
    StockReturned,
)
from contracts.values import LocationId, OrderId, SiteId, Sku, SubmissionId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.catalog.tests.driving import CLERK, Catalog, a_reservation, a_return

PLACES, ORDERS = 2, 4
Step = tuple[str, int, int, int | None]
"""What to do, with which order or receipt, how many units, and where (none: anywhere)."""

_orders = st.tuples(
    st.sampled_from(["reserve", "hold", "submit", "release", "allocate", "return"]),
    st.integers(0, ORDERS - 1),
    st.integers(1, 6),
    st.none() | st.integers(0, PLACES - 1),
)
_place = st.integers(0, PLACES - 1)
_goods = st.tuples(
    st.sampled_from(["adjust", "announce", "book"]), st.integers(0, 3), st.integers(1, 5), _place
)
_rest = st.tuples(
    st.sampled_from(["take", "keep back", "cancel"]), st.integers(0, 3), st.integers(0, 3), _place
)


@dataclass
class World:
    """One site with future stock, two places (the second does not ship), and one product."""

    catalog: Catalog
    site: SiteId
    places: list[LocationId]
    sku: Sku
    orders: list[SubmissionId] = field(default_factory=list[SubmissionId])
    drafts: list[UUID] = field(default_factory=list[UUID])
    receipts: list[UUID] = field(default_factory=list[UUID])
    sequence: int = 0

    async def take(self, step: Step) -> object:
        """Take a step; gives the reply to a command, or whether the step was permitted."""
        what, number, units, at = step
        place = None if at is None else self.places[at]
        try:
            match what:
                case "reserve" | "submit":
                    return await self.catalog.handle(self._reservation(step))
                case "hold":
                    return await self.catalog.handle(self._hold(number, units, place))
                case "return":
                    order = self.order(number)
                    return await self.catalog.handle(a_return(order, (self.sku, units, place)))
                case "release":
                    await self.catalog.release(self.orders[number])
                case "allocate":
                    await self.catalog.allocate(self.orders[number])
                case _:
                    await self._goods(what, number, units, self.places[at or 0])
        except (WrongState, BelowCommitted, OverBooked, ReceiptClosed, IndexError):
            return False
        return True

    async def _goods(self, what: str, number: int, units: int, place: LocationId) -> None:
        match what:
            case "adjust" | "take":
                change = units if what == "adjust" else -units
                await self.catalog.adjust(place, {self.sku: change or 1})
            case "announce":
                self.receipts.append(await self.catalog.expect(place, {self.sku: units}, days=1))
            case "book":
                await self.catalog.book(self.receipts[number], {self.sku: units})
            case "keep back":
                await self.catalog.keep_back(place, self.sku, units)
            case _:
                async with self.catalog.work() as uow:
                    await cancel_receipt(self.receipts[number], CLERK, None, uow)

    def _reservation(self, step: Step) -> ReserveStock:
        what, number, units, at = step
        place = None if at is None else self.places[at]
        asked = a_reservation(self.site, (self.sku, units, place), by=self.orders[number])
        hold = self.drafts[number] if what == "submit" else None
        return asked.model_copy(update={"hold_id": hold, "order_id": self.order(number)})

    def order(self, number: int) -> OrderId:
        return OrderId(UUID(int=self.orders[number].int ^ 1))

    def _hold(self, number: int, units: int, place: LocationId | None) -> HoldStock:
        self.sequence += 1
        return HoldStock(
            hold_id=self.drafts[number],
            order_id=OrderId(uuid4()),
            site_id=self.site,
            sequence=self.sequence,
            lines=(ReservationLine(sku=self.sku, units=units, location_id=place),),
            expires_at=datetime.now(UTC) + timedelta(hours=1),
        )

    async def total(self) -> int:
        """Give what can be promised at all places together."""
        found = await self.catalog.available(self.site, self.sku)
        return sum(place.total for place in found.places)

    async def promised_beyond(self) -> list[object]:
        """Give the shelves where more is promised than lies there and is expected."""
        query = text("""
            SELECT * FROM stock WHERE sku = :sku AND pending > (
                SELECT coalesce(sum(expected), 0) FROM receipt_line
                WHERE receipt_line.sku = stock.sku
                  AND receipt_line.location_id = stock.location_id
            )
        """)
        async with self.catalog.sessions() as session:
            return list(await session.execute(query, {"sku": self.sku}))


async def a_world(catalog: Catalog, backorder: Backorder) -> World:
    site = await catalog.site()
    places = [await catalog.location(site, priority=n, ships=n == 0) for n in range(PLACES)]
    world = World(catalog, site, places, await catalog.product(site))
    world.orders = [SubmissionId(uuid4()) for _ in range(ORDERS)]
    world.drafts = [uuid4() for _ in range(ORDERS)]
    await catalog.promise(site, future_stock=True, backorder=backorder)
    for at in range(PLACES):
        await world.take(("adjust", 0, 2, at))
        await world.take(("announce", 0, 4, at))
    return world


_few = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@_few
@given(st.lists(_orders | _goods, max_size=16))
async def test_no_more_is_promised_than_lies_there_and_is_expected(
    catalog: Catalog, steps: list[Step]
) -> None:
    """IN-4, IN-5, IN-6, IN-11, IN-12: what is accepted lowers the promise by just that."""
    world, asked = await a_world(catalog, Backorder.REFUSE), set[int]()
    held: dict[int, int] = {}
    for step in steps:
        before = await world.total()
        reply = await world.take(step)
        after = await world.total()
        if isinstance(reply, StockRefused):
            assert after == before, step
        if isinstance(reply, StockHeld):
            assert after == before - step[2] + held.pop(step[1], 0), step
            held[step[1]] = step[2]
        if isinstance(reply, StockReserved) and step[1] not in asked:
            used_up = held.pop(step[1], 0) if step[0] == "submit" else 0
            assert after == before - step[2] + used_up, step
        if isinstance(reply, StockReturned):
            assert after == before + sum(line.units for line in reply.lines), step
        if isinstance(reply, ReturnRefused):
            assert after == before, step
        if step[0] in {"reserve", "submit"}:
            asked.add(step[1])
        if step[0] == "announce":
            assert after == before + step[2], step
        if step[0] == "book":
            assert after == before, step
        assert await world.promised_beyond() == [], step
        assert await catalog.miscounted() == [], step


@_few
@given(st.lists(_orders | _goods | _rest, max_size=16))
async def test_the_books_are_right_whatever_is_owed_kept_back_or_called_off(
    catalog: Catalog, steps: list[Step]
) -> None:
    """IN-6, IN-7, IN-9, I3: every line adds up, and nobody waits where goods lie free."""
    world = await a_world(catalog, Backorder.ALLOW)
    for step in steps:
        reply = await world.take(step)
        if isinstance(reply, StockReserved | StockHeld):
            for line in reply.lines:
                assert line.pending + line.backordered <= line.units
        assert await catalog.miscounted() == [], step


@_few
@given(st.lists(_orders | _goods, max_size=16), st.data())
async def test_no_order_gives_back_more_than_it_was_promised(
    catalog: Catalog, steps: list[Step], data: st.DataObject
) -> None:
    """SU-11, I3: in parts, again under the same id, and the rest at the end."""
    world = await a_world(catalog, Backorder.ALLOW)
    promised, went_back = dict.fromkeys(range(ORDERS), 0), dict.fromkeys(range(ORDERS), 0)
    for step in steps:
        reply = await world.take(step)
        if isinstance(reply, StockReserved):
            promised[step[1]] = sum(line.units for line in reply.lines)
        elif isinstance(reply, StockReturned):
            went_back[step[1]] += sum(line.units for line in reply.lines)
        elif step[0] == "release" and reply is True:
            promised[step[1]] = 0
        assert all(went_back[order] <= promised[order] for order in promised), step
    number = data.draw(st.integers(0, ORDERS - 1))
    everything = a_return(world.order(number))
    rest = await catalog.handle(everything)
    assert isinstance(rest, StockReturned)
    assert await catalog.handle(everything) == rest
    assert went_back[number] + sum(line.units for line in rest.lines) == promised[number]
    assert await catalog.miscounted() == []
