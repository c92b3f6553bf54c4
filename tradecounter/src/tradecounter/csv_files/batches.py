"""Cuts a file's items into numbered batches, in the same way each time."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from tradecounter.csv_files.faults import RowError
from tradecounter.csv_files.items import Item

MAX_ROWS = 500
"""Rows that one bulk request may have."""
MAX_BYTES = 768 * 1024
"""Bytes that the rows of one bulk request may have; the services take 1 MiB."""


@dataclass(slots=True)
class Batch:
    """Items that are sent together, and the errors found between them.

    Attributes:
        number: From 0; the same batch of the same file has the same number in each run.
        keys: Those of its items, of which no two share one.
        line: The last line that belongs to it, as far as the file has been read.
    """

    number: int
    items: list[Item] = field(default_factory=list[Item])
    errors: list[RowError] = field(default_factory=list[RowError])
    keys: set[str] = field(default_factory=set[str])
    line: int = 0


def batches(found: Iterable[Item | RowError], most: int = MAX_ROWS) -> Iterator[Batch]:
    """Cut after ``most`` rows, errors included, so many bytes, or before a key comes again."""
    batch, rows, size = Batch(0), 0, 0
    for one in found:
        error = one if isinstance(one, RowError) else None
        length = 0 if error else _bytes(one)
        if length > MAX_BYTES:
            error = RowError(one.line, "", "ROW_TOO_LONG", "this is too much for one request")
            length = 0
        weight = 1 if isinstance(one, RowError) else max(1, len(one.after))
        keys = frozenset[str]() if isinstance(one, RowError) else one.keys
        full = rows + weight > most or size + length > MAX_BYTES
        if rows and (full or not keys.isdisjoint(batch.keys)):
            yield batch
            batch, rows, size = Batch(batch.number + 1), 0, 0
        if error is not None:
            # Its cells have told what it belongs to; hundreds of long rows would fill the memory.
            batch.errors.append(replace(error, cells=None))
        elif isinstance(one, Item):
            batch.items.append(one)
            batch.keys |= keys
        batch.line = one.line
        rows, size = rows + weight, size + length
    if rows:
        yield batch


def _bytes(one: Item | RowError) -> int:
    """Give how long an item's row is as JSON in UTF-8, or a little less."""
    if isinstance(one, RowError):
        return 0
    return len(json.dumps(one.body, ensure_ascii=False).encode()) + 24
