"""Prices as CSV: a row for what one SKU costs on a site or in a price list."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tradecounter.client import Json
from tradecounter.csv_files.batches import MAX_ROWS
from tradecounter.csv_files.cells import Cells, written_amount, written_flag
from tradecounter.csv_files.faults import RowError, shortened
from tradecounter.csv_files.items import Item, Place
from tradecounter.csv_files.rows import Columns, Header, Row
from tradecounter.csv_files.writing import Values

PATH = "/api/catalog/v1/imports/prices"
COLUMNS = ("sku", "site", "price_list", "price", "currency", "min_units", "no_discounts")


@dataclass(frozen=True, slots=True)
class PriceLayout:
    """How prices stand in a file.

    Attributes:
        currencies: Currency by site code; a row that names no currency is in its site's.
        lists: Currency by code of the price list, likewise.
    """

    currencies: Mapping[str, str] = field(default_factory=dict[str, str])
    lists: Mapping[str, str] = field(default_factory=dict[str, str])
    path: str = PATH
    most: int = MAX_ROWS

    @property
    def columns(self) -> Columns:
        """Give the columns of the file."""
        return Columns(COLUMNS, ("sku", "price"))

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
            if cells.errors:
                yield from cells.errors
            else:
                yield Item((row,), frozenset({_key(body)}), body)

    def _body(self, cells: Cells) -> Json:
        sku, site, list_ = cells.needed("sku"), cells.text("site"), cells.text("price_list")
        if (site is None) == (list_ is None):
            detail = "a price is a site's or a price list's: fill in one of the two"
            cells.refuse("site", "SITE_OR_PRICE_LIST", detail)
        currency = self._currency(cells, site, list_)
        cells.needed("price")
        body: Json = {"sku": sku, "price": cells.amount("price", currency)}
        body |= {"site": site} if site is not None else {"price_list": list_}
        units, none_off = cells.whole("min_units"), cells.flag("no_discounts")
        body |= {} if units is None else {"min_units": units}
        return body | ({} if none_off is None else {"no_discounts": none_off})

    def _currency(self, cells: Cells, site: str | None, list_: str | None) -> str | None:
        if given := cells.text("currency"):
            return given.upper()
        if site is not None and list_ is None:
            return known(self.currencies, cells, "site", site)
        if list_ is not None and site is None:
            if found := self.lists.get(list_):
                return found
            cells.refuse(
                "price_list", "UNKNOWN_PRICE_LIST", f"there is no price list {shortened(list_)}"
            )
        return None

    def place(self, item: Item, pointer: str) -> Place:
        """Say which cell a JSON pointer means."""
        if pointer.startswith("/price/currency") and item.rows[0].cells.get("currency"):
            return Place("currency")
        name = pointer.strip("/").partition("/")[0]
        return Place(name if name in COLUMNS else "")


def _key(body: Json) -> str:
    """Name what the row prices: two rows of one SKU may be about different sites or breaks."""
    where = f"site {body['site']}" if "site" in body else f"list {body['price_list']}"
    return f"{where} {body.get('min_units', 1)} {body['sku']}"


def known(currencies: Mapping[str, str], cells: Cells, column: str, site: str) -> str | None:
    """Give a site's currency; a site without one is noted at its cell."""
    currency = currencies.get(site)
    if currency is None:
        cells.refuse(column, "UNKNOWN_SITE", f"there is no site {shortened(site)}")
    return currency


def written_site_price(sku: str, site: str, price: Json) -> Values:
    """Give the row of what a site asks for a SKU."""
    amount = {"price": written_amount(price), "currency": price["currency"]}
    return {"sku": sku, "site": site, **amount}


def written_entry(price_list: str, entry: Json) -> Values:
    """Give the row of one entry of a price list."""
    return {
        "sku": entry["sku"],
        "price_list": price_list,
        "price": written_amount(entry["price"]),
        "currency": entry["price"]["currency"],
        "min_units": entry["min_units"],
        "no_discounts": written_flag(entry["no_discounts"]),
    }
