"""What is answered to rows that were brought in, many at a time, each standing or falling alone."""

from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from asyncpg.exceptions import PostgresError  # pyright: ignore[reportMissingTypeStubs]
from messaging.failures import is_conflict, is_outage
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError

from chassis.failures import problem_of
from chassis.problem import FieldError, Problem

T = TypeVar("T")
Attempt = Callable[[], AbstractAsyncContextManager[None]]
"""Undoes what is done within if it ends with an exception: ``UnitOfWork.attempt``."""

MAX_ROWS = 500
"""Rows of one request."""

DATABASE_ERRORS = (DBAPIError, PostgresError)
"""What a statement may raise; the second comes from one that goes straight to asyncpg."""


class RowError(BaseModel):
    """Why a row was left out; ``pointer`` is within the row's own matter, empty for all of it."""

    line: int
    pointer: str
    code: str
    detail: str


class ImportReport(BaseModel):
    """What became of the rows; in a dry run, what would. ``errors`` by line."""

    created: int
    changed: int
    unchanged: int
    errors: Sequence[RowError]


@dataclass(slots=True)
class Tally:
    """What has become of the rows so far; ``became`` counts by the names of ``ImportReport``."""

    became: Counter[str] = field(default_factory=Counter[str])
    errors: list[RowError] = field(default_factory=list[RowError])

    def refuse(self, line: int, errors: Sequence[FieldError]) -> None:
        """Note why a row is left out."""
        self.errors += (
            RowError(line=line, pointer=error.pointer or "", code=error.code, detail=error.detail)
            for error in errors
        )

    def report(self) -> ImportReport:
        """Tell what has become of all."""
        return ImportReport(
            created=self.became["created"],
            changed=self.became["changed"],
            unchanged=self.became["unchanged"],
            errors=sorted(self.errors, key=lambda error: error.line),
        )


def wrong_with(error: Exception) -> Sequence[FieldError]:
    """Say what a problem, or an error of the database, says of the one row that met it.

    Whatever the database did not expect of the row is the row's: the others are taken.

    Raises:
        Exception: The error itself, when it says nothing of the row: the database is away, or
            somebody else is changing the same. All rows are to be sent again.
    """
    problem = error if isinstance(error, Problem) else problem_of(error)
    if "Retry-After" in (problem.headers or {}):
        raise error
    return problem.errors or [FieldError("", problem.code, str(problem.detail))]


async def kept_apart(
    items: Sequence[T], keep: Callable[[Sequence[T]], Awaitable[None]], attempt: Attempt
) -> Sequence[tuple[T, FieldError]]:
    """Keep all items at once; where the database cannot take them, all but those that it cannot.

    They are tried in halves then, and halves of those, so that few bad ones among many cost little.

    Returns:
        What was not kept, and why.

    Raises:
        Exception: What ``wrong_with`` raises: it says nothing of the items.
    """
    if not items:
        return ()
    try:
        async with attempt():
            await keep(items)
    except DATABASE_ERRORS as error:
        if is_conflict(error) or is_outage(error):
            raise
        if len(items) == 1:
            return [(items[0], wrong_with(error)[0])]
    else:
        return ()
    half = len(items) // 2
    first = await kept_apart(items[:half], keep, attempt)
    return [*first, *await kept_apart(items[half:], keep, attempt)]


class _DryRun(Exception):
    """Everything was tried, and nothing is to be kept."""


@asynccontextmanager
async def rehearsed(attempt: Attempt, *, dry_run: bool) -> AsyncGenerator[None]:
    """Keep what is done within; in a dry run undo all of it."""
    with suppress(_DryRun):
        async with attempt():
            yield
            if dry_run:
                raise _DryRun
