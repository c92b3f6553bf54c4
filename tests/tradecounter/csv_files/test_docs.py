"""Every column is described in docs/csv.md."""

import re
from pathlib import Path

import pytest
from tradecounter.csv_files.layouts import customers, orders, prices, products, shopify, stock

PAGE = (Path(__file__).parents[3] / "docs/csv.md").read_text()
SECTIONS = {
    "Customers": (*customers.WRITTEN, customers.ATTRIBUTE),
    "Products": (*products.COLUMNS, products.PRICE, products.VISIBLE, products.LEVELS),
    "Shopify's layout": (*shopify.WRITTEN, *shopify.RENAMED),
    "Prices": prices.COLUMNS,
    "Orders": orders.COLUMNS,
    "Stock": (*stock.COLUMNS, *stock.WRITTEN),
}


def _spelled_out(text: str) -> str:
    """Give a text with ``option1_name ... option5_name`` written out."""
    for first, last, begin, end in re.findall(r"((\w+?)1( ?\w+)) ?\.\.\. ?\w+?(\d)", text):
        text += " ".join(f"{last}{n}{begin}" for n in range(1, int(end) + 1)) + first
    for n in range(2, 4):
        text += f" Option{n} Name Option{n} Value"
    return text


@pytest.mark.parametrize("section", SECTIONS)
def test_every_column_is_described(section: str) -> None:
    _, _, rest = PAGE.partition(f"# {section}\n")
    text = _spelled_out(re.split(r"\n##+ ", rest)[0])
    assert rest
    assert [column for column in SECTIONS[section] if column not in text] == []
