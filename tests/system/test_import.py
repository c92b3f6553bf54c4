"""The import of a retailer's invoices, as the README shows it; all totals to the penny (OB-1)."""

import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import pytest

from tests.system.running import System

pytestmark = [pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
EXTRACT = ROOT / "tests/data/invoices.csv"
"""A small file of our own making, with one of each kind of row."""
REAL = ROOT.parent / "shared/data/online-retail/2010-12.csv.gz"
"""A month of a real retailer, where it lies beside the checkout; else the extract serves."""
INVOICES = 200


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("import") / "data", options=("--no-demo",)).start()
    yield running
    running.stop()


def _open(path: Path) -> IO[str]:
    return gzip.open(path, "rt") if path.suffix == ".gz" else path.open()


def _expected(path: Path, invoices: int) -> dict[str, Any]:
    """Add the file up in the plainest way there is, apart from the code under test."""
    with _open(path) as file:
        rows = list(csv.DictReader(file))
    wanted = list(dict.fromkeys(row["InvoiceNo"] for row in rows))[:invoices]
    rows = [row for row in rows if row["InvoiceNo"] in set(wanted)]
    goods: dict[str, int] = {}
    shipping = Counter[str]()
    lines = units = 0
    for row in rows:
        invoice, pence = row["InvoiceNo"], int(Decimal(row["UnitPrice"]) * 100)
        amount = pence * int(row["Quantity"])
        if invoice.startswith("C") or pence <= 0 or int(row["Quantity"]) < 1:
            continue
        if re.fullmatch(r"\d{5}[A-Za-z]*", row["StockCode"]):
            goods[invoice] = goods.get(invoice, 0) + amount
            lines += 1
            units += int(row["Quantity"])
        elif row["StockCode"] in {"POST", "DOT", "C2"}:
            shipping[invoice] += amount
    carried = sum(pence for invoice, pence in shipping.items() if invoice in goods)
    return {
        "rows": len(rows),
        "invoices": len(wanted),
        "orders": len(goods),
        "orders_submitted": len(goods),
        "lines": lines,
        "units": units,
        "goods_pence": sum(goods.values()),
        "shipping_pence": carried,
        "grand_pence": sum(goods.values()) + carried,
    }


def _figures(report: Path, names: dict[str, Any]) -> dict[str, Any]:
    found = json.loads(report.read_text())
    return {name: found[name] for name in names}


def test_the_first_200_invoices_become_orders_with_exact_totals(
    system: System, tmp_path: Path
) -> None:
    file = REAL if REAL.exists() else EXTRACT
    expected = _expected(file, INVOICES)
    report = tmp_path / "report.json"
    words = ("import", "online-retail", str(file), "--first", str(INVOICES))

    done = system.run(*words, "--report", str(report))

    assert _figures(report, expected) == expected
    found = json.loads(report.read_text())
    assert (found["orders_refused"], found["mismatches"]) == ({}, [])
    assert found["orders_created"] == expected["orders"]
    assert "grand_pence" in done.stdout

    system.run(*words, "--report", str(report))
    again = json.loads(report.read_text())
    assert again["orders_created"] == 0
    assert _figures(report, expected) == expected


def test_a_dry_run_counts_and_sends_nothing(system: System, tmp_path: Path) -> None:
    before = system.client().get("/api/orders/v1/orders", limit="1")
    report = tmp_path / "report.json"
    words = ("import", "online-retail", str(EXTRACT), "--dry-run", "--report", str(report))
    system.run(*words)
    found = json.loads(report.read_text())
    assert (found["orders"], found["orders_submitted"]) == (6, 0)
    assert found["rows_skipped"] == {
        "cancellation": 1,
        "not goods": 3,
        "no price": 2,
    }
    assert system.client().get("/api/orders/v1/orders", limit="1") == before


def test_too_little_stock_refuses_orders_by_reason(tmp_path: Path) -> None:
    short = System(tmp_path / "short", options=("--no-demo",)).start()
    report = tmp_path / "report.json"
    words = ("import", "online-retail", str(EXTRACT), "--stock-factor", "0.5")
    short.run(*words, "--report", str(report))
    found = json.loads(report.read_text())
    assert found["orders_refused"] == {"OUT_OF_STOCK": 6 - found["orders_submitted"]}
    assert found["orders_refused"]["OUT_OF_STOCK"] >= 1
    short.stop()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("missing.csv",), "missing.csv: No such file"),
        ((str(EXTRACT), "--stock-factor", "lots"), "--stock-factor: 'lots' is not a number"),
        ((str(EXTRACT), "--url", "http://127.0.0.1:9"), "TRADECOUNTER_TOKEN"),
    ],
)
def test_bad_words_are_refused_with_the_reason(
    system: System, words: tuple[str, ...], reason: str
) -> None:
    done = system.run("import", "online-retail", *words, check=False)
    assert done.returncode == 2
    assert reason in done.stderr


def test_a_half_written_file_is_refused_and_nothing_is_sent(system: System, tmp_path: Path) -> None:
    half = tmp_path / "half.csv.gz"
    whole = gzip.compress(EXTRACT.read_bytes() * 40)
    half.write_bytes(whole[: len(whole) // 2])
    before = system.client().get("/api/orders/v1/orders", limit="1")
    done = system.run("import", "online-retail", str(half), check=False)
    assert done.returncode == 2
    assert "half.csv.gz" in done.stderr
    assert system.client().get("/api/orders/v1/orders", limit="1") == before


def test_without_a_running_system_it_says_how_to_start_one(tmp_path: Path) -> None:
    nothing = System(tmp_path / "nothing")
    done = nothing.run("import", "online-retail", str(EXTRACT), check=False)
    assert done.returncode == 1
    assert "make run" in done.stderr
