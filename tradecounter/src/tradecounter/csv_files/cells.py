"""Reads values out of the cells of a row, noting what is wrong with each."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from contracts.values import MAX_MINOR
from iso4217 import Currency
from pydantic import TypeAdapter
from pydantic_core import from_json

from tradecounter.csv_files.faults import RowError, shortened
from tradecounter.csv_files.rows import Row

SEPARATOR = "|"
"""Stands between the values of a cell that has several."""
_TRUE = frozenset({"yes", "true", "1", "y", "active", "unlisted"})
_FALSE = frozenset({"no", "false", "0", "n", "draft", "archived"})
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}(?:\.0+)?")
_OBJECT = TypeAdapter(dict[str, Any])
_OBJECTS = TypeAdapter(list[dict[str, Any]])
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_AMOUNT = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Cells:
    """One row's cells; what cannot be read is noted in ``errors`` and read as none.

    An empty cell, and a column that the file does not have, are none as well.
    """

    row: Row
    errors: list[RowError] = field(default_factory=list[RowError])

    def has(self, column: str) -> bool:
        """Tell whether the file has the column."""
        return column in self.row.cells

    def text(self, column: str) -> str | None:
        """Give the text without blanks at its ends."""
        return self.row.cells.get(column, "").strip() or None

    def verbatim(self, column: str) -> str | None:
        """Give the text as it stands there."""
        return self.row.cells.get(column) or None

    def needed(self, column: str) -> str:
        """Give the text, which must not be empty."""
        text = self.text(column)
        if text is None:
            self.refuse(column, "FIELD_REQUIRED", "the cell must not be empty")
        return text or ""

    def many(self, column: str) -> list[str]:
        """Give the values of a cell that may have several."""
        parts = (self.text(column) or "").split(SEPARATOR)
        return [part.strip() for part in parts if part.strip()]

    def flag(self, column: str) -> bool | None:
        """Give yes or no."""
        text = self.text(column)
        folded = (text or "").casefold()
        if text is None or folded in _TRUE or folded in _FALSE:
            return None if text is None else folded in _TRUE
        self.refuse(column, "NOT_YES_OR_NO", "yes or no is expected")
        return None

    def whole(self, column: str) -> int | None:
        """Give a whole number."""
        text = self.text(column)
        if text is None or _WHOLE.fullmatch(text):
            return None if text is None else int(text.partition(".")[0])
        self.refuse(column, "NOT_A_WHOLE_NUMBER", "a whole number is expected, such as 12")
        return None

    def number(self, column: str) -> Decimal | None:
        """Give a number with a point for its decimals."""
        text = self.text(column)
        if text is None or _NUMBER.fullmatch(text):
            return None if text is None else Decimal(text)
        self.refuse(column, "NOT_A_NUMBER", "a number is expected, such as 12.5")
        return None

    def amount(self, column: str, currency: str | None) -> dict[str, Any] | None:
        """Give an amount in the currency's minor units, as the API writes money."""
        text = self.text(column)
        if text is None or currency is None:
            return None
        if not _AMOUNT.fullmatch(text):
            self.refuse(column, "NOT_AN_AMOUNT", "an amount is expected, such as 12.50")
            return None
        digits = decimals(currency)
        if digits is None:
            self.refuse(column, "UNKNOWN_CURRENCY", f"there is no currency {currency}")
            return None
        minor = Decimal(text).scaleb(digits)
        if minor != minor.to_integral_value():
            detail = f"{currency} has {digits} decimals, the amount has more"
            self.refuse(column, "TOO_MANY_DECIMALS", detail)
            return None
        if abs(minor) > MAX_MINOR:
            self.refuse(column, "AMOUNT_OUT_OF_RANGE", "the amount is too large")
            return None
        return {"minor": int(minor), "currency": currency}

    def objects(self, column: str) -> list[dict[str, Any]]:
        """Give the objects of a cell that holds a JSON list of them."""
        text = self.text(column)
        try:
            return [] if text is None else _OBJECTS.validate_python(read_json(text))
        except ValueError:
            self.refuse(column, "NOT_JSON", "a JSON list of objects is expected")
            return []

    def object(self, column: str) -> dict[str, Any]:
        """Give the members of a cell that holds a JSON object."""
        text = self.text(column)
        try:
            return {} if text is None else _OBJECT.validate_python(read_json(text))
        except ValueError:
            self.refuse(column, "NOT_JSON", "a JSON object is expected")
            return {}

    def family(self, beginning: str) -> Mapping[str, str]:
        """Give the names that stand behind a beginning, each with its column."""
        names = (name for name in self.row.cells if name.startswith(beginning))
        return {name.removeprefix(beginning): name for name in names}

    def refuse(self, column: str, code: str, reason: str) -> None:
        """Note what is wrong with a cell."""
        value = shortened(self.row.cells.get(column, ""))
        self.errors.append(RowError(self.row.line, column, code, reason, value))


def read_json(text: str) -> object:
    """Read JSON that can be sent on as it is: no number in it is infinite, or none.

    Raises:
        ValueError: It is no such JSON.
    """
    found = from_json(text, allow_inf_nan=False)
    json.dumps(found, allow_nan=False)  # 1e999 is read as infinity
    return found


def decimals(currency: str) -> int | None:
    """Give how many decimals a currency has (ISO 4217); none when there is no such currency."""
    try:
        return Currency(currency).exponent
    except ValueError:
        return None


def written_amount(money: Mapping[str, Any]) -> str:
    """Give an amount as it stands in a file: ``12.50``."""
    digits = decimals(money["currency"]) or 0
    return f"{Decimal(money['minor']).scaleb(-digits):f}"


def written_flag(value: bool | None) -> str:
    """Give yes or no as it stands in a file."""
    return "" if value is None else "yes" if value else "no"
