"""Customers as CSV: a row each, with their billing and shipping address in columns."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tradecounter.client import Json
from tradecounter.csv_files.cells import SEPARATOR, Cells, written_flag
from tradecounter.csv_files.faults import RowError
from tradecounter.csv_files.items import Item, Place
from tradecounter.csv_files.layouts.addresses import (
    ADDRESSES,
    USES,
    address_column,
    address_of,
    filled_uses,
    written_address,
)
from tradecounter.csv_files.rows import Columns, Header, Row
from tradecounter.csv_files.writing import Values

PATH = "/api/customers/v1/imports/customers"
TEXTS = ("external_reference", "email", "first_name", "last_name", "company", "level", "tax_id")
FLAGS = ("tax_exempt", "is_staff", "is_registered")
PHONES = {"home_phone": "home", "work_phone": "work", "mobile_phone": "mobile"}
KEYS = ("external_reference", "email")
"""One of these says who it is."""
OTHERS = "other_addresses"
ATTRIBUTE = "attribute:"
CONSENT = ("marketing_consent", "marketing_consent_source")
COLUMNS = ("site", *TEXTS, *FLAGS, *CONSENT, *PHONES, *ADDRESSES, OTHERS, "attributes")
SHOWN = ("number", "customer_set", "disabled", "created_at")
"""Written for people; passed over when they are read."""
WRITTEN = (*COLUMNS, *SHOWN)
_ADDRESS = re.compile(r"/addresses/([0-9]+)(?:/([a-z_]+)(?:/([0-9]+))?)?")
_PHONE = re.compile(r"/phones/([0-9]+)(?:/.*)?")


@dataclass(frozen=True, slots=True)
class CustomerLayout:
    """How customers stand in a file.

    Attributes:
        site: Of rows that name none.
        incomplete: Take customers without phone or address too.
        most: Rows of a batch. A batch keeps a set's numbers until its last row is done, about 8 ms
            each; so long the next batch waits, and whoever is at a counter with somebody new.
    """

    site: str | None = None
    incomplete: bool = False
    most: int = 25

    @property
    def path(self) -> str:
        """Give the address of the bulk request."""
        return f"{PATH}?incomplete=true" if self.incomplete else PATH

    @property
    def columns(self) -> Columns:
        """Give the columns of the file."""
        required = () if self.site else ("site",)
        shown = re.compile("|".join(SHOWN))
        return Columns(COLUMNS, required, (ATTRIBUTE,), shown, KEYS)

    def members(self, header: Header) -> Json:  # noqa: ARG002 - products need it
        """Give what a bulk request says of all its rows: nothing."""
        return {}

    def items(self, rows: Iterable[Row | RowError]) -> Iterator[Item | RowError]:
        """Make an item of each row."""
        for row in rows:
            if isinstance(row, RowError):
                yield row
                continue
            cells = Cells(row)
            body = self._body(cells)
            if not body.get("external_reference") and not body.get("email"):
                detail = "external_reference or email must say who this is"
                cells.refuse("external_reference", "KEY_REQUIRED", detail)
            if cells.errors:
                yield from cells.errors
            else:
                yield Item((row,), _keys(body), {"customer": body})

    def _body(self, cells: Cells) -> Json:
        site = cells.text("site") or self.site
        body: Json = {"site": site or cells.needed("site")}
        body |= {name: cells.text(name) for name in TEXTS if cells.has(name)}
        flags = {name: cells.flag(name) for name in FLAGS}
        body |= {name: value for name, value in flags.items() if value is not None}
        if any(map(cells.has, PHONES)):
            numbers = [{"kind": kind, "number": number} for kind, _, number in _phones(cells)]
            body["phones"] = numbers
        if any(map(cells.has, (*ADDRESSES, OTHERS))):
            body["addresses"] = _addresses(cells)
        if (consent := cells.flag(CONSENT[0])) is not None:
            source = cells.text(CONSENT[1])
            body["marketing_consent"] = {"granted": consent, "source": source}
        attributes = _attributes(cells)
        return body | ({} if attributes is None else {"attributes": attributes})

    def place(self, item: Item, pointer: str) -> Place:
        """Say which cell a JSON pointer means."""
        cells = Cells(item.rows[0])
        if found := _PHONE.fullmatch(pointer):
            columns = [column for _, column, _ in _phones(cells)]
            at = int(found[1])
            return Place(columns[at] if at < len(columns) else "home_phone")
        if found := _ADDRESS.fullmatch(pointer):
            return Place(_address_column(cells, int(found[1]), found[2] or "", found[3]))
        name, _, below = pointer.strip("/").partition("/")
        attribute = ATTRIBUTE + below.replace("~1", "/").replace("~0", "~")
        if name == "attributes" and cells.has(attribute):
            return Place(attribute)
        if name == CONSENT[0] and below == "source":
            return Place(CONSENT[1])
        named = {"phones": "home_phone", "addresses": "billing_name"}.get(name, name)
        return Place(named if named in COLUMNS else "")


def _keys(body: Mapping[str, str | None]) -> frozenset[str]:
    names = (body.get("external_reference"), (body.get("email") or "").casefold())
    return frozenset(name for name in names if name)


def _phones(cells: Cells) -> Sequence[tuple[str, str, str]]:
    """Give kind, column and number of each phone, in the order in which they are sent."""
    return [
        (kind, column, number) for column, kind in PHONES.items() for number in cells.many(column)
    ]


def _addresses(cells: Cells) -> list[Json]:
    """Give the addresses; one that stands there alone is for both uses."""
    uses = filled_uses(cells)
    found = [address_of(cells, use) for use in uses]
    for use, address in zip(uses, found, strict=True):
        for default in USES:
            address[f"default_{default}"] = use == default or len(uses) == 1
    return [*found, *cells.objects(OTHERS)]


def _address_column(cells: Cells, at: int, part: str, line: str | None) -> str:
    uses = filled_uses(cells) or USES[:1]
    return address_column(cells, uses[at], part, line) if at < len(uses) else OTHERS


def _attributes(cells: Cells) -> Json | None:
    """Give the free attributes; none when the file has no column for any."""
    family = cells.family(ATTRIBUTE)
    if not family and not cells.has("attributes"):
        return None
    single = {name: text for name, column in family.items() if (text := cells.text(column))}
    return {**cells.object("attributes"), **single}


def written(customer: Json, site: str | None) -> Values:
    """Give the row of a customer, who is read again through ``site``; none: the set has none."""
    addresses: Sequence[Json] = customer["addresses"]
    chosen = {use: next((a for a in addresses if a[f"default_{use}"]), None) for use in USES}
    if None in chosen.values():
        chosen = {}  # an address alone in the columns would be read as both
    elif chosen["shipping"] is chosen["billing"]:
        del chosen["shipping"]
    others = [_plain(a) for a in addresses if all(a is not one for one in chosen.values())]
    values: dict[str, object] = {"site": site}
    values |= {name: customer.get(name) for name in (*TEXTS, "number", "customer_set")}
    values |= {name: written_flag(customer.get(name)) for name in FLAGS}
    values["disabled"] = written_flag(customer["disabled"])
    if consent := customer["marketing_consent"]:
        values |= dict(
            zip(CONSENT, (written_flag(consent["granted"]), consent["source"]), strict=True)
        )
    values["created_at"] = customer.get("created_at")
    for column, kind in PHONES.items():
        numbers = [phone["number"] for phone in customer["phones"] if phone["kind"] == kind]
        values[column] = f" {SEPARATOR} ".join(numbers)
    for use, address in chosen.items():
        values |= written_address(use, address or {})
    values[OTHERS] = json.dumps(others, ensure_ascii=False) if others else None
    attributes = customer.get("attributes")
    values["attributes"] = json.dumps(attributes, ensure_ascii=False) if attributes else None
    return values


def _plain(address: Json) -> Json:
    """Give an address as it is sent: without its id and what is empty."""
    return {name: value for name, value in address.items() if name != "id" and value}
