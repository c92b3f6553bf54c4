"""Orders as CSV and as JSON Lines: what is sent of each, and where an error stands."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tradecounter.csv_files.faults import BadFile
from tradecounter.csv_files.importing import checked
from tradecounter.csv_files.items import Item, Place
from tradecounter.csv_files.json_lines import are_json_lines, json_lines
from tradecounter.csv_files.layouts.orders import OrderLayout, OrderLines
from tradecounter.csv_files.records import MAX_RECORD

from tests.tradecounter.csv_files.files import bodies, errors, read, read_text

ROOT = Path(__file__).parents[3]
LAYOUT = OrderLayout(currencies={"uk": "GBP", "trade": "GBP"})
HEAD = "external_reference,site,sku,units\n"


def _items(directory: Path, text: str, layout: OrderLayout = LAYOUT) -> list[Item]:
    return [one for one in read_text(directory, text, layout) if isinstance(one, Item)]


def _lines(directory: Path, *lines: str, layout: OrderLines | None = None) -> list[Any]:
    path = directory / "orders.jsonl"
    path.write_text("\n".join(lines))
    return [*(layout or OrderLines()).items(json_lines(path))]


def test_the_rows_of_an_order_are_its_lines() -> None:
    """OB-1: what is said of the whole order stands in its first row."""
    first, second, third = bodies(read(ROOT / "tests/data/orders.csv", LAYOUT))
    assert first["order"] == {
        "site": "uk",
        "external_reference": "web-5001",
        "customer_reference": "crm-1001",
        "customer_note": "Please ring twice",
        "shipping_address": {
            "name": "Augusta Lovelace",
            "lines": ["9 Sample Row"],
            "city": "Leeds",
            "postal_code": "LS1 4AP",
            "country": "GB",
        },
        "payments": [{"method": "bank-transfer"}],
        "lines": [
            {"sku": "MUG-01", "units": 2, "gift_message": "Happy birthday"},
            {
                "sku": "PEN-BLK",
                "units": 10,
                "price": {
                    "unit": {"minor": 200, "currency": "GBP"},
                    "reason": "agreed by phone",
                },
            },
        ],
    }
    assert second["order"]["payments"] == [
        {"method": "purchase-order", "terms": {"number": "PO-77"}}
    ]
    assert second["order"]["lines"][0]["location"] == "soho"
    assert (third["order"]["site"], "submit" in third["order"]) == ("trade", False)


def test_shipping_amounts_and_defaults_are_read(tmp_path: Path) -> None:
    """OB-1."""
    head = "external_reference,customer_id,sku,units,unit_price,shipping_method,shipping_cost,"
    text = f"{head}payment_method,payment_amount,coupons\nr,c,A,1,0,van,4.95,check,3,X | Y\n"
    layout = OrderLayout("uk", submit=True, currencies={"uk": "GBP"})
    ((order,),) = ([one.body["order"]] for one in _items(tmp_path, text, layout))
    money = {"currency": "GBP"}
    assert order == {
        "site": "uk",
        "external_reference": "r",
        "customer_id": "c",
        "shipping": {"method": "van", "cost": {"minor": 495, **money}},
        "payments": [{"method": "check", "amount": {"minor": 300, **money}}],
        "coupons": ["X", "Y"],
        "lines": [
            {"sku": "A", "units": 1, "price": {"unit": {"minor": 0, **money}, "reason": "import"}}
        ],
        "submit": True,
    }


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ("r,uk,,1\n", (2, "sku", "FIELD_REQUIRED")),
        ("r,uk,A,\n", (2, "units", "FIELD_REQUIRED")),
        ("r,uk,A,two\n", (2, "units", "NOT_A_WHOLE_NUMBER")),
        ("r,,A,1\n", (2, "site", "FIELD_REQUIRED")),
        ("r,xx,A,1\n", (2, "site", "UNKNOWN_SITE")),
        (",uk,A,1\n", (2, "external_reference", "FIELD_REQUIRED")),
        ("r,uk,A,1\nr,trade,B,1\n", (3, "site", "DIFFERS")),
        ("r,uk,A,1\ns,uk,A,1\nr,uk,B,1\n", (4, "external_reference", "NOT_TOGETHER")),
    ],
)
def test_a_bad_row_is_told_at_its_cell(
    tmp_path: Path, rows: str, wrong: tuple[int, str, str]
) -> None:
    """OB-1."""
    assert wrong in errors(read_text(tmp_path, HEAD + rows, LAYOUT))


def test_an_order_with_an_unreadable_row_is_not_taken_without_it(tmp_path: Path) -> None:
    """OB-1: it would lack a line."""
    found = read_text(tmp_path, f"{HEAD}r,uk,A,1\nr,uk,B\nr,uk,C,1\ns,uk,A,1\n", LAYOUT)
    assert errors(found) == [(3, "", "RAGGED_ROW"), (2, "", "ROW_UNREADABLE")]
    assert [one.body["order"]["external_reference"] for one in found if isinstance(one, Item)] == [
        "s"
    ]


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/lines/1/sku", Place("sku", 1)),
        ("/lines/1", Place("sku", 1)),
        ("/lines/7/units", Place("units", 1)),
        ("/lines/0/price/unit/minor", Place("unit_price")),
        ("/lines/0/price/reason", Place("price_reason")),
        ("/lines/0/gift_message", Place("line_gift_message")),
        ("/shipping_address/postal_code", Place("shipping_postal_code")),
        ("/billing_address/lines/0", Place("billing_line1")),
        ("/shipping/method", Place("shipping_method")),
        ("/shipping/cost/minor", Place("shipping_cost")),
        ("/payments/0/amount", Place("payment_amount")),
        ("/payments/0/terms/number", Place("payment_terms")),
        ("/payments/0", Place("payment_method")),
        ("/coupons/1", Place("coupons")),
        ("/customer_reference", Place("customer_reference")),
        ("/payments", Place("payment_method")),
        ("", Place()),
    ],
)
def test_a_pointer_means_a_cell(tmp_path: Path, pointer: str, place: Place) -> None:
    """OB-1."""
    (item,) = _items(tmp_path, f"{HEAD}r,uk,A,1\nr,uk,B,2\n")
    assert LAYOUT.place(item, pointer) == place


def test_orders_to_be_handed_in_name_a_customer(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(f"{HEAD}r,uk,A,1\n")
    with pytest.raises(BadFile, match="no column customer_id or customer_reference"):
        checked(path, OrderLayout(submit=True).columns)


def test_a_line_of_json_is_an_order(tmp_path: Path) -> None:
    """OB-1: as the API takes it; blank lines are passed over."""
    order = {"site": "uk", "external_reference": "r", "lines": [{"sku": "Ä", "units": 1}]}
    (item,) = _lines(tmp_path, "", json.dumps(order), " ")
    assert (item.line, item.body, item.keys) == (2, {"order": order}, frozenset({"uk/r"}))
    other = {"external_reference": "s", "submit": False}
    (item,) = _lines(tmp_path, json.dumps(other), layout=OrderLines("de", submit=True))
    assert item.body["order"] == {"site": "de", "external_reference": "s", "submit": True}


def test_what_is_no_order_is_told_by_line(tmp_path: Path) -> None:
    """OB-1, EV-4: one bad line stops no other."""
    good = '{"site": "uk", "external_reference": "r"}'
    deep = "[" * 5_000
    bad = ("[1]", '{"a"', '{"a": 1e999}', deep, f'"{"x" * MAX_RECORD}"')
    found = _lines(tmp_path, good, *bad, good)
    assert isinstance(found[0], Item)
    assert errors(found) == [
        (2, "", "NOT_JSON"),
        (3, "", "NOT_JSON"),
        (4, "", "NOT_JSON"),
        (5, "", "NOT_JSON"),
        (6, "", "ROW_TOO_LONG"),
        (7, "/external_reference", "DUPLICATE_ROW"),
    ]


@pytest.mark.parametrize("name", ["a.jsonl", "A.JSONL.GZ", "a.ndjson"])
def test_json_lines_are_told_by_the_name(name: str) -> None:
    assert are_json_lines(Path(name))
    assert not are_json_lines(Path("a.csv.gz"))


def _peak(directory: Path, orders: int, suffix: str) -> int:
    """Give the most memory that a process had which imported so many orders, in MB."""
    words = [sys.executable, "-m", "tests.tradecounter.csv_files.many_orders"]
    file = str(directory / f"{orders}.{suffix}")
    done = subprocess.run(
        [*words, file, str(orders)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    sent, peak = map(int, done.stdout.split())
    assert sent == orders
    return peak


@pytest.mark.timeout(400)
@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, suffix: str) -> None:
    """OB-1: a hundred times as many orders, up to 100,000, take no more memory."""
    assert _peak(tmp_path, 100_000, suffix) < _peak(tmp_path, 1_000, suffix) + 16


def test_an_address_is_kept_where_its_row_says_so(tmp_path: Path) -> None:
    """FU-5, OB-1: and what the book says of it stands in that cell."""
    head = f"{HEAD.strip()},shipping_name,shipping_city,shipping_country,shipping_keep\n"
    text = f"{head}r,uk,A,1,Ada,Leeds,GB,yes\ns,uk,A,1,Ada,Leeds,GB,no\n"
    kept, not_kept = _items(tmp_path, text)
    assert kept.body["order"]["shipping_address"]["keep"] is True
    assert "keep" not in not_kept.body["order"]["shipping_address"]
    assert LAYOUT.place(kept, "/shipping_address/keep") == Place("shipping_keep")
    asked = f"{head}r,uk,A,1,Ada,Leeds,GB,perhaps\n"
    assert errors(read_text(tmp_path, asked, LAYOUT)) == [(2, "shipping_keep", "NOT_YES_OR_NO")]
