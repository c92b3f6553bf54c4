"""Stock goes in and out as CSV on a running system, and no change takes effect twice."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.running import Json, System, kill_an_import

pytestmark = [pytest.mark.timeout(600)]

SKUS = ("MUG-01", "TEE-BLU-M", "TEE-BLU-L", "LAMP-OAK", "CHAIR-ASH", "RUG-GREY", "PEN-BLK")
ROUNDS = 60


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("stock") / "data").start()
    yield running
    running.stop()


def _ledger(system: System, location: str) -> dict[str, Json]:
    found = system.client().get("/api/catalog/v1/stock", location=location, limit="200")
    return {one["sku"]: one for one in found["items"]}


def _on_hand(system: System, location: str) -> dict[str, int]:
    return {sku: one["on_hand"] for sku, one in _ledger(system, location).items()}


def _file(directory: Path, text: str) -> Path:
    path = directory / "stock.csv"
    path.write_text(text)
    return path


def test_counted_stock_is_set_and_comes_back(system: System, tmp_path: Path) -> None:
    """OB-1, IN-7: counts and safety stock; a second run and an export change nothing."""
    text = "location,sku,on_hand,safety_stock\nsoho,MUG-01,41,4\nsoho,PEN-BLK,0,\n"
    file = _file(tmp_path, text)
    before = _on_hand(system, "soho")
    dry = system.run("stock", "import", str(file), "--dry-run")
    assert "0 to be created, 2 to be changed, 0 unchanged, 0 refused" in dry.stdout
    assert _on_hand(system, "soho") == before

    done = system.run("stock", "import", str(file), "--reason", "count of November")
    assert "0 created, 2 changed, 0 unchanged, 0 refused" in done.stdout
    after = _ledger(system, "soho")
    assert (after["MUG-01"]["on_hand"], after["MUG-01"]["safety_stock"]) == (41, 4)
    assert after["PEN-BLK"]["on_hand"] == 0
    assert "2 unchanged" in system.run("stock", "import", str(file)).stdout

    export = tmp_path / "export.csv"
    system.run("stock", "export", str(export))
    with export.open(newline="") as lines:
        assert {row["location"] for row in csv.DictReader(lines)} == {"central", "soho", "berlin"}
    same = system.run("stock", "import", str(export))
    assert "0 created, 0 changed" in same.stdout
    assert ", 0 refused" in same.stdout


def test_bad_rows_are_reported_and_the_others_taken(system: System, tmp_path: Path) -> None:
    """OB-1: an error report by row, what the service refuses included."""
    rows = [
        "location,sku,change",
        "central,NO-SUCH,1",
        "nowhere,MUG-01,1",
        "central,MUG-01,-99999999",
        "central,MUG-01,one",
        "central,MUG-01,0",
        "central,LAMP-OAK,1",
        "central,LAMP-OAK,99999999999",
    ]
    errors, before = tmp_path / "errors.csv", _on_hand(system, "central")
    file = _file(tmp_path, "\n".join(rows))
    done = system.run("stock", "import", str(file), "--errors", str(errors), check=False)
    assert done.returncode == 1
    assert "1 changed, 0 unchanged, 6 refused" in done.stdout
    with errors.open(newline="") as lines:
        found = [(one["line"], one["column"], one["code"]) for one in csv.DictReader(lines)]
    assert found == [
        ("2", "sku", "UNKNOWN_PRODUCT"),
        ("3", "location", "UNKNOWN_LOCATION"),
        ("4", "change", "STOCK_BELOW_COMMITTED"),
        ("5", "change", "NOT_A_WHOLE_NUMBER"),
        ("6", "change", "QUANTITY_OUT_OF_RANGE"),
        ("8", "change", "QUANTITY_OUT_OF_RANGE"),
    ]
    assert _on_hand(system, "central") == before | {"LAMP-OAK": before["LAMP-OAK"] + 1}


def test_a_killed_import_of_changes_goes_on_and_adds_exactly_once(
    system: System, tmp_path: Path
) -> None:
    """OB-1: resumable and idempotent. Killed at any point, every change takes effect once."""
    rows = [f"{sku},1" for _ in range(ROUNDS) for sku in SKUS]
    file = _file(tmp_path, "\n".join(["sku,change", *rows]))
    words = ("stock", "import", str(file), "--location", "central")
    before, checkpoint = _on_hand(system, "central"), tmp_path / "stock.csv.stock-import.json"
    for _ in range(2):
        kill_an_import(system, words, checkpoint)
    assert checkpoint.exists()

    done = system.run(*words)
    assert f"{len(rows)} changed, 0 unchanged, 0 refused" in done.stdout
    assert "goes on from an earlier run" in done.stdout
    wanted = before | {sku: before[sku] + ROUNDS for sku in SKUS}
    assert _on_hand(system, "central") == wanted
    assert not checkpoint.exists()

    again = system.run(*words)
    assert f"{len(rows)} of them had been applied" in again.stdout
    assert _on_hand(system, "central") == wanted
