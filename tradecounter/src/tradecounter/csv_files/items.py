"""What a layout makes of rows: items, each of which is one row of a bulk request."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tradecounter.csv_files.faults import RowError, shortened
from tradecounter.csv_files.rows import Columns, Header, Row

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Which cell a pointer into an item's body means.

    Attributes:
        column: Empty when no one column is meant.
        row: Which of the item's rows, from 0.
    """

    column: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class After:
    """A row of another bulk request that an item gives besides; ``cell`` is where it stands."""

    path: str
    body: Json
    cell: Place


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a file brings in.

    Attributes:
        rows: The rows that it stands in, at least one.
        keys: Items that share a key are sent one after the other, in file order.
        body: What a row of the bulk request holds beside its line.
        after: What is sent once this item is taken, in this order.
        categories: Name by code of those that it belongs to, which are made if they are missing.
    """

    rows: Sequence[Row]
    keys: frozenset[str]
    body: Json
    after: Sequence[After] = ()
    categories: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def line(self) -> int:
        """Give where it begins in the file."""
        return self.rows[0].line


class Layout(Protocol):
    """How things stand in a file's columns."""

    @property
    def path(self) -> str:
        """Give the address of the bulk request."""
        ...

    @property
    def most(self) -> int:
        """Give how many rows are sent at once."""
        ...

    @property
    def columns(self) -> Columns | None:
        """Give the columns of the file; none: it is JSON Lines."""
        ...

    def members(self, header: Header) -> Json:
        """Give what a bulk request says of all its rows, given the file's columns."""
        ...

    def items(self, rows: Iterable[Row | RowError]) -> Iterator[Item | RowError]:
        """Make items of rows, in file order; a row that makes none gives its errors."""
        ...

    def place(self, item: Item, pointer: str) -> Place:
        """Say which cell a JSON pointer into the item's body means."""
        ...


def error_at(item: Item, place: Place, code: str, reason: str) -> RowError:
    """Give the error of one cell of an item."""
    row = item.rows[place.row] if place.row < len(item.rows) else item.rows[0]
    value = shortened(row.cells.get(place.column, ""))
    return RowError(row.line, place.column, code, reason, value)
