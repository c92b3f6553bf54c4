"""The catalog's use cases over a real database, one transaction each."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from catalog.domain.availability import Availability
from catalog.domain.locations import Terms
from catalog.domain.products import ProductTerms, VariantTerms
from catalog.domain.shelves import Level
from catalog.domain.stock_policy import ProductPolicy, SitePolicy
from catalog.handlers.adjustments import (
    AdjustStock,
    KeepSafetyStock,
    adjust_stock,
    keep_safety_stock,
)
from catalog.handlers.holds import expire_holds
from catalog.handlers.locations import PutLocation, put_location
from catalog.handlers.products import put_product
from catalog.handlers.put_product import OfferedVariant, PutProduct
from catalog.handlers.receipts import AnnounceReceipt, BookReceipt, announce_receipt, book_receipt
from catalog.handlers.stock_policies import (
    PutProductPolicy,
    PutStockPolicy,
    put_product_policy,
    put_stock_policy,
)
from catalog.handlers.subscriptions import subscriptions
from catalog.storage.tables import messaging
from catalog.storage.unit_of_work import SqlUnitOfWork
from contracts.catalog.commands import (
    AllocateStock,
    ReleaseStock,
    ReservationLine,
    ReserveStock,
    ReturnStock,
)
from contracts.catalog.replies import StockRefused
from contracts.customers.events import SiteChanged
from contracts.message import Message, Reply
from contracts.values import (
    CustomerSetId,
    LocationId,
    Money,
    OrderId,
    SiteId,
    Sku,
    StaffId,
    SubmissionId,
)
from messaging.envelope import decode
from messaging.outbox import Outbox
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

HANDLERS = subscriptions().by_type
CLERK = StaffId("clerk")


@dataclass
class Catalog:
    """Handles messages and makes what a test needs; ``sent`` holds the types of what was sent."""

    sessions: async_sessionmaker[AsyncSession]
    sent: list[str] = field(default_factory=list[str])
    busy: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(10))

    async def handle(self, message: Message) -> Reply | None:
        async with self.work() as uow:
            return await HANDLERS[message.type].handler(message, uow)

    @asynccontextmanager
    async def work(self) -> AsyncGenerator[SqlUnitOfWork]:
        """Run a use case in a transaction of its own; as many at once as there are connections."""
        async with self.busy, self.sessions.begin() as session:
            uow = self.unit_of_work(session)
            yield uow
            types = [row["type"] for row in uow.outbox.rows]
            await uow.outbox.write(session)
        self.sent += types

    def unit_of_work(self, session: AsyncSession) -> SqlUnitOfWork:
        return SqlUnitOfWork(session, Outbox("catalog", messaging.outbox))

    async def reserve(
        self,
        site: SiteId,
        *lines: tuple[Sku, int, LocationId | None],
        by: SubmissionId | None = None,
    ) -> str:
        """Reserve for ``by`` (a new submission); gives ``held``, or the code of the refusal."""
        command = a_reservation(site, *lines, by=by)
        reply = await self.handle(command)
        return reply.code if isinstance(reply, StockRefused) else "held"

    async def release(self, submission: SubmissionId) -> None:
        await self.handle(ReleaseStock(submission_id=submission))

    async def allocate(self, submission: SubmissionId) -> None:
        await self.handle(AllocateStock(submission_id=submission))

    async def site(self, code: str | None = None, *, currency: str = "GBP") -> SiteId:
        event = a_site(code or f"site-{uuid4().hex}", currency=currency)
        await self.handle(event)
        return event.site_id

    async def location(self, *sites: SiteId, code: str | None = None, **terms: int) -> LocationId:
        async with self.sessions.begin() as session:
            uow = self.unit_of_work(session)
            command = PutLocation(
                code or f"loc-{uuid4().hex}",
                Terms(**{"name": "Warehouse", **terms}),  # pyright: ignore[reportArgumentType]
                list((await uow.sites.codes(sites)).values()),
                within=None,
            )
            return (await put_location(command, uow)).location.location_id

    async def product(self, *sites: SiteId, sku: str | None = None, name: str = "Chair") -> Sku:
        async with self.sessions.begin() as session:
            uow = self.unit_of_work(session)
            known = await uow.sites.by_code((await uow.sites.codes(sites)).values())
            prices = {code: Money(1250, site.currency) for code, site in known.items()}
            code = Sku(sku or uuid4().hex)
            offered = OfferedVariant(code, VariantTerms(), prices)
            command = PutProduct(code, ProductTerms(name), [offered], None, {})
            return (await put_product(command, uow)).product.code

    async def adjust(self, location: LocationId, changes: Mapping[Sku, int]) -> list[Level]:
        code = await self.code_of(location)
        async with self.work() as uow:
            command = AdjustStock(code, "counted", CLERK, changes, within=None)
            return (await adjust_stock(command, uow)).levels

    async def expect(self, location: LocationId, units: Mapping[Sku, int], days: int = 0) -> UUID:
        """Announce a receipt due so many days from now; gives its id."""
        due = datetime.now(UTC).date() + timedelta(days=days)
        code = await self.code_of(location)
        async with self.work() as uow:
            command = AnnounceReceipt(code, "PO", due, units, CLERK, within=None)
            return (await announce_receipt(command, uow)).receipt.receipt_id

    async def book(self, receipt: UUID, units: Mapping[Sku, int] | None = None) -> None:
        async with self.work() as uow:
            await book_receipt(BookReceipt(receipt, CLERK, None, units), uow)

    async def keep_back(self, location: LocationId, sku: Sku, units: int) -> None:
        """Set the safety stock."""
        code = await self.code_of(location)
        async with self.work() as uow:
            await keep_safety_stock(KeepSafetyStock(code, sku, units, CLERK, None), uow)

    async def promise(self, site: SiteId, **policy: Any) -> None:  # noqa: ANN401 - its fields
        """Set the site's stock policy."""
        async with self.work() as uow:
            code = (await uow.sites.codes([site]))[site]
            await put_stock_policy(PutStockPolicy(code, SitePolicy(**policy), None), uow)

    async def promise_product(self, site: SiteId, sku: Sku, policy: ProductPolicy) -> None:
        async with self.work() as uow:
            code = (await uow.sites.codes([site]))[site]
            await put_product_policy(PutProductPolicy(code, sku, policy, None), uow)

    async def available(self, site: SiteId, sku: Sku) -> Availability:
        async with self.work() as uow:
            return (await uow.stock.availability(site, [sku]))[sku]

    async def expire(self) -> int:
        """End the holds whose time is over."""
        async with self.work() as uow:
            return await expire_holds(uow, at_most=50)

    async def code_of(self, location: LocationId) -> str:
        query = text("SELECT code FROM location WHERE location_id = :id")
        async with self.sessions() as session:
            return (await session.execute(query, {"id": location})).scalar_one()

    async def pending(self, sku: Sku, location: LocationId) -> int:
        """Give the units promised and covered by no goods on hand."""
        query = text("SELECT pending FROM stock WHERE sku = :sku AND location_id = :id")
        async with self.sessions() as session:
            found = await session.execute(query, {"sku": sku, "id": location})
            return found.scalar_one()

    async def levels(self) -> dict[tuple[Sku, LocationId], tuple[int, int, int]]:
        """Give on hand, reserved, allocated of every shelf."""
        async with self.sessions() as session:
            rows = await session.execute(
                text("SELECT sku, location_id, on_hand, reserved, allocated FROM stock")
            )
            return {(sku, location): tuple(level) for sku, location, *level in rows}

    async def events(self, subject: str) -> list[dict[str, Any]]:
        """Give the data of what was published about an aggregate, in order."""
        async with self.sessions() as session:
            bodies = await session.scalars(
                text("SELECT body FROM outbox WHERE exchange = 'evt.catalog' ORDER BY id")
            )
            envelopes = [decode(body) for body in bodies]
        return [envelope.data for envelope in envelopes if envelope.subject == subject]

    async def miscounted(self) -> list[object]:
        """Give the shelves where I3 does not hold; there are none."""
        async with self.sessions() as session:
            return list(await session.execute(text(_I3)))


_I3 = """
    SELECT s.* FROM stock s
    LEFT JOIN (
        SELECT sku, location_id,
               sum(units - returned - pending - backordered)
                   FILTER (WHERE state = 'held') AS held,
               sum(units - returned - pending - backordered)
                   FILTER (WHERE state = 'allocated') AS allocated,
               sum(pending + backordered) FILTER (WHERE state IN ('held', 'allocated')) AS pending
        FROM reservation_line JOIN reservation USING (submission_id) GROUP BY sku, location_id
    ) r USING (sku, location_id)
    LEFT JOIN (
        SELECT sku, location_id, sum(change) AS on_hand FROM stock_movement GROUP BY 1, 2
    ) m USING (sku, location_id)
    WHERE s.reserved <> coalesce(r.held, 0) OR s.allocated <> coalesce(r.allocated, 0)
       OR s.pending <> coalesce(r.pending, 0)
       OR s.reserved < 0 OR s.allocated < 0 OR s.reserved + s.allocated > s.on_hand
       OR s.on_hand <> coalesce(m.on_hand, 0)
       -- Nobody waits where goods lie free.
       OR s.pending > 0 AND s.on_hand > s.reserved + s.allocated + s.safety_stock
"""


def a_submission() -> SubmissionId:
    return SubmissionId(uuid4())


Line = tuple[Sku, int, LocationId | None]


def a_reservation(
    site: SiteId, *lines: Line, by: SubmissionId | None = None, order: OrderId | None = None
) -> ReserveStock:
    return ReserveStock(
        submission_id=by or a_submission(),
        order_id=order or OrderId(uuid4()),
        site_id=site,
        lines=_lines(lines),
    )


def a_return(order: OrderId, *lines: Line, kept: Collection[Line] = ()) -> ReturnStock:
    """Ask for these lines back; without any, for everything."""
    wanted = _lines(lines) if lines else None
    return ReturnStock(return_id=uuid4(), order_id=order, lines=wanted, kept=_lines(kept))


def _lines(lines: Collection[Line]) -> tuple[ReservationLine, ...]:
    return tuple(
        ReservationLine(sku=sku, units=units, location_id=location)
        for sku, units, location in lines
    )


def a_site(
    code: str, *, site_id: SiteId | None = None, currency: str = "GBP", version: int = 1
) -> SiteChanged:
    return SiteChanged(
        site_id=site_id or SiteId(uuid4()),
        version=version,
        code=code,
        name=f"Site {code}",
        customer_set_id=CustomerSetId(uuid4()),
        country="GB",
        currency=currency,
        time_zone="Europe/London",
        active=True,
    )
