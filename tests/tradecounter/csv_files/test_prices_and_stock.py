"""Prices and stock as CSV: what is read is what was written, errors name line and column."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from tradecounter.csv_files.items import Item, Place
from tradecounter.csv_files.layouts import prices, stock
from tradecounter.csv_files.layouts.prices import PriceLayout
from tradecounter.csv_files.layouts.stock import StockLayout

from tests.tradecounter.csv_files.files import bodies, errors, read, read_text, written

PRICES = PriceLayout({"uk": "GBP", "jp": "JPY"}, {"gold": "GBP"})
STOCK = StockLayout()
POUNDS = {"minor": 1250, "currency": "GBP"}


def test_prices_that_are_written_are_read(tmp_path: Path) -> None:
    entry = {"sku": "MUG", "price": POUNDS, "min_units": 10, "no_discounts": True}
    rows = [prices.written_site_price("=MUG", "uk", POUNDS), prices.written_entry("gold", entry)]
    assert bodies(read(written(tmp_path, prices.COLUMNS, rows), PRICES)) == [
        {"sku": "=MUG", "site": "uk", "price": POUNDS},
        {"price_list": "gold", **entry},
    ]


def test_a_price_without_a_currency_is_in_that_of_its_site_or_list(tmp_path: Path) -> None:
    text = "sku,site,price_list,price\nMUG,uk,,12.5\nMUG,jp,,1250\nMUG,,gold,12.50\n"
    found = bodies(read_text(tmp_path, text, PRICES))
    yen = {"minor": 1250, "currency": "JPY"}
    assert [one["price"] for one in found] == [POUNDS, yen, POUNDS]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (",uk,,1,,", [(2, "sku", "FIELD_REQUIRED")]),
        ("MUG,uk,,,,", [(2, "price", "FIELD_REQUIRED")]),
        ("MUG,,,1,,", [(2, "site", "SITE_OR_PRICE_LIST")]),
        ("MUG,uk,gold,1,,", [(2, "site", "SITE_OR_PRICE_LIST")]),
        ("MUG,fr,,1,,", [(2, "site", "UNKNOWN_SITE")]),
        ("MUG,,silver,1,,", [(2, "price_list", "UNKNOWN_PRICE_LIST")]),
        ("MUG,uk,,one,,", [(2, "price", "NOT_AN_AMOUNT")]),
        ("MUG,uk,,1,sterling,", [(2, "price", "UNKNOWN_CURRENCY")]),
        ("MUG,uk,,1,,few", [(2, "min_units", "NOT_A_WHOLE_NUMBER")]),
    ],
)
def test_what_is_wrong_with_a_price_is_named(
    tmp_path: Path, row: str, expected: Sequence[tuple[int, str, str]]
) -> None:
    text = f"sku,site,price_list,price,currency,min_units\n{row}\n"
    assert errors(read_text(tmp_path, text, PRICES)) == expected


def test_stock_that_is_written_is_read(tmp_path: Path) -> None:
    ledger = {"location": "central", "sku": "-MUG", "on_hand": 7, "safety_stock": 2}
    shown = {"reserved": 1, "allocated": 2, "available": 2, "as_of": "now"}
    path = written(tmp_path, stock.WRITTEN, [stock.written(ledger | shown)])
    assert "'-MUG" in path.read_text()
    assert bodies(read(path, STOCK)) == [{**ledger, "reason": "import"}]


def test_location_and_reason_can_be_given_for_the_whole_file(tmp_path: Path) -> None:
    layout = StockLayout("soho", "count of November")
    found = bodies(read_text(tmp_path, "sku,change\nMUG,-2\n", layout))
    assert found == [
        {"location": "soho", "sku": "MUG", "change": -2, "reason": "count of November"}
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (",MUG,1,,", [(2, "location", "FIELD_REQUIRED")]),
        ("central,,1,,", [(2, "sku", "FIELD_REQUIRED")]),
        ("central,MUG,1,1,", [(2, "change", "COUNT_OR_CHANGE")]),
        ("central,MUG,,,", [(2, "", "NOTHING_TO_DO")]),
        ("central,MUG,many,,", [(2, "on_hand", "NOT_A_WHOLE_NUMBER")]),
    ],
)
def test_what_is_wrong_with_stock_is_named(
    tmp_path: Path, row: str, expected: Sequence[tuple[int, str, str]]
) -> None:
    text = f"location,sku,on_hand,change,safety_stock\n{row}\n"
    assert errors(read_text(tmp_path, text, STOCK)) == expected


def test_pointers_lead_to_their_cells(tmp_path: Path) -> None:
    (price,) = read_text(tmp_path, "sku,site,price,currency\nMUG,uk,1,GBP\n", PRICES)
    (units,) = read_text(tmp_path, "location,sku,on_hand\ncentral,MUG,1\n", STOCK)
    assert isinstance(price, Item)
    assert isinstance(units, Item)
    assert PRICES.place(price, "/price/minor") == Place("price")
    assert PRICES.place(price, "/price/currency") == Place("currency")
    assert STOCK.place(units, "/on_hand") == Place("on_hand")
    assert STOCK.place(units, "/elsewhere") == Place("")
