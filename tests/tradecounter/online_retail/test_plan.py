"""What the rows of an invoice file mean, rule by rule."""

import gzip
from fractions import Fraction
from pathlib import Path

import pytest
from tradecounter.online_retail.plan import Line, Plan, plan
from tradecounter.online_retail.rows import BadFile, read

HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def a_file(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "invoices.csv"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows))
    return path


def row(  # noqa: PLR0917 - a row has this many columns
    invoice: str = "536365",
    code: str = "85123A",
    name: str = "HEART",
    units: object = 6,
    price: object = "2.55",
    customer: str = "17850.0",
    country: str = "United Kingdom",
) -> str:
    return f"{invoice},{code},{name},{units},2010-12-01 08:26:00,{price},{customer},{country}"


def planned(tmp_path: Path, *rows: str) -> Plan:
    return plan(read(a_file(tmp_path, *rows)))


def test_equal_stock_codes_stay_separate_lines_in_file_order(tmp_path: Path) -> None:
    found = planned(tmp_path, row(units=6), row(code="71053"), row(units=1, price="2.10"))
    assert found.orders[0].lines == [
        Line("85123A", 6, 255),
        Line("71053", 6, 255),
        Line("85123A", 1, 210),
    ]
    assert found.customers == {"17850": "United Kingdom"}


@pytest.mark.parametrize(
    ("skipped", "reason"),
    [
        (row("C536379"), "cancellation"),
        (row(code="M"), "not goods"),
        (row(code="BANK CHARGES"), "not goods"),
        (row(code="POST", price="-1"), "not goods"),
        (row(price="0"), "no price"),
        (row(units=-3), "no quantity"),
        (row(price="0", units=-3), "no price"),
    ],
)
def test_other_rows_are_skipped_and_counted(tmp_path: Path, skipped: str, reason: str) -> None:
    found = planned(tmp_path, row(), skipped)
    assert dict(found.skipped) == {reason: 1}
    assert len(found.orders) == 1


def test_postage_carriage_and_manual_postage_add_to_the_shipping(tmp_path: Path) -> None:
    found = planned(
        tmp_path,
        row(),
        row(code="POST", units=2, price="18"),
        row(code="DOT", units=1, price="0.50"),
        row(code="C2", units=1, price="50"),
    )
    assert found.orders[0].shipping == 2 * 1800 + 50 + 5000
    assert found.orders[0].goods == 6 * 255


def test_an_invoice_without_goods_is_skipped_and_its_rows_counted(tmp_path: Path) -> None:
    found = planned(tmp_path, row(code="POST", price="18"), row(code="POST", price="1"))
    assert found.orders == []
    assert dict(found.skipped) == {"not goods": 2}


def test_names_and_prices_are_the_most_frequent_and_the_first_wins_a_tie(tmp_path: Path) -> None:
    found = planned(
        tmp_path,
        row(name="", price="3"),
        row(name="B", price="2"),
        row(name="A", price="2"),
        row(name="A", price="3"),
        row(name="B", price="0"),
    )
    product = found.products["85123A"]
    assert (product.name, product.price) == ("B", 300)


def test_no_customer_is_one_guest_per_invoice(tmp_path: Path) -> None:
    found = planned(tmp_path, row(customer=""), row(customer=""), row("536366", customer=""))
    assert list(found.customers) == ["guest-536365", "guest-536366"]


def test_opening_stock_is_all_that_is_ordered_times_the_factor_rounded_down(
    tmp_path: Path,
) -> None:
    found = planned(tmp_path, row(units=6), row(units=1), row(code="71053", units=1))
    assert found.opening_stock(Fraction(1)) == {"85123A": 7, "71053": 1}
    assert found.opening_stock(Fraction("0.5")) == {"85123A": 3, "71053": 0}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (HEAD.replace("Country", "Land"), "line 1: no column Country"),
        (HEAD + row(units="six") + "\n", "line 2: Quantity: 'six' is not a number"),
        (HEAD + row(units="1.5") + "\n", "line 2: Quantity: '1.5' is not a whole number"),
        (HEAD + row(price="NaN") + "\n", "line 2: UnitPrice: 'NaN' is not a number"),
        (HEAD + row() + "\n536366,85123A,HEA", "line 3: the row is cut off before Quantity"),
        ("", "line 1: no column InvoiceNo"),
    ],
)
def test_a_bad_file_is_refused_with_line_and_column(
    tmp_path: Path, content: str, reason: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content)
    with pytest.raises(BadFile, match=reason.replace("'", ".")):
        plan(read(path))


def test_a_half_written_compressed_file_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress((HEAD + f"{row()}\n" * 500).encode())
    path = tmp_path / "half.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadFile, match="ends in the middle"):
        plan(read(path))


@pytest.mark.parametrize("name", ["missing.csv", "missing.csv.gz", "not.csv.gz"])
def test_an_unreadable_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "not.csv.gz").write_text("plain text")
    with pytest.raises(BadFile, match=name):
        plan(read(tmp_path / name))
