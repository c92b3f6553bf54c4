"""Records come out as they were written, whatever is in them and however long they are."""

import csv
import gzip
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tradecounter.csv_files.faults import RowError
from tradecounter.csv_files.records import At, Record, at_the_end, records

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
tables = st.lists(st.lists(texts, min_size=1, max_size=4), max_size=5)
LONG = 10 * 1024 * 1024


def _written(directory: Path, text: str) -> Path:
    path = directory / "file.csv"
    path.write_bytes(text.encode())
    return path


@given(table=tables, ends=st.sampled_from(["\n", "\r\n"]), compressed=st.booleans())
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], ends: str, compressed: bool
) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator=ends, quoting=csv.QUOTE_ALL).writerows(table)
    data = text.getvalue().encode()
    path = tmp_path_factory.mktemp("records") / "file.csv"
    path.write_bytes(gzip.compress(data) if compressed else data)
    read = [one.cells for one in records(path) if isinstance(one, Record)]
    assert read == table


@given(text=st.text('",a\n', max_size=30), cut=st.integers(0, 30))
def test_where_a_text_ends_does_not_depend_on_how_it_is_cut(text: str, cut: int) -> None:
    assert at_the_end(text[cut:], at_the_end(text[:cut], At.START)) == at_the_end(text, At.START)


def test_a_record_is_named_by_its_first_line(tmp_path: Path) -> None:
    path = _written(tmp_path, 'a,"one\ntwo"\r\n\r\n"b",c\n')
    assert [*records(path)] == [Record(1, ["a", "one\ntwo"]), Record(4, ["b", "c"])]


def test_a_byte_order_mark_is_no_part_of_the_first_cell(tmp_path: Path) -> None:
    assert [*records(_written(tmp_path, "\ufeffa,b\n"))] == [Record(1, ["a", "b"])]


def test_a_misplaced_quote_spoils_its_row_only(tmp_path: Path) -> None:
    first, second = records(_written(tmp_path, 'a,"b"c\nd,e\n'))
    assert isinstance(first, RowError)
    assert (first.line, first.code, first.value) == (1, "NOT_CSV", 'a,"b"c')
    assert second == Record(2, ["d", "e"])


def test_a_quote_within_a_bare_cell_is_text(tmp_path: Path) -> None:
    assert [*records(_written(tmp_path, '3" pipe,b\nc,d\n'))] == [
        Record(1, ['3" pipe', "b"]),
        Record(2, ["c", "d"]),
    ]


@pytest.mark.parametrize("quoted", [True, False], ids=["quoted", "bare"])
def test_a_10_mb_cell_is_an_error_of_its_row_and_takes_no_memory(
    tmp_path: Path, quoted: bool
) -> None:
    cell = f'{"x" * 1000}"",\n' * (LONG // 1000) if quoted else "x" * LONG
    path = _written(tmp_path, f'a,b\n1,"{cell}"\n2,c\n' if quoted else f"a,b\n1,{cell}\n2,c\n")
    del cell
    tracemalloc.start()
    _, long, after = records(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(long, RowError)
    assert (long.line, long.code) == (2, "ROW_TOO_LONG")
    assert isinstance(after, Record)
    assert after.cells == ["2", "c"]
    assert peak < LONG * 3 // 4


def test_a_quote_that_is_never_closed_is_named_and_takes_no_memory(tmp_path: Path) -> None:
    path = _written(tmp_path, 'a,b\n1,"open\n' + f"2,{'c' * 1000}\n" * (LONG // 1000))
    tracemalloc.start()
    _, error = records(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(error, RowError)
    assert (error.line, error.code) == (2, "QUOTE_NOT_CLOSED")
    assert peak < LONG * 3 // 4
