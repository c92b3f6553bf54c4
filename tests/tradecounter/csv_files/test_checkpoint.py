"""An import that was cut off goes on where it stopped, and only with the same file."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tradecounter.csv_files.checkpoint import Checkpoint, Totals, beside, fingerprint, recalled
from tradecounter.csv_files.faults import BadFile


@given(done=st.permutations(range(8)), upto=st.integers(0, 8))
def test_exactly_what_was_noted_is_done(
    tmp_path_factory: pytest.TempPathFactory, done: list[int], upto: int
) -> None:
    path = tmp_path_factory.mktemp("checkpoint") / "file.json"
    checkpoint = Checkpoint(path, "print")
    checkpoint.keep()
    for number in done[:upto]:
        checkpoint.note(number)
    again = recalled(path, "print")
    assert again is not None
    assert again == checkpoint
    assert {number for number in range(9) if again.has(number)} == set(done[:upto])
    assert again.resumed == bool(upto)


def test_what_has_come_of_it_so_far_is_kept(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "file.json", "print", reported=17)
    checkpoint.totals.add(Totals(created=2, refused=1, errors=3))
    checkpoint.note(0)
    again = recalled(tmp_path / "file.json", "print")
    assert again is not None
    assert (again.totals, again.reported) == (Totals(created=2, refused=1, errors=3), 17)
    assert again.totals.items == 3
    checkpoint.forget()
    checkpoint.forget()
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"fingerprint": "print"}', '{"fingerprint": "print", "x": 1}']
)
def test_a_checkpoint_that_makes_no_sense_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "file.json").write_text(text)
    assert recalled(tmp_path / "file.json", "print") is None


def test_another_file_or_other_settings_begin_anew(tmp_path: Path) -> None:
    path = beside(tmp_path / "stock.csv", "stock")
    Checkpoint(path, fingerprint("content", {"location": "central"})).note(0)
    assert recalled(path, fingerprint("content", {"location": "central"})) is not None
    assert recalled(path, fingerprint("content", {"location": "soho"})) is None
    assert recalled(path, fingerprint("another", {"location": "central"})) is None
    assert json.loads(path.read_text())["below"] == 1


def test_a_checkpoint_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "none" / "file.json", "print")
    with pytest.raises(BadFile, match="No such file"):
        checkpoint.note(0)
