"""Reads a file record by record: what stands between two line ends outside of quotes.

Python's csv module understands a record, but given an endless cell or a quote that is never closed
it would gather the rest of the file. So the ends of records are found here, and what is too long is
passed over without being kept.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import IO

from tradecounter.csv_files.faults import RowError, shortened
from tradecounter.csv_files.inspecting import opened, reading

MAX_CELL = 100_000
"""Characters that a cell may have."""
MAX_RECORD = 500_000
"""Characters that a record may have."""


@dataclass(frozen=True, slots=True)
class Record:
    """The cells that belong together; ``line`` is where they begin."""

    line: int
    cells: list[str]


class At(Enum):
    """Where in a record a text ends."""

    START = auto()
    """At the first character of a cell."""
    PLAIN = auto()
    QUOTED = auto()
    """Inside of quotes: a line end is part of the cell."""
    CLOSED = auto()
    """Behind a quote that ends the cell, unless another quote follows."""


def at_the_end(text: str, at: At) -> At:
    """Tell where a text ends that begins at ``at``."""
    place, length = 0, len(text)
    while place < length:
        if at is At.QUOTED:
            place = text.find('"', place) + 1
            if not place:
                return At.QUOTED
            at = At.CLOSED
        elif at is not At.PLAIN and text[place] == '"':
            at, place = At.QUOTED, place + 1
        else:
            place = text.find(",", place) + 1
            if not place:
                return At.PLAIN
            at = At.START
    return at


def records(path: Path) -> Iterator[Record | RowError]:
    """Read the records in file order, or why one cannot be read; lines without a cell are left out.

    Raises:
        BadFile: The file cannot be read any more.
    """
    csv.field_size_limit(max(csv.field_size_limit(), MAX_RECORD))
    with (
        reading(path),
        opened(path) as raw,
        io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as file,
    ):
        lines = _Lines(file)
        while (found := lines.record()) is not None:
            if isinstance(found, RowError):
                yield found
            elif found[1].strip():
                yield _parsed(*found)


class _Lines:
    """Takes a file apart at the ends of its records."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._line = 1

    def record(self) -> tuple[int, str] | RowError | None:
        """Give the next record's first line and text; none at the end of the file."""
        begin, kept, length, at = self._line, io.StringIO(), 0, At.START
        while text := self._file.readline(MAX_RECORD):
            ended = text.endswith(("\n", "\r"))
            plain = ended and at is At.START and '"' not in text
            at = At.PLAIN if plain else at_the_end(text, at)
            self._line += ended
            length += len(text)
            if length <= MAX_RECORD:
                kept.write(text)
            if ended and at is not At.QUOTED:
                break
        if not length:
            return None
        if at is At.QUOTED:
            detail = "a quote is opened here and never closed; the rest of the file was not read"
            return RowError(begin, "", "QUOTE_NOT_CLOSED", detail)
        if length > MAX_RECORD:
            detail = f"the row has {length:,} characters, more than {MAX_RECORD:,}"
            return RowError(begin, "", "ROW_TOO_LONG", detail)
        return begin, kept.getvalue()


def _parsed(line: int, text: str) -> Record | RowError:
    try:
        (cells,) = csv.reader([text], strict=True)
    except csv.Error as error:
        detail = f"a quote stands in the wrong place: {error}"
        return RowError(line, "", "NOT_CSV", detail, shortened(text.rstrip("\r\n")))
    return Record(line, cells)
