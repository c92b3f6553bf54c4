"""Reads a text as a file in a layout, and writes rows as the export does."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tradecounter.csv_files.faults import RowError
from tradecounter.csv_files.importing import checked
from tradecounter.csv_files.items import Item, Layout
from tradecounter.csv_files.records import records
from tradecounter.csv_files.rows import rows
from tradecounter.csv_files.writing import Values, writing


def read(path: Path, layout: Layout) -> list[Item | RowError]:
    """Give the items and errors of a file."""
    header = checked(path, layout.columns).header
    found = records(path)
    next(found)
    return [*layout.items(rows(found, header))]


def read_text(directory: Path, text: str, layout: Layout) -> list[Item | RowError]:
    """Give the items and errors of a file with this text."""
    path = directory / "file.csv"
    path.write_text(text)
    return read(path, layout)


def bodies(found: Iterable[Item | RowError]) -> list[dict[str, Any]]:
    """Give what is sent of each item; there must be no error."""
    assert [one for one in found if isinstance(one, RowError)] == []
    return [one.body for one in found if isinstance(one, Item)]


def errors(found: Iterable[Item | RowError]) -> list[tuple[int, str, str]]:
    """Give line, column and code of each error."""
    return [(one.line, one.column, one.code) for one in found if isinstance(one, RowError)]


def written(directory: Path, columns: Sequence[str], values: Iterable[Values]) -> Path:
    """Write a file as an export does."""
    path = directory / "export.csv"
    with writing(path, columns) as out:
        for one in values:
            out.write(one)
    return path
