"""Puts together the rows that follow each other and are about one thing: a product, an order."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from tradecounter.csv_files.faults import RowError, shortened
from tradecounter.csv_files.rows import Row
from tradecounter.csv_files.seen import Seen

MAX_ROWS = 2_000
"""Rows that one thing may have."""
_MAX_TEXT = 2_000_000


@dataclass(slots=True)
class Group:
    """Rows with the same key, at least one.

    Attributes:
        lost: Lines that belong to it and cannot be read.
        beside: Lines next to it that cannot be read and may belong to it.
    """

    key: str
    rows: list[Row] = field(default_factory=list[Row])
    lost: list[int] = field(default_factory=list[int])
    beside: list[int] = field(default_factory=list[int])
    text: int = 0

    @property
    def line(self) -> int:
        """Give where it begins."""
        return min([*self.lost[:1], *(row.line for row in self.rows[:1])])

    def add(self, row: Row) -> None:
        """Add a row; one too many is only counted."""
        self.text += sum(map(len, row.cells.values()))
        if len(self.rows) <= MAX_ROWS and (self.text <= _MAX_TEXT or not self.rows):
            self.rows.append(row)

    def fault(self) -> RowError | None:
        """Give why it cannot be taken as it is, should that be so."""
        if len(self.rows) > MAX_ROWS or self.text > _MAX_TEXT:
            detail = f"{shortened(self.key)} has more than {MAX_ROWS:,} rows, or too much text"
            return RowError(self.line, "", "TOO_MANY_ROWS", detail)
        if self.lost:
            detail = f"line {self.lost[0]} is part of {shortened(self.key)} and cannot be read"
            return RowError(self.line, "", "ROW_UNREADABLE", detail)
        return None


def groups(found: Iterable[Row | RowError], key: str) -> Iterator[Group | RowError]:
    """Group rows by a column; errors come before the group that they stand in.

    A group whose key has been there before is an error: it would undo the one before.
    """
    with closing(Seen()) as seen:
        for group in _followed(found, key):
            if isinstance(group, RowError):
                yield group
            elif line := seen.before(group.key, group.line):
                name = shortened(group.key)
                detail = f"{name} stands at line {line} already; its rows must stand together"
                yield RowError(group.line, key, "NOT_TOGETHER", detail, name)
            elif group.rows:
                yield group


def _followed(found: Iterable[Row | RowError], key: str) -> Iterator[Group | RowError]:
    grouping = _Grouping(key)
    for one in found:
        if isinstance(one, RowError):
            yield one
        yield from grouping.take(one)
    if grouping.group is not None:
        yield grouping.group


@dataclass(slots=True)
class _Grouping:
    """The group that is being put together.

    Attributes:
        unreadable: Lines since its last row that belong to nobody knows what.
    """

    key: str
    group: Group | None = None
    unreadable: list[int] = field(default_factory=list[int])

    def take(self, one: Row | RowError) -> Iterator[Group | RowError]:
        """Add a row; gives the group before it, once that is complete."""
        name = None if one.cells is None else one.cells[self.key].strip()
        if name is None:
            self.unreadable = [one.line]
            if self.group is not None:
                self.group.beside.append(one.line)
        elif name:
            if self.group is not None and self.group.key != name:
                yield self.group
            if self.group is None or self.group.key != name:
                self.group = Group(name, beside=self.unreadable)
            self.unreadable = []
            self._add(self.group, one)
        elif isinstance(one, Row):
            yield RowError(one.line, self.key, "FIELD_REQUIRED", "the cell must not be empty")

    def _add(self, group: Group, one: Row | RowError) -> None:
        if isinstance(one, Row):
            group.add(one)
        else:
            group.lost.append(one.line)


def differing(rows: Sequence[Row], columns: Iterable[str]) -> Iterator[RowError]:
    """Tell where a later row says something else of the whole than the first."""
    first = rows[0]
    for row in rows[1:]:
        for column in columns:
            value = row.cells.get(column, "").strip()
            if value and value != first.cells.get(column, "").strip():
                detail = f"line {first.line} says something else of the same thing"
                yield RowError(row.line, column, "DIFFERS", detail, shortened(value))
