"""An import sends each row once, goes on where it stopped, and tells what became of every row."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.responses import Response
from tradecounter.client import ApiError
from tradecounter.csv_files.checkpoint import Totals, beside
from tradecounter.csv_files.faults import BadFile
from tradecounter.csv_files.importing import Import, Outcome, checked, run_import
from tradecounter.csv_files.layouts.stock import StockLayout

from tests.tradecounter.csv_files.shop import Json, Shop, problem

LAYOUT = StockLayout("central")


def _file(directory: Path, rows: int, *, column: str = "on_hand", bad: Sequence[int] = ()) -> Path:
    path = directory / "stock.csv"
    lines = [f"{'BAD' if n in bad else 'SKU'}-{n},{n}" for n in range(rows)]
    path.write_text("\n".join([f"sku,{column}", *lines]))
    return path


async def _run(file: Path, shop: Shop, **options: object) -> Outcome:
    wanted = replace(Import("stock", file, {}), **options)
    outcome = Outcome()
    api = shop.api()
    try:
        await run_import(wanted, checked(file, LAYOUT.columns), api, LAYOUT, outcome)
    finally:
        await api.client.aclose()
    return outcome


def _edit(file: Path, *changes: tuple[str, str]) -> None:
    for old, new in changes:
        file.write_text(file.read_text().replace(old, new))


def _there(directory: Path) -> list[Path]:
    return [*directory.iterdir()]


def _errors(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return [*csv.reader(file)][1:]


async def test_every_row_is_sent_once_and_counted(tmp_path: Path) -> None:
    """OB-1: an import can be run again; nothing is done twice."""
    file, shop = _file(tmp_path, 1_234), Shop()
    assert (await _run(file, shop)).totals == Totals(created=1_234)
    assert set(shop.sent.values()) == {1}
    assert shop.requests == 3
    assert _there(tmp_path) == [file]
    assert (await _run(file, shop)).totals == Totals(unchanged=1_234)


async def test_a_dry_run_changes_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    """OB-1: a dry run."""
    file, shop = _file(tmp_path, 700, bad=[3]), Shop()
    outcome = await _run(file, shop, dry_run=True)
    assert outcome.totals == Totals(created=699, refused=1, errors=1)
    assert (shop.kept, _there(tmp_path)) == ({}, [file])


async def test_errors_are_reported_by_row(tmp_path: Path) -> None:
    """OB-1: an error report by row."""
    file, report = _file(tmp_path, 1_100, bad=[0, 1_050]), tmp_path / "errors.csv"
    _edit(file, ("SKU-600,600", "SKU-600,many"), ("SKU-7,7", "SKU-7"))
    outcome = await _run(file, Shop(), errors=report)
    assert outcome.totals == Totals(created=1_096, refused=4, errors=4)
    assert sorted(_errors(report), key=lambda row: int(row[0])) == [
        ["2", "sku", "UNKNOWN_SKU", "there is no such product", "BAD-0"],
        ["9", "", "RAGGED_ROW", "the row has 1 cells, the header 2", ""],
        ["602", "on_hand", "NOT_A_WHOLE_NUMBER", "a whole number is expected, such as 12", "many"],
        ["1052", "sku", "UNKNOWN_SKU", "there is no such product", "BAD-1050"],
    ]
    assert len(outcome.first) == 4


@given(stop=st.integers(0, 9), at_once=st.integers(1, 4), bad=st.sets(st.integers(0, 4_400)))
@settings(deadline=None, max_examples=20)
async def test_a_stopped_import_goes_on_where_it_stopped(
    tmp_path_factory: pytest.TempPathFactory, stop: int, at_once: int, bad: set[int]
) -> None:
    """OB-1: resumable. What was done is not sent again, and every row is told of once."""
    directory = tmp_path_factory.mktemp("import")
    file, report = _file(directory, 4_400, bad=sorted(bad)), directory / "errors.csv"
    shop = Shop()
    shop.fail = lambda _: problem(500, "INTERNAL") if shop.requests >= stop else None
    stopped = stop < 9
    if stopped:
        with pytest.raises(ApiError):
            await _run(file, shop, errors=report, at_once=at_once)
        assert beside(file, "stock").exists() == (stop > 0)
    before = Shop(kept=dict(shop.kept), sent=shop.sent.copy(), answers=shop.answers)
    shop.fail = lambda _: None
    outcome = await _run(file, shop, errors=report, at_once=at_once)
    wrong = sum(1 for n in bad if n < 4_400)
    assert outcome.totals.items == 4_400
    assert (outcome.totals.refused, outcome.totals.errors) == (wrong, wrong)
    assert outcome.resumed == (stopped and stop > 0)
    assert len(shop.kept) == 4_400 - wrong
    assert sorted(_errors(report)) == sorted(
        [str(n + 2), "sku", "UNKNOWN_SKU", "there is no such product", f"BAD-{n}"]
        for n in bad
        if n < 4_400
    )
    assert len(before.sent) <= len(shop.sent)
    assert not beside(file, "stock").exists()


async def test_what_is_done_is_not_sent_again(tmp_path: Path) -> None:
    file, shop = _file(tmp_path, 5_000), Shop()
    shop.fail = lambda _: problem(403, "PERMISSION_DENIED") if shop.requests == 6 else None
    with pytest.raises(ApiError):
        await _run(file, shop, at_once=1)
    shop.fail = lambda _: None
    assert (await _run(file, shop, at_once=1)).totals == Totals(created=5_000)
    assert set(shop.sent.values()) == {1}
    assert shop.requests == 10


async def test_another_file_of_the_same_name_begins_anew(tmp_path: Path) -> None:
    file, shop = _file(tmp_path, 1_000), Shop()
    shop.fail = lambda _: problem(403, "PERMISSION_DENIED") if shop.requests == 1 else None
    with pytest.raises(ApiError):
        await _run(file, shop)
    shop.fail = lambda _: None
    _file(tmp_path, 1_001)
    outcome = await _run(file, shop)
    assert (outcome.resumed, outcome.totals.items) == (False, 1_001)


async def test_changes_of_stock_have_effect_once_however_often_the_file_is_sent(
    tmp_path: Path,
) -> None:
    """OB-1: idempotent, also where rows say what is added; unless that is asked for."""
    file, shop = _file(tmp_path, 800, column="change"), Shop()
    assert (await _run(file, shop)).totals == Totals(created=800)
    again = await _run(file, shop)
    assert (again.totals, set(shop.sent.values())) == (Totals(created=800, repeated=800), {1})
    await _run(file, shop, resume=False)
    assert set(shop.sent.values()) == {2}


async def test_a_dry_run_of_changes_does_not_use_them_up(tmp_path: Path) -> None:
    file, shop = _file(tmp_path, 3, column="change"), Shop()
    await _run(file, shop, dry_run=True)
    assert (await _run(file, shop)).totals == Totals(created=3)
    assert len(shop.kept) == 3


async def test_rows_of_the_same_thing_take_effect_in_file_order(tmp_path: Path) -> None:
    file, shop = tmp_path / "stock.csv", Shop()
    rows = [f"{'SAME' if n % 400 == 0 else f'SKU-{n}'},{n}" for n in range(4_000)]
    file.write_text("\n".join(["sku,on_hand", *rows]))
    await _run(file, shop, at_once=8)
    assert shop.kept["SAME"]["on_hand"] == 3_600


async def test_no_more_requests_are_under_way_than_asked_for(tmp_path: Path) -> None:
    shop = Shop()
    await _run(_file(tmp_path, 10_000), shop, at_once=3)
    assert shop.most == 3


async def test_rows_that_cannot_even_be_read_are_told_and_the_others_sent(tmp_path: Path) -> None:
    shop = Shop()

    def refuse(body: Json) -> Response | None:
        wrong = [n for n, row in enumerate(body["rows"]) if row["on_hand"] in {5, 17}]
        pointers = [f"/rows/{n}/on_hand" for n in wrong]
        return problem(422, "OUT_OF_RANGE", *pointers) if wrong else None

    shop.fail = refuse
    outcome = await _run(_file(tmp_path, 20), shop)
    assert outcome.totals == Totals(created=18, refused=2, errors=2)
    assert [(e.line, e.column, e.value) for e in outcome.first] == [
        (7, "on_hand", "5"),
        (19, "on_hand", "17"),
    ]


async def test_a_busy_system_is_asked_again(tmp_path: Path) -> None:
    shop, answers = Shop(), [problem(409, "BUSY"), problem(503, "UNAVAILABLE")]
    shop.fail = lambda _: answers.pop() if answers else None
    assert (await _run(_file(tmp_path, 3), shop)).totals == Totals(created=3)


async def test_a_report_that_cannot_be_written_ends_the_import(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="directory"):
        await _run(_file(tmp_path, 3), Shop(), errors=tmp_path)


async def test_nothing_is_sent_that_could_not_be_remembered(tmp_path: Path) -> None:
    """OB-1: where the checkpoint cannot be written, nothing of the file is done."""
    file, shop = _file(tmp_path, 3), Shop()
    beside(file, "stock").mkdir()
    with pytest.raises(BadFile, match="directory"):
        await _run(file, shop)
    assert shop.requests == 0


async def test_an_answer_that_was_lost_counts_as_this_run(tmp_path: Path) -> None:
    """OB-1: rows that this very run has applied are not said to be an earlier run's."""
    shop, lost = Shop(), [problem(503, "UNAVAILABLE")]
    file = _file(tmp_path, 3, column="change")
    shop.after = lambda: lost.pop() if lost else None
    assert (await _run(file, shop)).totals == Totals(created=3)
    assert (await _run(file, shop)).totals == Totals(created=3, repeated=3)
