"""The error report: which rows were not taken, and why, as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Self

from tradecounter.csv_files.faults import BadFile, RowError
from tradecounter.csv_files.formulas import protected

COLUMNS = ("line", "column", "code", "reason", "value")
FIRST = 20
"""Errors that are kept for the screen."""


class ErrorReport:
    """Takes row errors as they are found; those of one batch stand together, by line.

    Attributes:
        first: The first of them.
        count: How many were taken.
        size: Bytes in the file so far; 0 without a file.
    """

    def __init__(
        self, path: Path | None, *, keep: int = 0, written: Mapping[str, str] | None = None
    ) -> None:
        """Begin a report, or go on with one.

        Args:
            path: The file; none: they are only counted, and the first kept.
            keep: Bytes of the file that stay; what is behind them is written anew.
            written: How the imported file calls columns that we call otherwise, by our name.

        Raises:
            BadFile: The file cannot be written.
        """
        self.first: list[RowError] = []
        self.count = 0
        self.size = 0
        self._path = path
        self._written = written or {}
        self._file = None if path is None else _opened(path, keep)
        if self._file is not None:
            self.size = self._file.seek(0, io.SEEK_END)
            if not self.size:
                self._append([COLUMNS])

    def __enter__(self) -> Self:
        """Give the report."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def take(self, errors: Sequence[RowError]) -> None:
        """Add errors.

        Raises:
            BadFile: The file cannot be written.
        """
        errors = [
            replace(error, column=self._written.get(error.column, error.column)) for error in errors
        ]
        self.count += len(errors)
        self.first += errors[: max(0, FIRST - len(self.first))]
        self._append(
            (str(error.line), error.column, error.code, error.reason, error.value)
            for error in errors
        )

    def _append(self, rows: Iterable[Sequence[str]]) -> None:
        if self._file is None:
            return
        text = io.StringIO()
        csv.writer(text).writerows([protected(cell) for cell in row] for row in rows)
        try:
            self.size += self._file.write(text.getvalue().encode())
            self._file.flush()
        except OSError as error:
            raise BadFile(f"{self._path}: {error.strerror or error}") from error


def _opened(path: Path, keep: int) -> IO[bytes]:
    try:
        file = path.open("r+b" if keep and path.exists() else "wb")
        file.truncate(min(keep, file.seek(0, io.SEEK_END)))
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}") from error
    return file
