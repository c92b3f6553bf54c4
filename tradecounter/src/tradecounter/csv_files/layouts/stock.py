"""Stock as CSV: a row for what lies of one SKU at one location."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tradecounter.client import Json
from tradecounter.csv_files.batches import MAX_ROWS
from tradecounter.csv_files.cells import Cells
from tradecounter.csv_files.faults import RowError
from tradecounter.csv_files.items import Item, Place
from tradecounter.csv_files.rows import Columns, Header, Row
from tradecounter.csv_files.writing import Values

PATH = "/api/catalog/v1/imports/stock"
COLUMNS = ("location", "sku", "on_hand", "change", "safety_stock", "reason")
SHOWN = ("reserved", "allocated", "available")
"""Written for people; passed over when they are read."""
WRITTEN = ("location", "sku", "on_hand", "safety_stock", *SHOWN)


@dataclass(frozen=True, slots=True)
class StockLayout:
    """How stock stands in a file.

    Attributes:
        location: Of rows that name none.
        reason: Of rows that give none.
    """

    location: str | None = None
    reason: str = "import"
    path: str = PATH
    most: int = MAX_ROWS

    @property
    def columns(self) -> Columns:
        """Give the columns of the file."""
        required = ("sku",) if self.location else ("location", "sku")
        return Columns(COLUMNS, required, ignored=re.compile("|".join(SHOWN)))

    def members(self, header: Header) -> Json:  # noqa: ARG002 - products need it
        """Give what a bulk request says of all its rows: nothing."""
        return {}

    def items(self, rows: Iterable[Row | RowError]) -> Iterator[Item | RowError]:
        """Make an item of each row."""
        for row in rows:
            if isinstance(row, RowError):
                yield row
                continue
            cells = Cells(row)
            body = self._body(cells)
            if cells.errors:
                yield from cells.errors
            else:
                yield Item((row,), frozenset({f"{body['location']}/{body['sku']}"}), body)

    def _body(self, cells: Cells) -> Json:
        on_hand, change = cells.whole("on_hand"), cells.whole("change")
        safety = cells.whole("safety_stock")
        given = {"on_hand": on_hand, "change": change, "safety_stock": safety}
        if on_hand is not None and change is not None:
            detail = "a row counts (on_hand) or changes (change), not both"
            cells.refuse("change", "COUNT_OR_CHANGE", detail)
        elif not cells.errors and on_hand is change is safety:
            detail = "the row says neither on_hand nor change nor safety_stock"
            cells.refuse("", "NOTHING_TO_DO", detail)
        return {
            "location": self.location
            if not cells.text("location") and self.location
            else cells.needed("location"),
            "sku": cells.needed("sku"),
            "reason": cells.text("reason") or self.reason,
        } | {name: units for name, units in given.items() if units is not None}

    def place(self, item: Item, pointer: str) -> Place:  # noqa: ARG002 - other layouts need it
        """Say which cell a JSON pointer means."""
        name = pointer.strip("/").partition("/")[0]
        return Place(name if name in COLUMNS else "")


def written(stock: Json) -> Values:
    """Give the row of one SKU at one location."""
    return {name: stock.get(name) for name in WRITTEN}
