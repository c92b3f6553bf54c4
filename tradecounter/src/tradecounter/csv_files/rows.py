"""Reads a file's header, and its records as rows of named cells."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from tradecounter.csv_files.faults import BadFile, RowError, shortened
from tradecounter.csv_files.formulas import unprotected
from tradecounter.csv_files.records import MAX_CELL, Record

MOST_NAMED = 10
"""Columns that a message about a header names."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns a layout has.

    Attributes:
        known: Their names, as they are written.
        required: Those that must be there.
        families: Beginnings of names that go on with a name of their own: ``price:uk``.
        ignored: Names that are passed over.
        one_of: At least one of these must be there, if there are any.
        leading: The family that must have a column for every name that another family has one for.
        aliases: Other names of known columns, in lower case, with the name that stands for both.
    """

    known: Sequence[str]
    required: Sequence[str]
    families: Sequence[str] = ()
    ignored: re.Pattern[str] | None = None
    one_of: Sequence[str] = ()
    leading: str | None = None
    aliases: Mapping[str, str] = field(default_factory=dict[str, str])

    def named(self, cell: str) -> str | None:
        """Give the column that a header's cell names, in any case of letters; none is unknown."""
        folded = cell.casefold()
        for name in self.known:
            if name.casefold() == folded:
                return name
        if alias := self.aliases.get(folded):
            return alias
        for family in self.families:
            if folded.startswith(family) and len(cell) > len(family):
                return family + cell[len(family) :].strip()
        return None

    def passes_over(self, cell: str) -> bool:
        """Tell whether a column is none of ours but may be there."""
        return self.ignored is not None and self.ignored.fullmatch(cell) is not None


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one record by column; ``line`` is where it begins."""

    line: int
    cells: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Header:
    """The columns that a file has, in order.

    Attributes:
        names: As we call them; none stands for one that is passed over.
        written: As the file calls those that we call otherwise, by our name.
    """

    names: Sequence[str | None]
    written: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def columns(self) -> frozenset[str]:
        """Give the columns that are read."""
        return frozenset(name for name in self.names if name is not None)


def header(record: Record | RowError | None, columns: Columns) -> Header:
    """Read the header.

    Raises:
        BadFile: Columns are missing, there twice, or unknown; the message names the first.
    """
    if record is None:
        raise BadFile("the file is empty")
    if isinstance(record, RowError):
        raise BadFile(f"line {record.line}: {record.reason}")
    cells = [cell.strip() for cell in record.cells]
    names = [columns.named(cell) for cell in cells]
    if not any(names) and (mark := _other_separator(cells)):
        raise BadFile(f"line 1: the columns are separated by {mark}; commas are expected")
    wrong = [
        *_missing(names, columns),
        *_unled(names, columns),
        *_twice(names),
        *_some(_unknown(cells, names, columns)),
    ]
    if wrong:
        raise BadFile(f"line {record.line}: {'; '.join(wrong)}")
    pairs = zip(names, cells, strict=True)
    return Header(names, {name: cell for name, cell in pairs if name and name != cell})


def rows(records: Iterable[Record | RowError], header: Header) -> Iterator[Row | RowError]:
    """Give each record's cells by column; a blank row is left out."""
    for record in records:
        if isinstance(record, RowError):
            yield record
        elif any(map(str.strip, record.cells)):
            yield _row(record, header.names)


def _row(record: Record, names: Sequence[str | None]) -> Row | RowError:
    if len(record.cells) != len(names):
        detail = f"the row has {len(record.cells)} cells, the header {len(names)}"
        return RowError(record.line, "", "RAGGED_ROW", detail)
    cells = {
        name: unprotected(cell)
        for name, cell in zip(names, record.cells, strict=True)
        if name is not None
    }
    for name, cell in cells.items():
        if len(cell) > MAX_CELL:
            detail = f"the cell has {len(cell):,} characters, more than {MAX_CELL:,}"
            value = shortened(cell)
            return RowError(record.line, name, "CELL_TOO_LONG", detail, value, cells)
        if "\0" in cell:
            detail, value = "the cell holds a NUL character", shortened(cell)
            return RowError(record.line, name, "NUL_CHARACTER", detail, value, cells)
    return Row(record.line, cells)


def _other_separator(cells: Sequence[str]) -> str | None:
    marks = {";": "semicolons", "\t": "tabs", "|": "bars"}
    return next((name for mark, name in marks.items() if mark in "".join(cells)), None)


def _some(found: Iterator[str]) -> Iterator[str]:
    """Give the first of what is wrong, and how many more there are."""
    yield from islice(found, MOST_NAMED)
    if more := sum(1 for _ in found):
        yield f"and {more:,} more like that"


def _missing(names: Sequence[str | None], columns: Columns) -> Iterator[str]:
    if missing := [name for name in columns.required if name not in names]:
        yield f"no column {', '.join(missing)}"
    if columns.one_of and not set(columns.one_of) & set(names):
        yield f"no column {' or '.join(columns.one_of)}"


def _unled(names: Sequence[str | None], columns: Columns) -> Iterator[str]:
    if columns.leading is None:
        return
    for name in filter(None, names):
        family = next((one for one in columns.families if name.startswith(one)), columns.leading)
        leader = columns.leading + name.removeprefix(family)
        if family != columns.leading and leader not in names:
            yield f"the column {name} needs the column {leader} beside it"


def _twice(names: Sequence[str | None]) -> Iterator[str]:
    twice = [name for name, times in Counter(names).items() if times > 1 and name is not None]
    if twice:
        yield f"{', '.join(map(shortened, twice[:MOST_NAMED]))} is there more than once"


def _unknown(cells: Sequence[str], names: Sequence[str | None], columns: Columns) -> Iterator[str]:
    for place, (cell, name) in enumerate(zip(cells, names, strict=True), 1):
        if name is not None or columns.passes_over(cell):
            continue
        if not cell:
            yield f"column {place} has no name"
            continue
        near = difflib.get_close_matches(cell, [*columns.known, *columns.families], 1)
        hint = f", is it {near[0]}?" if near else ""
        yield f"unknown column {shortened(cell)}{hint}"
