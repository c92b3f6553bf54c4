"""Many customers at once over HTTP, as another system knows them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated, Any

from annotated_types import Ge, Len
from chassis.http import Body
from chassis.imports import (
    DATABASE_ERRORS,
    ImportReport,
    Tally,
    rehearsed,
    wrong_with,
)
from chassis.problems import Problem
from chassis.validation import field_errors
from fastapi import APIRouter, Query
from pydantic import StrictBool, ValidationError

from customers.api.dependencies import PREFIX, Work, Writer
from customers.api.entries import CustomerBody
from customers.api.refusals import refusals
from customers.domain.errors import EmailTaken, ReferenceTaken
from customers.domain.sites import Within
from customers.handlers.importing import Became, Row, import_customer
from customers.handlers.unit_of_work import UnitOfWork

router = APIRouter(prefix=f"{PREFIX}/imports", tags=["imports"])

_MOST = 100
"""Rows of one request. A row takes about 8 ms, and the first that makes a customer keeps the set's
numbers until the last is done: whoever is at a counter with somebody new waits so long."""


class ImportedCustomer(CustomerBody):
    """A customer as another system knows them; external reference, else e-mail, tells who it is.

    Of a customer who is here already, what is not named stays; phones, addresses and attributes
    that are named take the place of all.

    Attributes:
        is_registered: They can sign in at the storefront.
    """

    is_registered: StrictBool | None = None

    def row(self, *, incomplete: bool) -> Row:
        entry = replace(self.entry(), incomplete=incomplete, is_registered=self.is_registered)
        return Row(self.site or "", entry, self.given(), "addresses" in self.model_fields_set)


class ImportRow(Body):
    """A row; ``line`` is where it stands in the caller's file."""

    line: Annotated[int, Ge(1)]
    customer: dict[str, Any]


class ImportBody(Body):
    """At most 100 rows."""

    rows: Annotated[Sequence[ImportRow], Len(1, _MOST)]


@dataclass(frozen=True, slots=True)
class _Batch:
    """The rows of one request, one after the other."""

    incomplete: bool
    within: Within
    work: UnitOfWork
    at: datetime
    tally: Tally = field(default_factory=Tally)

    async def take(self, row: ImportRow) -> None:
        """Do one row, or note what is wrong with it."""
        try:
            customer = ImportedCustomer.model_validate(row.customer)
            meant = customer.row(incomplete=self.incomplete)
            with refusals():
                try:
                    became = await self._tried(meant)
                except (EmailTaken, ReferenceTaken):
                    # The same customer may have been made meanwhile, by a copy of this request.
                    became = await self._tried(meant)
                self.tally.became[became] += 1
        except ValidationError as error:
            self.tally.refuse(row.line, field_errors(error, row.customer))
        except (Problem, *DATABASE_ERRORS) as error:
            self.tally.refuse(row.line, wrong_with(error))

    async def _tried(self, row: Row) -> Became:
        async with self.work.attempt():
            _, became = await import_customer(row, self.at, self.within, self.work)
        return became


@router.post("/customers")
async def post_customers(
    body: ImportBody,
    scope: Writer,
    work: Work,
    *,
    dry_run: Annotated[bool, Query(description="Only tell what would become of them.")] = False,
    incomplete: Annotated[
        bool,
        Query(description="Take customers without phone or address, for whom nobody can order."),
    ] = False,
) -> ImportReport:
    """Make or change customers, each row by itself: a bad one does not stop the others.

    Sending the same again changes nothing, so no key is needed. What a row's ``customer`` may hold
    is what ``POST /customers`` takes, and ``is_registered``.
    """
    batch = _Batch(incomplete, scope.sites, work, datetime.now(UTC))
    async with rehearsed(work.attempt, dry_run=dry_run):
        for row in body.rows:
            await batch.take(row)
    return batch.tally.report()
