"""Customers go in and out as CSV on a running system."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.running import System

pytestmark = [pytest.mark.timeout(600)]

CUSTOMERS = Path(__file__).parents[1] / "data/customers.csv"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("customers") / "data").start()
    yield running
    running.stop()


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return [*csv.DictReader(file)]


def _copy(directory: Path, *changes: tuple[str, str]) -> Path:
    path, text = directory / "customers.csv", CUSTOMERS.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    return path


def test_customers_are_imported_once_and_exported_as_they_are(
    system: System, tmp_path: Path
) -> None:
    """OB-1, CU-11: a dry run changes nothing, a second run neither, an export is read again."""
    file = _copy(tmp_path)
    dry = system.run("customers", "import", str(file), "--dry-run")
    assert "3 to be created" in dry.stdout
    assert (
        "3 created, 0 changed, 0 unchanged, 0 refused"
        in system.run("customers", "import", str(file)).stdout
    )
    again = system.run("customers", "import", str(file))
    assert "0 created, 0 changed, 3 unchanged, 0 refused" in again.stdout
    found = system.client().get("/api/customers/v1/customers", site="uk", q="lovelace")["items"]
    assert [one["external_reference"] for one in found] == ["crm-1001"]

    export = tmp_path / "export.csv.gz"
    system.run("customers", "export", str(export))
    same = system.run("customers", "import", str(export))
    assert "0 created, 0 changed" in same.stdout
    assert ", 0 refused" in same.stdout
    trade = tmp_path / "trade.csv"
    system.run("customers", "export", str(trade), "--site", "trade")
    assert {one["customer_set"] for one in _read(trade)} == {"trade"}
    ada = next(one for one in _read(trade) if one["external_reference"] == "crm-1003")
    assert ada["company"] == "'=Builders & Co"
    assert ada["mobile_phone"].startswith("'+44")


def test_bad_rows_are_reported_and_the_others_taken(system: System, tmp_path: Path) -> None:
    """OB-1: an error report by row; CU-3, CU-4: every field at fault is named."""
    file = _copy(
        tmp_path,
        ("SW1Y 4LB", "not a code"),
        ("crm-100", "crm-200"),
        ("@example.com", "@shop.example.com"),
        ("Grace,", "G,\x00"),
    )
    errors = tmp_path / "errors.csv"
    done = system.run("customers", "import", str(file), "--errors", str(errors), check=False)
    assert done.returncode == 1
    assert "1 created, 0 changed, 0 unchanged, 2 refused" in done.stdout
    found = [(one["line"], one["column"], one["code"], one["value"]) for one in _read(errors)]
    assert found == [
        ("2", "billing_postal_code", "POSTAL_CODE_FORMAT", "not a code"),
        ("4", "last_name", "NUL_CHARACTER", "\N{REPLACEMENT CHARACTER}Builder"),
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        ("email,site\nä".encode("latin-1"), "line 2: this is not UTF-8"),
        ("email,site\n".encode("utf-16"), "UTF-16"),
        (b"email,sight\n", "no column site; unknown column sight, is it site?"),
        (b"email;site\n", "separated by semicolons"),
        (b"email,site,Email\n", "email is there more than once"),
    ],
    ids=["empty", "latin-1", "utf-16", "unknown column", "semicolons", "column twice"],
)
def test_a_bad_file_is_refused_as_a_whole(
    system: System, tmp_path: Path, data: bytes, reason: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(data)
    done = system.run("customers", "import", str(path), check=False)
    assert done.returncode == 2
    assert reason in done.stderr.replace("\n", " ")


def test_bad_words_are_refused(system: System, tmp_path: Path) -> None:
    file = _copy(tmp_path)
    same = system.run("customers", "import", str(file), "--errors", str(file), check=False)
    assert (same.returncode, "--errors names the file" in same.stderr) == (2, True)
    away = system.run("customers", "import", str(file), "--url", "http://127.0.0.1:9", check=False)
    assert (away.returncode, "TRADECOUNTER_TOKEN" in away.stderr) == (2, True)
    none = system.run("customers", "export", str(tmp_path / "no" / "x.csv"), check=False)
    assert (none.returncode, "No such file" in none.stderr) == (2, True)
    assert (
        "site"
        in system.run(
            "customers", "export", str(tmp_path / "x.csv"), "--site", "fr", check=False
        ).stderr
    )
    assert sorted(tmp_path.iterdir()) == [file]
