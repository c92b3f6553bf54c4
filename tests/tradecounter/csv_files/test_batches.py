"""A file is cut the same way each time, into requests that the services take."""

from hypothesis import given
from hypothesis import strategies as st
from tradecounter.csv_files.batches import MAX_BYTES, MAX_ROWS, batches
from tradecounter.csv_files.faults import RowError
from tradecounter.csv_files.items import After, Item, Place
from tradecounter.csv_files.rows import Row


def _item(line: int, text: int = 0, after: int = 0) -> Item:
    rows = [After("/stock", {}, Place())] * after
    return Item((Row(line),), frozenset({f"item-{line}"}), {"name": "é" * text}, rows)


sizes = st.lists(
    st.one_of(
        st.none(),
        st.tuples(st.sampled_from([0, 10, 100_000, 900_000]), st.sampled_from([0, 1, 250])),
    ),
    max_size=30,
)


@given(sizes=sizes)
def test_nothing_is_lost_and_no_batch_is_too_large(sizes: list[tuple[int, int] | None]) -> None:
    found = [
        RowError(line, "", "RAGGED_ROW", "ragged") if size is None else _item(line, *size)
        for line, size in enumerate(sizes, 2)
    ]
    cut = [*batches(found)]
    assert [batch.number for batch in cut] == [*range(len(cut))]
    lines = [{one.line for one in (*batch.items, *batch.errors)} for batch in cut]
    assert sorted(line for part in lines for line in part) == [one.line for one in found]
    for batch in cut:
        assert sum(max(1, len(item.after)) for item in batch.items) <= MAX_ROWS
        assert sum(len(str(item.body).encode()) for item in batch.items) <= MAX_BYTES
        assert batch.line == max(one.line for one in (*batch.items, *batch.errors))


def test_errors_alone_are_cut_too() -> None:
    errors = [RowError(line, "", "RAGGED_ROW", "ragged") for line in range(MAX_ROWS + 1)]
    assert [len(batch.errors) for batch in batches(errors)] == [MAX_ROWS, 1]


def test_what_is_too_much_for_one_request_is_an_error_of_its_row() -> None:
    (batch,) = batches([_item(2, MAX_BYTES)])
    assert [error.code for error in batch.errors] == ["ROW_TOO_LONG"]
    assert batch.items == []


def test_a_batch_ends_before_the_same_thing_comes_again() -> None:
    again = Item((Row(9),), frozenset({"item-3"}), {})
    first, second = batches([_item(2), _item(3), _item(4), again, _item(5)])
    assert [item.line for item in first.items] == [2, 3, 4]
    assert [item.line for item in second.items] == [9, 5]


def test_the_cells_of_rows_that_cannot_be_read_are_not_kept() -> None:
    """OB-1: memory does not grow with what is wrong with a file."""
    error = RowError(2, "name", "CELL_TOO_LONG", "too long", "xxx", {"name": "x" * 400_000})
    (batch,) = batches([error])
    assert (batch.errors, [one.cells for one in batch.errors]) == ([error], [None])
