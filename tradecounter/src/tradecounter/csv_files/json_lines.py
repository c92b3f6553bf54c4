"""Reads a file of JSON Lines, one line at a time."""

import io
from collections.abc import Iterator
from pathlib import Path

from tradecounter.csv_files.faults import RowError
from tradecounter.csv_files.inspecting import opened, reading
from tradecounter.csv_files.records import MAX_RECORD
from tradecounter.csv_files.rows import Row

TEXT = "json"
"""The column in which a line stands whole."""
_SUFFIXES = (".jsonl", ".ndjson")


def are_json_lines(path: Path) -> bool:
    """Tell by its name whether a file is JSON Lines."""
    return path.name.casefold().removesuffix(".gz").endswith(_SUFFIXES)


def json_lines(path: Path) -> Iterator[Row | RowError]:
    """Give each line that is not blank as a row of one cell, or why it cannot be read.

    What is too long is passed over without being kept.

    Raises:
        BadFile: The file cannot be read any more.
    """
    with (
        reading(path),
        opened(path) as raw,
        io.TextIOWrapper(raw, encoding="utf-8-sig") as file,
    ):
        line = 0
        while text := file.readline(MAX_RECORD):
            line, length = line + 1, len(text)
            while not text.endswith("\n") and (more := file.readline(MAX_RECORD)):
                text, length = more, length + len(more)
            if length > MAX_RECORD:
                detail = f"the line has {length:,} characters, more than {MAX_RECORD:,}"
                yield RowError(line, "", "ROW_TOO_LONG", detail)
            elif text.strip():
                yield Row(line, {TEXT: text})
