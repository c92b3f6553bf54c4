"""Reads the file row by row, and says of each row what it is."""

import csv
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import IO

COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "UnitPrice",
    "CustomerID",
    "Country",
)
_GOODS = re.compile(r"\d{5}[A-Za-z]*")
_SHIPPING = frozenset({"POST", "DOT", "C2"})


class BadFile(Exception):
    """The file cannot be read to its end as invoices; nothing was done with it."""


class Kind(StrEnum):
    """What a row is; all but the first two are skipped, and counted under this name."""

    GOODS = "goods"
    SHIPPING = "shipping"
    CANCELLATION = "cancellation"
    NOT_GOODS = "not goods"
    NO_PRICE = "no price"
    NO_QUANTITY = "no quantity"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an invoice.

    Attributes:
        price: Pence for one unit.
        customer: The retailer's id of the customer, without a decimal part; empty: a guest.
    """

    invoice: str
    code: str
    description: str
    quantity: int
    price: int
    customer: str
    country: str

    @property
    def is_goods_code(self) -> bool:
        """Tell whether the stock code is of goods: five digits and optional letters."""
        return _GOODS.fullmatch(self.code) is not None

    @property
    def kind(self) -> Kind:
        """Say what the row is; where several reasons to skip it hold, the first of the list."""
        if self.invoice.startswith(("C", "c")):
            return Kind.CANCELLATION
        if self.code in _SHIPPING and self.price > 0 and self.quantity > 0:
            return Kind.SHIPPING
        if not self.is_goods_code:
            return Kind.NOT_GOODS
        if self.price <= 0:
            return Kind.NO_PRICE
        return Kind.GOODS if self.quantity >= 1 else Kind.NO_QUANTITY


def read(path: Path) -> Iterator[Row]:
    """Read the rows in file order, from plain or gzip-compressed CSV in UTF-8.

    Raises:
        BadFile: It is not there, not CSV with the columns wanted, cut off, or a row makes no sense;
            the message names the line and the column.
    """
    try:
        with _open(path) as file:
            lines = csv.DictReader(file, strict=True)
            missing = [name for name in COLUMNS if name not in (lines.fieldnames or ())]
            if missing:
                raise BadFile(f"{path}: line 1: no column {', '.join(missing)}")
            for fields in lines:
                yield _row(fields, f"{path}: line {lines.line_num}")
    except EOFError as error:
        raise BadFile(
            f"{path}: ends in the middle of the compressed data; is it complete?"
        ) from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path}: not UTF-8 text: {error}") from error
    except csv.Error as error:
        raise BadFile(f"{path}: not CSV: {error}") from error
    except (OSError, gzip.BadGzipFile) as error:
        raise BadFile(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _row(fields: dict[str, str | None], place: str) -> Row:
    values = {name: fields.get(name) for name in COLUMNS}
    short = [name for name, value in values.items() if value is None]
    if short:
        raise BadFile(f"{place}: the row is cut off before {short[0]}")
    text = {name: (value or "").strip() for name, value in values.items()}
    if not text["InvoiceNo"]:
        raise BadFile(f"{place}: InvoiceNo is empty")
    return Row(
        invoice=text["InvoiceNo"],
        code=text["StockCode"],
        description=text["Description"],
        quantity=_whole(text["Quantity"], f"{place}: Quantity"),
        price=_pence(text["UnitPrice"], f"{place}: UnitPrice"),
        customer=text["CustomerID"].removesuffix(".0"),
        country=text["Country"] or "Unspecified",
    )


def _number(text: str, place: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise BadFile(f"{place}: {text!r} is not a number") from error
    if not number.is_finite():
        raise BadFile(f"{place}: {text!r} is not a number")
    return number


def _whole(text: str, place: str) -> int:
    number = _number(text, place)
    if number != int(number):
        raise BadFile(f"{place}: {text!r} is not a whole number")
    return int(number)


def _pence(text: str, place: str) -> int:
    """Give pence; half a penny counts as one, the retailer's own books being in pence."""
    pence = _number(text, place) * 100
    return int((pence + Decimal("0.5")).to_integral_value(rounding="ROUND_FLOOR"))
