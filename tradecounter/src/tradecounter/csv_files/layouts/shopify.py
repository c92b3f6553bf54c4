"""Products in the column layout of Shopify's product CSV.

The rows of a product have the same Handle and follow each other, a row for each variant; what is
said of the whole stands in the first. A product without options has the option Title with the value
Default Title. Rows that only add a picture are passed over.

The columns have the names that Shopify's exports give them; those of its newer template, which mean
the same, are read as well.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP
from hashlib import sha256
from unicodedata import combining, normalize

from tradecounter.client import Json
from tradecounter.csv_files.batches import MAX_ROWS
from tradecounter.csv_files.cells import SEPARATOR, Cells, written_amount
from tradecounter.csv_files.faults import RowError
from tradecounter.csv_files.groups import Group, groups
from tradecounter.csv_files.items import After, Item, Place
from tradecounter.csv_files.layouts import stock
from tradecounter.csv_files.layouts.variants import (
    PATH,
    OptionColumns,
    apart,
    chosen_options,
    chosen_values,
    group_errors,
    product_place,
    sold,
)
from tradecounter.csv_files.rows import Columns, Header, Row
from tradecounter.csv_files.writing import Values

OPTIONS = tuple(OptionColumns(f"Option{n} Name", f"Option{n} Value") for n in range(1, 4))
HANDLE, TITLE, BODY, TYPE, TAGS = "Handle", "Title", "Body (HTML)", "Type", "Tags"
SKU, GRAMS, BARCODE, PRICE = "Variant SKU", "Variant Grams", "Variant Barcode", "Variant Price"
TRACKER, QUANTITY = "Variant Inventory Tracker", "Variant Inventory Qty"
TAXABLE, TAX_CODE, STATUS, PUBLISHED = "Variant Taxable", "Variant Tax Code", "Status", "Published"
WRITTEN = (
    HANDLE,
    TITLE,
    BODY,
    "Vendor",
    "Product Category",
    TYPE,
    TAGS,
    PUBLISHED,
    *(name for one in OPTIONS for name in (one.name, one.value)),
    SKU,
    GRAMS,
    TRACKER,
    QUANTITY,
    "Variant Inventory Policy",
    "Variant Fulfillment Service",
    PRICE,
    "Variant Compare At Price",
    "Variant Requires Shipping",
    TAXABLE,
    BARCODE,
    TAX_CODE,
    STATUS,
)
RENAMED = {
    "URL handle": HANDLE,
    "Description": BODY,
    "Published on online store": PUBLISHED,
    "SKU": SKU,
    "Barcode": BARCODE,
    "Price": PRICE,
    "Compare-at price": "Variant Compare At Price",
    "Charge tax": TAXABLE,
    "Tax code": TAX_CODE,
    "Inventory tracker": TRACKER,
    "Inventory quantity": QUANTITY,
    "Continue selling when out of stock": "Variant Inventory Policy",
    "Weight value (grams)": GRAMS,
    "Requires shipping": "Variant Requires Shipping",
    "Fulfillment service": "Variant Fulfillment Service",
}
"""What the newer template calls columns otherwise."""
_ALIASES = {name.casefold(): column for name, column in RENAMED.items()}
_PASSED_OVER = re.compile(
    r"""Image\ .*|Gift\ Card|SEO\ .*|Google\ Shopping\ /.*|Variant\ Image|Variant\ Weight\ Unit
    |Product\ image\ URL|Variant\ image\ URL|Weight\ unit\ for\ display
    |Cost\ per\ item|Collection|Option[123]\ Linked\ To|Unit\ Price\ .*
    |(?:Standard|Custom)\ Product\ Type
    |.*\((?:product|variant)\.metafields\..*\)|(?:Included|Price|Compare[\ -]At\ Price)\ /\ .*""",
    re.VERBOSE | re.IGNORECASE,
)
"""Columns of the layout, and of its exports, that say nothing of what is kept here."""
_WHOLE = (TITLE, BODY, TYPE, TAGS, PUBLISHED, STATUS, *(one.name for one in OPTIONS))
_NO_OPTIONS = ("title", "default title")
_TRACKED = "shopify"
EXEMPT, STANDARD = "exempt", "standard"
"""Tax categories of what is not taxable, and of what is unless a tax code says more."""
_ALWAYS = {
    "Variant Inventory Policy": "deny",
    "Variant Fulfillment Service": "manual",
    "Variant Requires Shipping": "TRUE",
}
"""What Shopify wants to be told of each variant."""
_UNFIT = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class ShopifyLayout:
    """How products stand in a file.

    Attributes:
        site: Whose prices they are; none: prices are left alone.
        currency: Of that site.
        location: Where the quantities lie; none: they are left alone.
    """

    site: str | None = None
    currency: str | None = None
    location: str | None = None
    path: str = PATH
    most: int = MAX_ROWS

    @property
    def columns(self) -> Columns:
        """Give the columns of the file."""
        return Columns(WRITTEN, (HANDLE, TITLE), ignored=_PASSED_OVER, aliases=_ALIASES)

    def members(self, header: Header) -> Json:
        """Name the site whose prices the file has; on others nothing changes."""
        return {"sites": [self.site] if self.site and PRICE in header.columns else []}

    def items(self, rows: Iterable[Row | RowError]) -> Iterator[Item | RowError]:
        """Make an item of the rows of each product."""
        return apart(self._items(rows), SKU)

    def _items(self, rows: Iterable[Row | RowError]) -> Iterator[Item | RowError]:
        for group in groups(rows, HANDLE):
            if isinstance(group, RowError):
                yield group
            else:
                yield from self._item(group)

    def _item(self, group: Group) -> Iterator[Item | RowError]:
        cells = [Cells(row) for at, row in enumerate(group.rows) if not at or _is_variant(row)]
        columns = () if _is_single(cells[0]) else OPTIONS
        options = chosen_options(cells, columns)
        errors = list(group_errors(group, _WHOLE, options=bool(options)))
        if not errors and len(cells) > 1 and not options:
            detail = "several variants need an option that tells them apart"
            errors.append(RowError(cells[1].row.line, OPTIONS[0].name, "OPTIONS_MISSING", detail))
        if not errors:
            body = _body(group.key, cells, options)
            self._price(cells, body)
            after = [one for at, row in enumerate(cells) for one in self._after(at, row, body)]
            errors = [error for row in cells for error in row.errors]
            if not errors:
                rows = [one.row for one in cells]
                keys = frozenset({str(body["code"])})
                yield Item(rows, keys, {"product": body}, after, _categories(cells[0]))
        yield from errors

    def _price(self, cells: Sequence[Cells], body: Json) -> None:
        """Give each variant its price on the site."""
        for row, variant in zip(cells, body["variants"], strict=True):
            price = row.amount(PRICE, self.currency)
            variant["prices"] = {self.site: price} if self.site and price else {}

    def _after(self, at: int, cells: Cells, body: Json) -> Iterator[After]:
        sku = body["variants"][at]["sku"]
        units = cells.whole(QUANTITY)
        if self.location is not None and units is not None and _is_tracked(cells):
            row = {"location": self.location, "sku": sku, "on_hand": units, "reason": "import"}
            yield After(stock.PATH, row, Place(QUANTITY, at))

    def place(self, item: Item, pointer: str) -> Place:
        """Say which cell a JSON pointer means."""
        return product_place(item, pointer, _PLACES, lambda _, below: _variant_column(below))


_PLACES = {
    "code": HANDLE,
    "name": TITLE,
    "description": BODY,
    "active": STATUS,
    "categories": TAGS,
    "tax_category": TAX_CODE,
    "options": OPTIONS[0].name,
    **{f"options/{n}": column.name for n, column in enumerate(OPTIONS)},
}


def _variant_column(below: str) -> str:
    columns = {"sku": SKU, "options": OPTIONS[0].value, "barcodes": BARCODE, "tracked": TRACKER}
    return (columns | {"weight_grams": GRAMS, "prices": PRICE}).get(below.partition("/")[0], "")


def _is_variant(row: Row) -> bool:
    return any(row.cells.get(name) for name in (SKU, PRICE, *(one.value for one in OPTIONS)))


def _is_single(cells: Cells) -> bool:
    """Tell whether a product has no options: none are named, or Title with Default Title."""
    name, value = (cells.text(part) for part in (OPTIONS[0].name, OPTIONS[0].value))
    return name is None or (name.casefold(), (value or "").casefold()) == _NO_OPTIONS


def _is_tracked(cells: Cells) -> bool:
    return not cells.has(TRACKER) or cells.text(TRACKER) is not None


def _body(handle: str, cells: Sequence[Cells], options: Sequence[Json]) -> Json:
    """Give the product; one without options is named by its SKU where it has one."""
    first = cells[0]
    code = handle if options else first.text(SKU) or handle
    columns = OPTIONS if options else ()
    body: Json = {"code": code, "name": first.needed(TITLE), "options": options}
    if first.has(BODY):
        body["description"] = first.verbatim(BODY) or ""
    if first.has(STATUS) or first.has(PUBLISHED):
        body["active"] = first.flag(STATUS) is not False and first.flag(PUBLISHED) is not False
    if first.has(TAXABLE) or first.has(TAX_CODE):
        taxable = first.flag(TAXABLE) is not False
        body["tax_category"] = first.text(TAX_CODE) or (STANDARD if taxable else EXEMPT)
    if first.has(TYPE) or first.has(TAGS):
        body["categories"] = list(_categories(first))
    return body | {"variants": [_variant(code, first, row, columns) for row in cells]}


def _variant(code: str, first: Cells, cells: Cells, columns: Sequence[OptionColumns]) -> Json:
    body: Json = {
        "sku": cells.needed(SKU) if columns else code,
        "options": chosen_values(first, cells, columns),
    }
    if cells.has(TRACKER):
        body["tracked"] = _is_tracked(cells)
    if cells.has(BARCODE):
        found = (barcode.removeprefix("'") for barcode in cells.many(BARCODE))
        body["barcodes"] = [barcode for barcode in found if barcode]
    if cells.has(GRAMS):
        grams = cells.number(GRAMS)
        body["weight_grams"] = None if grams is None else int(grams.quantize(1, ROUND_HALF_UP))
    return body


def _categories(cells: Cells) -> Mapping[str, str]:
    """Give name by code of the categories that Type and Tags name."""
    names = [cells.text(TYPE) or "", *(cells.text(TAGS) or "").split(",")]
    pairs = ((_category_code(name.strip()), name.strip()) for name in names)
    return {code: name for code, name in pairs if code}


def _category_code(name: str) -> str:
    """Give the code of a category; letters beyond a to z that it cannot hold make it a name's own.

    Two names in another script would else be one category, or none.
    """
    plain = "".join(mark for mark in normalize("NFKD", name.casefold()) if not combining(mark))
    code = _UNFIT.sub("-", plain).strip("-")
    if any(mark.isalnum() and not mark.isascii() for mark in plain):
        code = f"{code[:50]}-{sha256(plain.encode()).hexdigest()[:8]}".lstrip("-")
    return code[:64]


def written(
    product: Json, site: str | None, on_hand: Callable[[str], int | None]
) -> Iterator[Values]:
    """Give the rows of a product.

    Args:
        product: As the API gives it.
        site: Whose prices are written.
        on_hand: Gives the units of a SKU at the location whose quantities are written.
    """
    for at, variant in enumerate(sold(product)):
        price = variant["prices"].get(site)
        values: dict[str, object] = {
            HANDLE: product["code"],
            SKU: variant["sku"],
            GRAMS: variant["weight_grams"],
            TRACKER: _TRACKED if variant["tracked"] else None,
            QUANTITY: on_hand(variant["sku"]) if variant["tracked"] else None,
            PRICE: None if price is None else written_amount(price),
            BARCODE: SEPARATOR.join(variant["barcodes"]),
            OPTIONS[0].value: None if product["options"] else "Default Title",
            **_ALWAYS,
            **_written_tax(product["tax_category"]),
        }
        for option, column in zip(product["options"], OPTIONS, strict=False):
            values[column.value] = variant["options"].get(option["name"])
        yield values if at else values | dict(_written_whole(product))


def _written_tax(category: str) -> Values:
    known = category in {STANDARD, EXEMPT}
    return {TAXABLE: str(category != EXEMPT).upper(), TAX_CODE: None if known else category}


def _written_whole(product: Json) -> Values:
    names = [option["name"] for option in product["options"]] or ["Title"]
    return {
        TITLE: product["name"],
        BODY: product["description"],
        TAGS: ", ".join(product["categories"]),
        PUBLISHED: "TRUE",
        STATUS: "active" if product["active"] else "draft",
        **{column.name: name for column, name in zip(OPTIONS, names, strict=False)},
    }
