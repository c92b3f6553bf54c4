"""Writes a file of rows that a spreadsheet may open."""

import csv
import gzip
import io
import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tradecounter.csv_files.faults import BadFile
from tradecounter.csv_files.formulas import protected

Values = Mapping[str, object]
"""What stands in a row, by column; text is protected, a number or none is written as it is."""


class Writer:
    """Writes rows under fixed columns; ``count`` is how many."""

    def __init__(self, file: IO[str], columns: Sequence[str]) -> None:
        self.count = 0
        self._columns = columns
        self._rows = csv.writer(file)
        self._rows.writerow([protected(column) for column in columns])

    def write(self, values: Values) -> None:
        """Write a row; a column without a value stays empty.

        Raises:
            ValueError: A value has no column.
        """
        if strange := values.keys() - set(self._columns):
            raise ValueError(f"no column for {', '.join(sorted(strange))}")
        cells = (values.get(column) for column in self._columns)
        self._rows.writerow([protected(one) if isinstance(one, str) else one for one in cells])
        self.count += 1


@contextmanager
def writing(path: Path, columns: Sequence[str]) -> Generator[Writer]:
    """Write a file, which stands there once it is complete; ``.gz`` is compressed.

    Raises:
        BadFile: It cannot be written.
    """
    if path.exists() and not path.is_file():
        raise BadFile(f"{path}: is there already, and is no file that may be replaced")
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        try:
            with _opened(draft, compressed=path.suffix == ".gz") as file:
                yield Writer(file, columns)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}") from error


def _opened(path: Path, *, compressed: bool) -> IO[str]:
    if compressed:
        return io.TextIOWrapper(gzip.open(path, "wb"), encoding="utf-8", newline="")
    return path.open("w", encoding="utf-8", newline="")
