"""Many orders at once over HTTP, as another system knows them (OB-1)."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from annotated_types import Ge, Len
from chassis.http import Body
from chassis.imports import DATABASE_ERRORS, ImportReport, Tally, rehearsed, wrong_with
from chassis.problems import FieldError, Problem
from chassis.scope import Scope
from chassis.validation import field_errors
from contracts.values import SiteId, new_id
from fastapi import APIRouter, Query
from pydantic import ValidationError

from orders.api.dependencies import BACKORDER, AtDesk, Desk, Work, Writer, must_be_allowed
from orders.api.order_bodies import ImportedOrder
from orders.api.refusals import problem_of
from orders.domain.errors import OrderError, ReferenceTaken
from orders.domain.numbers import order_number
from orders.domain.order import Order
from orders.domain.site import Site
from orders.domain.site_terms import SiteTerms
from orders.handlers.drafts import drafted, start_order
from orders.handlers.handing_in import Handing
from orders.handlers.kept_addresses import keep_for_new
from orders.handlers.unit_of_work import UnitOfWork
from orders.queries.orders import known_references
from orders.queries.under_way import submissions_under_way

router = APIRouter(prefix="/api/orders/v1/imports", tags=["imports"])

MAX_ORDERS = 100
"""Orders of one request."""
MAX_UNDER_WAY = 500
"""Submissions that may be under way when orders of a file are handed in: those of a long file would
wait behind each other until their time is over."""
_AT_ONCE = 4
"""Orders of one request that are priced at the same time: others are served beside them."""


class ImportRow(Body):
    """A row; ``line`` is where it stands in the caller's file."""

    line: Annotated[int, Ge(1)]
    order: dict[str, Any]


class ImportBody(Body):
    """At most 100 rows."""

    rows: Annotated[Sequence[ImportRow], Len(1, MAX_ORDERS)]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A row that could be read, and the site that it is for."""

    line: int
    body: ImportedOrder
    site: Site
    terms: SiteTerms


@dataclass(frozen=True, slots=True)
class _Ready:
    """An order that is put together and priced."""

    wanted: _Wanted
    order: Order


@dataclass(frozen=True, slots=True)
class _Batch:
    """The rows of one request: read, looked up and priced first, kept in one transaction then."""

    scope: Scope
    desk: Desk
    dry_run: bool
    tally: Tally = field(default_factory=Tally)

    async def ready(self, rows: Sequence[ImportRow]) -> Sequence[_Ready]:
        """Give the orders that are new and make sense; what is wrong with the others is noted.

        Raises:
            Unanswered: Customers or catalog gave no answer in time; nothing is kept.
        """
        new = [wanted async for wanted in self._new([*self._read(rows)])]
        pricing, found = asyncio.Semaphore(_AT_ONCE), list[_Ready]()

        async def price(wanted: _Wanted, number: str) -> None:
            async with pricing:
                if (ready := await self._priced(wanted, number)) is not None:
                    found.append(ready)

        try:
            async with asyncio.TaskGroup() as tasks:
                for wanted in new:
                    tasks.create_task(price(wanted, await self._number(wanted.site)))
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None
        return sorted(found, key=lambda one: one.wanted.line)

    def _read(self, rows: Sequence[ImportRow]) -> Iterator[tuple[int, ImportedOrder]]:
        first: dict[tuple[str, str], int] = {}
        for row in rows:
            try:
                body = ImportedOrder.model_validate(row.order)
                for permission in body.permissions:
                    must_be_allowed(self.scope, permission)
                if body.submit:
                    body.check_complete()
            except ValidationError as error:
                self.tally.refuse(row.line, field_errors(error, row.order))
            except (Problem, OrderError) as error:
                self._refuse(row.line, error)
            else:
                line = first.setdefault((body.site, body.external_reference), row.line)
                if line == row.line:
                    yield row.line, body
                else:
                    detail = f"line {line} is the same order"
                    wrong = FieldError("/external_reference", "DUPLICATE_ROW", detail)
                    self.tally.refuse(row.line, [wrong])

    async def _new(self, read: Sequence[tuple[int, ImportedOrder]]) -> AsyncIterator[_Wanted]:
        """Give the orders that are not there already, site by site."""
        for code in dict.fromkeys(body.site for _, body in read):
            of_site = [(line, body) for line, body in read if body.site == code]
            try:
                site, terms = await self.desk.site(self.scope, code)
            except Problem as problem:
                for line, _ in of_site:
                    self._refuse(line, problem)
                continue
            known = await self._known(site.site_id, [body for _, body in of_site])
            for line, body in of_site:
                if body.external_reference in known:
                    self.tally.became["unchanged"] += 1
                else:
                    yield _Wanted(line, body, site, terms)

    async def wait_for_submissions(self, rows: Sequence[ImportRow]) -> None:
        """Refuse orders that are to be handed in while too many others are on their way.

        Raises:
            Problem: 503, to be sent again later.
        """
        if self.dry_run or not any(row.order.get("submit") is True for row in rows):
            return
        async with self.desk.reading() as session:
            count = await submissions_under_way(self.scope, session, MAX_UNDER_WAY)
        if count >= MAX_UNDER_WAY:
            detail = f"{count} submissions are under way; send these orders again later"
            raise Problem(503, "BUSY", detail, headers={"Retry-After": "5"})

    async def _known(self, site_id: SiteId, bodies: Sequence[ImportedOrder]) -> frozenset[str]:
        references = [body.external_reference for body in bodies]
        async with self.desk.reading() as session:
            return await known_references(self.scope, session, site_id, references)

    async def _number(self, site: Site) -> str:
        if self.dry_run:
            return f"dry run {new_id()}"  # no count is used up; unlike any other
        return order_number(site.code, site.site_id, await self.desk.numbers.next(site.site_id))

    async def _priced(self, wanted: _Wanted, number: str) -> _Ready | None:
        body, asker = wanted.body, self.desk.asker
        new = body.new(number, (wanted.site, wanted.terms), self.scope.staff_id)
        try:
            order = (await drafted(new, asker)).order
            await keep_for_new(order, body.kept, asker, submits=body.submit, dry_run=self.dry_run)
            return _Ready(wanted, order)
        except OrderError as error:
            self._refuse(wanted.line, error)
            return None

    async def keep(self, ready: _Ready, work: UnitOfWork) -> None:
        """Begin one order, and hand it in if that is asked for; or note why not."""
        line, submits = ready.wanted.line, ready.wanted.body.submit
        submit = Handing(may_backorder=self.scope.may(BACKORDER)) if submits else None
        try:
            async with work.attempt():
                await start_order(ready.order, self.scope.staff_id, work, submit)
            self.tally.became["created"] += 1
        except ReferenceTaken:
            # It was made meanwhile, by a copy of this request.
            self.tally.became["unchanged"] += 1
        except (OrderError, *DATABASE_ERRORS) as error:
            self._refuse(line, error)

    def _refuse(self, line: int, error: Exception) -> None:
        problem = problem_of(error) if isinstance(error, OrderError) else error
        self.tally.refuse(line, wrong_with(problem))


@router.post("/orders")
async def post_orders(
    body: ImportBody,
    scope: Writer,
    work: Work,
    desk: AtDesk,
    *,
    dry_run: Annotated[bool, Query(description="Only tell what would become of them.")] = False,
) -> ImportReport:
    """Begin orders, each row by itself: a bad one does not stop the others.

    A row's ``order`` is what ``POST /orders`` takes but for ``based_on``. ``external_reference`` is
    needed and tells which it is: one that the site has already is left as it is, so that the same
    may be sent again. The customer may be named by ``customer_reference``, their external
    reference, in the place of ``customer_id``. With ``submit`` it is handed in at once; while many
    others are on their way, 503 asks for the same request later.
    """
    batch = _Batch(scope, desk, dry_run)
    await batch.wait_for_submissions(body.rows)
    ready = await batch.ready(body.rows)
    async with rehearsed(work.attempt, dry_run=dry_run):
        for one in ready:
            await batch.keep(one, work)
    return batch.tally.report()
