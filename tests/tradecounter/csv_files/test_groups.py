"""A product is made of all of its rows, or not at all: no variant is lost to a bad row."""

from collections.abc import Sequence

import pytest
from tradecounter.csv_files.faults import RowError
from tradecounter.csv_files.groups import MAX_ROWS, Group, differing, groups
from tradecounter.csv_files.rows import Row


def _row(line: int, code: str, **cells: str) -> Row:
    return Row(line, {"code": code, **cells})


def _groups(found: Sequence[Row | RowError]) -> Sequence[Group | RowError]:
    return [*groups(found, "code")]


UNREADABLE = RowError(3, "", "RAGGED_ROW", "the row has 1 cells, the header 2")


def test_rows_that_follow_each_other_are_one_product() -> None:
    rows = [_row(2, "a"), _row(3, " a "), _row(4, "b")]
    assert [(g.key, g.rows, g.line) for g in _groups(rows) if isinstance(g, Group)] == [
        ("a", rows[:2], 2),
        ("b", rows[2:], 4),
    ]


def test_a_product_that_stands_in_two_places_is_refused_there() -> None:
    _, _, again = _groups([_row(2, "a"), _row(3, "b"), _row(4, "a")])
    assert isinstance(again, RowError)
    assert (again.line, again.column, again.code) == (4, "code", "NOT_TOGETHER")
    assert "line 2" in again.reason


def test_a_row_without_a_code_is_an_error() -> None:
    error, group = _groups([_row(2, " "), _row(3, "a")])
    assert isinstance(error, RowError)
    assert (error.line, error.code) == (2, "FIELD_REQUIRED")
    assert isinstance(group, Group)


@pytest.mark.parametrize("lines", [(2, 3, 4), (3, 2, 4), (4, 2, 3)])
def test_a_bad_row_of_a_product_spoils_the_product(lines: Sequence[int]) -> None:
    bad, *good = lines
    cells = {"code": "a"}
    rows = [_row(line, "a") for line in good]
    error = RowError(bad, "name", "CELL_TOO_LONG", "too long", "xxx", cells)
    found = _groups(sorted([*rows, error], key=lambda row: row.line))
    assert found[0] == error
    group = found[1]
    assert isinstance(group, Group)
    fault = group.fault()
    assert fault is not None
    assert (fault.line, fault.code) == (2, "ROW_UNREADABLE")


@pytest.mark.parametrize(
    "rows",
    [
        [_row(2, "a"), UNREADABLE],
        [UNREADABLE, _row(4, "a")],
        [_row(2, "a"), UNREADABLE, _row(4, "a")],
    ],
)
def test_a_product_beside_a_row_that_tells_nothing_knows_of_it(
    rows: Sequence[Row | RowError],
) -> None:
    error, group = sorted(_groups(rows), key=lambda one: isinstance(one, Group))
    assert error == UNREADABLE
    assert isinstance(group, Group)
    assert group.beside == [3]
    assert group.fault() is None


def test_a_product_two_rows_away_does_not_care() -> None:
    *_, last = _groups([UNREADABLE, _row(4, "a"), _row(5, "b")])
    assert isinstance(last, Group)
    assert last.beside == []


def test_a_product_of_very_many_rows_is_refused_without_being_kept() -> None:
    (group,) = _groups([_row(line, "a", text="x" * 500) for line in range(2, 20_000)])
    assert isinstance(group, Group)
    assert len(group.rows) <= MAX_ROWS + 1
    fault = group.fault()
    assert fault is not None
    assert fault.code == "TOO_MANY_ROWS"


def test_what_is_said_of_the_whole_may_not_differ() -> None:
    rows = [_row(2, "a", name="A"), _row(3, "a", name=""), _row(4, "a", name="B")]
    (error,) = differing(rows, ["name"])
    assert (error.line, error.column, error.code, error.value) == (4, "name", "DIFFERS", "B")


def test_what_looks_like_a_card_number_is_not_repeated() -> None:
    """PA-2: an error report is a file that stays."""
    card = "4111 1111 1111 1111"
    rows = [_row(2, card, name="a"), _row(3, card, name=card), _row(4, "b"), _row(5, card)]
    group, _, again = _groups(rows)
    assert isinstance(group, Group)
    assert isinstance(again, RowError)
    found = [again, *differing(group.rows, ["name"])]
    assert [one.line for one in found] == [5, 3]
    assert card not in "".join(one.value + one.reason for one in found)
