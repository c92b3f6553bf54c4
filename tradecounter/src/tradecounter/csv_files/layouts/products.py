"""Products as CSV: a row for each variant, those of one product together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tradecounter.client import Json
from tradecounter.csv_files.batches import MAX_ROWS
from tradecounter.csv_files.cells import SEPARATOR, Cells, written_amount, written_flag
from tradecounter.csv_files.faults import RowError
from tradecounter.csv_files.groups import Group, groups
from tradecounter.csv_files.items import Item, Place
from tradecounter.csv_files.layouts.prices import known
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

OPTIONS = tuple(OptionColumns(f"option{n}_name", f"option{n}_value") for n in range(1, 6))
TEXTS = ("name", "description", "tax_category")
CUSTOMISATION = ("customisation_label", "customisation_max_length", "customisation_required")
PRODUCT = (*TEXTS, "active", "categories", *CUSTOMISATION, *(one.name for one in OPTIONS))
OF_VARIANTS = (
    "sku",
    *(one.value for one in OPTIONS),
    "barcodes",
    "weight_grams",
    "tracked",
    "future_stock",
)
COLUMNS = ("code", *PRODUCT, *OF_VARIANTS)
PRICE, VISIBLE, LEVELS = "price:", "visible:", "levels:"


@dataclass(frozen=True, slots=True)
class ProductLayout:
    """How products stand in a file; ``currencies`` are those of the sites, by code."""

    currencies: Mapping[str, str] = field(default_factory=dict[str, str])
    path: str = PATH
    most: int = MAX_ROWS

    @property
    def columns(self) -> Columns:
        """Give the columns of the file.

        What a row says of a site it says as a whole: without its price column the price would go.
        """
        return Columns(COLUMNS, ("code", "name"), (PRICE, VISIBLE, LEVELS), leading=PRICE)

    def members(self, header: Header) -> Json:
        """Name the sites that the file has columns for; on others nothing changes."""
        priced = (column for column in header.columns if column.startswith(PRICE))
        return {"sites": sorted(column.removeprefix(PRICE) for column in priced)}

    def items(self, rows: Iterable[Row | RowError]) -> Iterator[Item | RowError]:
        """Make an item of the rows of each product."""
        return apart(self._items(rows), "sku")

    def _items(self, rows: Iterable[Row | RowError]) -> Iterator[Item | RowError]:
        for group in groups(rows, "code"):
            if isinstance(group, RowError):
                yield group
            else:
                yield from self._item(group)

    def _item(self, group: Group) -> Iterator[Item | RowError]:
        cells = [Cells(row) for row in group.rows]
        options = chosen_options(cells, OPTIONS)
        errors = list(group_errors(group, PRODUCT, options=bool(options)))
        if not errors and len(cells) > 1 and not options:
            detail = "a product without options has one row"
            errors.append(RowError(group.rows[1].line, "option1_name", "OPTIONS_MISSING", detail))
        if not errors:
            body = self._body(group.key, cells, options)
            errors = [error for row in cells for error in row.errors]
            if not errors:
                yield Item(group.rows, frozenset({group.key}), {"product": body})
        yield from errors

    def _body(self, code: str, cells: Sequence[Cells], options: Sequence[Json]) -> Json:
        first = cells[0]
        body: Json = {"code": code, "name": first.needed("name")}
        if first.has(OPTIONS[0].name):
            body["options"] = options
        if first.has("description"):
            body["description"] = first.verbatim("description") or ""
        if tax_category := first.text("tax_category"):
            body["tax_category"] = tax_category
        if (active := first.flag("active")) is not None:
            body["active"] = active
        if first.has("categories"):
            body["categories"] = first.many("categories")
        if first.has("customisation_label"):
            body["customisation"] = _customisation(first)
        if visibility := _visibility(first):
            body["visibility"] = visibility
        if any(map(first.has, OF_VARIANTS)) or first.family(PRICE):
            body["variants"] = [self._variant(code, first, row) for row in cells]
        return body

    def _variant(self, code: str, first: Cells, cells: Cells) -> Json:
        sku = cells.needed("sku") if first.text(OPTIONS[0].name) else cells.text("sku") or code
        body: Json = {"sku": sku, "options": chosen_values(first, cells, OPTIONS)}
        if cells.has("barcodes"):
            body["barcodes"] = cells.many("barcodes")
        if cells.has("weight_grams"):
            body["weight_grams"] = cells.whole("weight_grams")
        flags = {name: cells.flag(name) for name in ("tracked", "future_stock")}
        body |= {name: value for name, value in flags.items() if value is not None}
        prices_ = {
            site: self._price(site, column, cells) for site, column in cells.family(PRICE).items()
        }
        return body | {"prices": {site: price for site, price in prices_.items() if price}}

    def _price(self, site: str, column: str, cells: Cells) -> Json | None:
        currency = known(self.currencies, cells, column, site)
        return cells.amount(column, currency)

    def place(self, item: Item, pointer: str) -> Place:
        """Say which cell a JSON pointer means."""
        return product_place(item, pointer, _PLACES, _variant_column)


_PLACES = {
    **{name: name for name in (*TEXTS, "code", "active", "categories")},
    **{f"options/{n}": column.name for n, column in enumerate(OPTIONS)},
    "options": OPTIONS[0].name,
    "customisation": CUSTOMISATION[0],
    **{name.replace("_", "/", 1): name for name in CUSTOMISATION},
}


def _variant_column(row: Row, below: str) -> str:
    name, _, rest = below.partition("/")
    if name == "options":
        return OPTIONS[0].value
    if name == "prices":
        return f"{PRICE}{rest.partition('/')[0]}"
    return name if name in row.cells else ""


def _customisation(cells: Cells) -> Json | None:
    label = cells.text("customisation_label")
    if label is None:
        return None
    cells.needed("customisation_max_length")
    return {
        "label": label,
        "max_length": cells.whole("customisation_max_length"),
        "required": cells.flag("customisation_required") or False,
    }


def _visibility(cells: Cells) -> Json:
    visible, levels = cells.family(VISIBLE), cells.family(LEVELS)
    found: Json = {}
    for site in dict.fromkeys((*visible, *levels)):
        seen = cells.flag(visible[site]) if site in visible else None
        only = cells.many(levels[site]) if site in levels else []
        found[site] = {"visible": seen is not False, "levels": only or None}
    return found


def written_columns(sites: Sequence[str]) -> tuple[str, ...]:
    """Give the columns of an export for these sites."""
    families = (f"{family}{site}" for family in (PRICE, VISIBLE, LEVELS) for site in sites)
    return (*COLUMNS, *families)


def written(product: Json, sites: Sequence[str]) -> Iterator[Values]:
    """Give the rows of a product; what is said of the whole stands in the first."""
    for at, variant in enumerate(sold(product)):
        values: dict[str, object] = {"code": product["code"], "sku": variant["sku"]}
        values |= {
            "barcodes": SEPARATOR.join(variant["barcodes"]),
            "weight_grams": variant["weight_grams"],
            "tracked": written_flag(variant["tracked"]),
            "future_stock": written_flag(variant["future_stock"]),
        }
        for option, column in zip(product["options"], OPTIONS, strict=False):
            values[column.value] = variant["options"].get(option["name"])
        for site, price in variant["prices"].items():
            if site in sites:
                values[f"{PRICE}{site}"] = written_amount(price)
        yield values if at else values | dict(_written_whole(product, sites))


def _written_whole(product: Json, sites: Sequence[str]) -> Values:
    values: dict[str, object] = {name: product[name] for name in TEXTS}
    values["active"] = written_flag(product["active"])
    values["categories"] = SEPARATOR.join(product["categories"])
    for option, column in zip(product["options"], OPTIONS, strict=False):
        values[column.name] = option["name"]
    if text := product["customisation"]:
        written_values = (text["label"], text["max_length"], written_flag(text["required"]))
        values |= dict(zip(CUSTOMISATION, written_values, strict=True))
    visibility: Mapping[str, Json] = product.get("visibility") or {}
    for site, seen in visibility.items():
        if site in sites:
            values[f"{VISIBLE}{site}"] = written_flag(seen["visible"])
            values[f"{LEVELS}{site}"] = SEPARATOR.join(seen["levels"] or ())
    return values
