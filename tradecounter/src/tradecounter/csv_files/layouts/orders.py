"""Orders in a file: as CSV a row for each line, as JSON Lines a line for each order."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from tradecounter.client import Json
from tradecounter.csv_files.cells import Cells, read_json
from tradecounter.csv_files.faults import RowError, shortened
from tradecounter.csv_files.groups import Group, differing, groups
from tradecounter.csv_files.items import Item, Place
from tradecounter.csv_files.json_lines import TEXT
from tradecounter.csv_files.layouts.addresses import (
    ADDRESSES,
    USES,
    address_column,
    address_of,
    filled_uses,
)
from tradecounter.csv_files.layouts.prices import known
from tradecounter.csv_files.rows import Columns, Header, Row
from tradecounter.csv_files.seen import Seen

PATH = "/api/orders/v1/imports/orders"
AT_ONCE = 50
"""Orders of one request: each is priced, which takes the services a while."""
REFERENCE = "external_reference"
CUSTOMER = ("customer_id", "customer_reference")
SHIPPING = ("shipping_method", "shipping_cost")
PAYMENT = ("payment_method", "payment_amount", "payment_terms")
TEXTS = ("price_list", "gift_message", "customer_note", "staff_note")
KEEPS = tuple(f"{use}_keep" for use in USES)
"""Whether the customer's address book is to have the address too."""
ORDER = ("site", *CUSTOMER, *SHIPPING, *PAYMENT, "coupons", *TEXTS, *ADDRESSES, *KEEPS)
"""What is said of the whole order, in its first row."""
LINE = (
    "sku",
    "units",
    "fulfilment",
    "location",
    "unit_price",
    "price_reason",
    "text",
    "line_gift_message",
)
COLUMNS = (REFERENCE, *ORDER, *LINE)
_LINE_OF = re.compile(r"/lines/([0-9]+)(?:/([a-z_]+)(?:/([a-z_]+))?.*)?")
_ADDRESS_OF = re.compile(r"/(billing|shipping)_address(?:/([a-z_]+)(?:/([0-9]+))?)?")
_IN_LINE = {"gift_message": "line_gift_message", "price": "unit_price"}
_PLACES = {"shipping": "shipping_method", "payments": "payment_method"}
_OBJECT = TypeAdapter(dict[str, Any])


@dataclass(frozen=True, slots=True)
class OrderLayout:
    """How orders stand in a CSV file: the rows of one follow each other.

    Attributes:
        site: Code of the site of orders that name none.
        submit: Hand every order in.
        currencies: Those of the sites, by code.
    """

    site: str | None = None
    submit: bool = False
    currencies: Mapping[str, str] = field(default_factory=dict[str, str])
    path: str = PATH
    most: int = AT_ONCE

    @property
    def columns(self) -> Columns:
        """Give the columns of the file."""
        required = (REFERENCE, "sku", "units")
        named = required if self.site else ("site", *required)
        return Columns(COLUMNS, named, one_of=CUSTOMER if self.submit else ())

    def members(self, header: Header) -> Json:  # noqa: ARG002 - products need it
        """Give what a bulk request says of all its rows: nothing."""
        return {}

    def items(self, rows: Iterable[Row | RowError]) -> Iterator[Item | RowError]:
        """Make an item of the rows of each order."""
        for group in groups(rows, REFERENCE):
            if isinstance(group, RowError):
                yield group
            else:
                yield from self._item(group)

    def _item(self, group: Group) -> Iterator[Item | RowError]:
        errors = [*_group_errors(group)]
        if not errors:
            cells = [Cells(row) for row in group.rows]
            body = self._body(group.key, cells)
            errors = [error for row in cells for error in row.errors]
            if not errors:
                yield Item(group.rows, frozenset({_key(body)}), {"order": body})
        yield from errors

    def _body(self, reference: str, cells: Sequence[Cells]) -> Json:
        first = cells[0]
        site = first.text("site") or self.site or first.needed("site")
        currency = known(self.currencies, first, "site", site)
        body: Json = {"site": site, REFERENCE: reference}
        texts = {name: first.text(name) for name in (*CUSTOMER, *TEXTS)}
        body |= {name: text for name, text in texts.items() if text is not None}
        body |= {f"{use}_address": _address(first, use) for use in filled_uses(first)}
        if shipping := _shipping(first, currency):
            body["shipping"] = shipping
        if first.text(PAYMENT[0]):
            body["payments"] = [_payment(first, currency)]
        if coupons := first.many("coupons"):
            body["coupons"] = coupons
        body["lines"] = [_line(row, currency) for row in cells]
        return body | ({"submit": True} if self.submit else {})

    def place(self, item: Item, pointer: str) -> Place:
        """Say which cell a JSON pointer means."""
        if found := _LINE_OF.fullmatch(pointer):
            return Place(_line_column(found[2], found[3]), min(int(found[1]), len(item.rows) - 1))
        if found := _ADDRESS_OF.fullmatch(pointer):
            cells = Cells(item.rows[0])
            if found[2] == "keep":
                return Place(f"{found[1]}_keep")
            return Place(address_column(cells, found[1], found[2] or "", found[3]))
        name, _, below = pointer.strip("/").partition("/")
        parts = {"shipping": SHIPPING, "payments": PAYMENT}.get(name, ())
        last = below.partition("/")[2] if name == "payments" else below
        for column in parts:
            if last.startswith(column.partition("_")[2]):
                return Place(column)
        column = _PLACES.get(name, name)
        return Place(column if column in COLUMNS else "")


def _group_errors(group: Group) -> Iterator[RowError]:
    """Give why an order cannot be made of a group of rows: it would lack a line."""
    if fault := group.fault():
        yield fault
    elif group.beside:
        detail = f"line {group.beside[0]} cannot be read and may be a line of {group.key}"
        yield RowError(group.line, "", "ROW_UNREADABLE", detail)
    else:
        yield from differing(group.rows, ORDER)


def _address(cells: Cells, use: str) -> Json:
    kept = cells.flag(f"{use}_keep")
    return address_of(cells, use) | ({"keep": True} if kept else {})


def _shipping(cells: Cells, currency: str | None) -> Json:
    cost = cells.amount(SHIPPING[1], currency)
    method = cells.text(SHIPPING[0])
    return {name: it for name, it in (("method", method), ("cost", cost)) if it is not None}


def _payment(cells: Cells, currency: str | None) -> Json:
    amount, terms = cells.amount(PAYMENT[1], currency), cells.object(PAYMENT[2])
    found = {"method": cells.text(PAYMENT[0]), "amount": amount, "terms": terms or None}
    return {name: value for name, value in found.items() if value is not None}


def _line(cells: Cells, currency: str | None) -> Json:
    cells.needed("units")
    texts = ("fulfilment", "location", "text")
    body: Json = {"sku": cells.needed("sku"), "units": cells.whole("units")}
    body |= {name: text for name in texts if (text := cells.text(name))}
    if message := cells.text("line_gift_message"):
        body["gift_message"] = message
    if (price := cells.amount("unit_price", currency)) is not None:
        body["price"] = {"unit": price, "reason": cells.text("price_reason") or "import"}
    return body


def _line_column(name: str | None, below: str | None) -> str:
    if name == "price" and below == "reason":
        return "price_reason"
    return _IN_LINE.get(name or "", name or "sku")


def _key(body: Json) -> str:
    return f"{body.get('site')}/{body.get(REFERENCE)}"


@dataclass(frozen=True, slots=True)
class OrderLines:
    """How orders stand in a file of JSON Lines: each line is an order as the API takes it.

    Attributes:
        site: Code of the site of orders that name none.
        submit: Hand every order in, whatever it says itself.
    """

    site: str | None = None
    submit: bool = False
    path: str = PATH
    most: int = AT_ONCE

    @property
    def columns(self) -> Columns | None:
        """Tell that it is JSON Lines."""
        return None

    def members(self, header: Header) -> Json:  # noqa: ARG002 - products need it
        """Give what a bulk request says of all its rows: nothing."""
        return {}

    def items(self, rows: Iterable[Row | RowError]) -> Iterator[Item | RowError]:
        """Make an item of each line; an order that stands there twice is an error."""
        with closing(Seen()) as seen:
            for row in rows:
                yield row if isinstance(row, RowError) else self._new(row, seen)

    def _new(self, row: Row, seen: Seen) -> Item | RowError:
        item = self._item(row)
        if isinstance(item, Item) and (line := seen.before(_key(item.body["order"]), row.line)):
            detail = f"line {line} is the same order"
            return RowError(row.line, f"/{REFERENCE}", "DUPLICATE_ROW", detail)
        return item

    def _item(self, row: Row) -> Item | RowError:
        try:
            body = _OBJECT.validate_python(read_json(row.cells[TEXT]))
        except ValueError:
            detail, value = "a JSON object is expected", shortened(row.cells[TEXT].strip())
            return RowError(row.line, "", "NOT_JSON", detail, value)
        if self.site is not None:
            body.setdefault("site", self.site)
        if self.submit:
            body["submit"] = True
        return Item((Row(row.line),), frozenset({_key(body)}), {"order": body})

    def place(self, item: Item, pointer: str) -> Place:  # noqa: ARG002 - other layouts need it
        """Give the pointer itself: there are no columns."""
        return Place(pointer)
