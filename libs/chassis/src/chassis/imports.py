"""What is answered to rows that were brought in, many at a time, each standing or falling alone."""

from collections.abc import Sequence

from pydantic import BaseModel

MAX_ROWS = 500
"""Rows of one request."""


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
