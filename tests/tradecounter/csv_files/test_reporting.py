"""The error report names line, column, code, reason and value, and goes on where it stood."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from tradecounter.csv_files.faults import BadFile, RowError, shortened
from tradecounter.csv_files.reporting import COLUMNS, FIRST, ErrorReport

ERROR = RowError(3, "price", "NOT_AN_AMOUNT", "an amount is expected", "=1+1")


def _read(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return [*csv.reader(file)]


def test_errors_are_written_as_csv_that_no_spreadsheet_runs(tmp_path: Path) -> None:
    with ErrorReport(tmp_path / "errors.csv") as report:
        report.take([ERROR])
    row = ["3", "price", "NOT_AN_AMOUNT", "an amount is expected", "'=1+1"]
    assert _read(tmp_path / "errors.csv") == [[*COLUMNS], row]


def test_a_column_is_named_as_the_file_names_it(tmp_path: Path) -> None:
    with ErrorReport(tmp_path / "errors.csv", written={"price": "PRICE"}) as report:
        report.take([ERROR, replace(ERROR, column="sku")])
    assert [row[1] for row in _read(tmp_path / "errors.csv")] == ["column", "PRICE", "sku"]
    assert [error.column for error in report.first] == ["PRICE", "sku"]


def test_what_was_reported_behind_the_checkpoint_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "errors.csv"
    with ErrorReport(path) as report:
        report.take([ERROR])
        known = report.size
        report.take([ERROR, ERROR])
    with ErrorReport(path, keep=known) as report:
        assert report.size == known
        report.take([ERROR])
    assert len(_read(path)) == 3
    with ErrorReport(path) as report:
        pass
    assert _read(path) == [[*COLUMNS]]


def test_a_report_that_was_removed_begins_anew(tmp_path: Path) -> None:
    with ErrorReport(tmp_path / "errors.csv", keep=500) as report:
        report.take([ERROR])
    assert len(_read(tmp_path / "errors.csv")) == 2


def test_without_a_file_the_first_errors_are_kept() -> None:
    with ErrorReport(None) as report:
        report.take([ERROR] * (FIRST - 1))
        report.take([ERROR] * 5)
    assert (len(report.first), report.count) == (FIRST, FIRST + 4)


def test_a_report_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="directory"):
        ErrorReport(tmp_path)


def test_values_are_shortened_to_one_line() -> None:
    assert shortened("a\nb\0") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"
    assert len(shortened("x" * 1_000_000)) == 100
