"""Columns are named when they are missing, there twice or unknown; ragged rows are row errors."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from tradecounter.csv_files.faults import BadFile, RowError
from tradecounter.csv_files.records import MAX_CELL, Record
from tradecounter.csv_files.rows import Columns, Header, Row, header, rows

COLUMNS = Columns(("code", "name", "weight"), ("code", "name"), ("price:",), re.compile("note"))


def _header(*cells: str) -> Header:
    return header(Record(1, [*cells]), COLUMNS)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("code",), "no column name"),
        (("weight",), "no column code, name"),
        (("code", "name", "Name"), "name is there more than once"),
        (("code", "name", "price:uk", "Price: uk"), "price:uk is there more than once"),
        (("code", "name", "wieght"), "unknown column wieght, is it weight?"),
        (("code", "name", "colour"), "unknown column colour"),
        (("code", "name", ""), "column 3 has no name"),
        (("code;name",), "separated by semicolons"),
        (("code\tname",), "separated by tabs"),
        pytest.param(("x" * 9_000,), "no column code", id="very long"),
    ],
)
def test_columns_that_are_wrong_are_named(cells: Sequence[str], reason: str) -> None:
    with pytest.raises(BadFile) as refused:
        _header(*cells)
    assert reason in str(refused.value)
    assert len(str(refused.value)) < 300


def test_columns_are_known_in_any_case_and_some_are_passed_over() -> None:
    found = _header(" CODE", "Name ", "note", "PRICE:uk")
    assert found.names == ["code", "name", None, "price:uk"]
    assert found.columns == {"code", "name", "price:uk"}
    assert found.written == {"code": "CODE", "name": "Name", "price:uk": "PRICE:uk"}


def test_a_column_may_have_another_name() -> None:
    columns = replace(COLUMNS, aliases={"title": "name"})
    found = header(Record(1, ["code", "Title"]), columns)
    assert (found.names, found.written) == (["code", "name"], {"name": "Title"})
    with pytest.raises(BadFile, match="name is there more than once"):
        header(Record(1, ["code", "Title", "name"]), columns)


def test_a_file_without_a_header_is_refused() -> None:
    with pytest.raises(BadFile, match="empty"):
        header(None, COLUMNS)
    with pytest.raises(BadFile, match="line 1: a quote"):
        header(RowError(1, "", "NOT_CSV", "a quote"), COLUMNS)


def test_ragged_rows_are_errors_and_blank_ones_nothing() -> None:
    found = rows(
        [Record(2, ["a"]), Record(3, ["", " "]), Record(4, ["a", "b", "c"]), Record(5, ["a", "b"])],
        _header("code", "name"),
    )
    assert [*found] == [
        RowError(2, "", "RAGGED_ROW", "the row has 1 cells, the header 2"),
        RowError(4, "", "RAGGED_ROW", "the row has 3 cells, the header 2"),
        Row(5, {"code": "a", "name": "b"}),
    ]


def test_a_long_cell_and_a_nul_character_are_errors_of_their_cell() -> None:
    long, nul, formula = rows(
        [
            Record(2, ["a", "x" * (MAX_CELL + 1)]),
            Record(3, ["b\0", "b"]),
            Record(4, ["'=1+1", "'tis"]),
        ],
        _header("code", "name"),
    )
    assert isinstance(long, RowError)
    assert (long.column, long.code) == ("name", "CELL_TOO_LONG")
    assert len(long.value) == 100
    assert isinstance(nul, RowError)
    assert (nul.column, nul.code, nul.value) == (
        "code",
        "NUL_CHARACTER",
        "b\N{REPLACEMENT CHARACTER}",
    )
    assert formula == Row(4, {"code": "=1+1", "name": "'tis"})


def test_a_header_of_strange_columns_is_told_of_in_a_few_words() -> None:
    with pytest.raises(BadFile, match=r"unknown column c0.*and 490 more") as found:
        header(Record(1, ["code", "name", *(f"c{n}" for n in range(500))]), COLUMNS)
    assert len(str(found.value)) < 1_000
