"""Orders come in as CSV and as JSON Lines on a running system, each once."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.running import Json, System, kill_an_import, wait_for

pytestmark = [pytest.mark.timeout(600)]

DATA = Path(__file__).parents[1] / "data"
ORDERS = 300


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("orders") / "data").start()
    running.run("customers", "import", str(DATA / "customers.csv"))
    yield running
    running.stop()


def _copy(directory: Path, name: str, *changes: tuple[str, str]) -> Path:
    path, text = directory / name, (DATA / name).read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    return path


def _orders(system: System, reference: str) -> list[Json]:
    query = {"external_reference": reference}
    return system.client().get("/api/orders/v1/orders", **query)["items"]


def test_orders_come_in_once_as_they_stand_in_the_file(system: System, tmp_path: Path) -> None:
    """OB-1: a dry run keeps nothing, a second run changes nothing."""
    file = _copy(tmp_path, "orders.csv")
    dry = system.run("orders", "import", str(file), "--dry-run")
    assert "3 to be created" in dry.stdout
    assert _orders(system, "web-5001") == []
    done = system.run("orders", "import", str(file))
    assert "3 created, 0 changed, 0 unchanged, 0 refused" in done.stdout
    again = system.run("orders", "import", str(file))
    assert "0 created, 0 changed, 3 unchanged, 0 refused" in again.stdout

    (listed,) = _orders(system, "web-5001")
    order = system.client().get(f"/api/orders/v1/orders/{listed['id']}")
    assert order["customer"]["name"] == "Augusta Lovelace"
    assert (order["state"], order["totals"]["total"]["minor"]) == ("draft", 2 * 1200 + 10 * 200)
    assert order["shipping_address"]["city"] == "Leeds"
    assert [line["sku"] for line in order["lines"]] == ["MUG-01", "PEN-BLK"]


def test_orders_are_handed_in_from_json_lines(system: System, tmp_path: Path) -> None:
    """OB-1, SU-1: compressed too."""
    file = tmp_path / "orders.jsonl.gz"
    file.write_bytes(gzip.compress((DATA / "orders.jsonl").read_bytes()))
    done = system.run("orders", "import", str(file), "--submit")
    assert "2 created, 0 changed, 0 unchanged, 0 refused" in done.stdout
    for reference in ("shop-1", "shop-2"):
        wait_for(lambda name=reference: _orders(system, name)[0]["state"] == "submitted")


def test_bad_orders_are_reported_and_the_others_taken(system: System, tmp_path: Path) -> None:
    """OB-1: an error report by row, what the services refuse included."""
    changes = (("web-500", "web-600"), ("BOOK-A5", "NO-SUCH"), ("trade,crm-1003", "trade,crm-9"))
    file, errors = _copy(tmp_path, "orders.csv", *changes), tmp_path / "errors.csv"
    done = system.run("orders", "import", str(file), "--report", str(errors), check=False)
    assert done.returncode == 1
    assert "1 created, 0 changed, 0 unchanged, 2 refused" in done.stdout
    with errors.open(newline="") as lines:
        found = [(one["line"], one["column"], one["code"]) for one in csv.DictReader(lines)]
    assert found == [
        ("4", "sku", "UNKNOWN_PRODUCT"),
        ("5", "customer_reference", "UNKNOWN_CUSTOMER"),
    ]


def test_a_killed_import_goes_on_and_begins_every_order_once(
    system: System, tmp_path: Path
) -> None:
    """OB-1: resumable and idempotent, killed at any point."""
    file = tmp_path / "many.jsonl"
    order = {"site": "uk", "customer_reference": "crm-1001"}
    order |= {"lines": [{"sku": "PEN-BLK", "units": 1}]}
    rows = [json.dumps(order | {"external_reference": f"many-{n}"}) for n in range(ORDERS)]
    file.write_text("\n".join(rows))
    words = ("orders", "import", str(file), "--concurrency", "1")
    checkpoint = tmp_path / "many.jsonl.orders-import.json"
    kill_an_import(system, words, checkpoint)

    done = system.run(*words)

    assert ", 0 refused; " in done.stdout
    assert "goes on from an earlier run" in done.stdout
    assert not checkpoint.exists()
    client, after, names = system.client(), {}, Counter[str]()
    while True:
        page = client.get("/api/orders/v1/orders", site="uk", limit="200", **after)
        names.update(one["external_reference"] or "" for one in page["items"])
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert [names[f"many-{n}"] for n in range(ORDERS)] == [1] * ORDERS
