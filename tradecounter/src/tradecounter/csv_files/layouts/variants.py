"""What the layouts of products have in common: a product stands in the rows of its variants."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from tradecounter.client import Json
from tradecounter.csv_files.cells import Cells
from tradecounter.csv_files.faults import RowError, shortened
from tradecounter.csv_files.groups import Group, differing
from tradecounter.csv_files.items import Item, Place, error_at
from tradecounter.csv_files.rows import Row
from tradecounter.csv_files.seen import Seen

PATH = "/api/catalog/v1/imports/products"


@dataclass(frozen=True, slots=True)
class OptionColumns:
    """Where the name of an option stands, in a product's first row, and each variant's value."""

    name: str
    value: str


def chosen_options(cells: Sequence[Cells], columns: Sequence[OptionColumns]) -> list[Json]:
    """Give the product's options with the values that its variants have, in file order."""
    found: list[Json] = []
    for column in columns:
        name = cells[0].text(column.name)
        if name is not None:
            values = (one.text(column.value) for one in cells)
            found.append({"name": name, "values": list(dict.fromkeys(v for v in values if v))})
    return found


def chosen_values(
    first: Cells, variant: Cells, columns: Sequence[OptionColumns]
) -> Mapping[str, str]:
    """Give what a variant has for each option; what is missing is noted at its cell."""
    named = {name: column.value for column in columns if (name := first.text(column.name))}
    return {name: variant.needed(column) for name, column in named.items()}


def group_errors(group: Group, columns: Sequence[str], *, options: bool) -> Iterator[RowError]:
    """Give why a product cannot be made of a group of rows, before its cells are looked at.

    A row that cannot be read may have been another variant: leaving it out would take that variant
    off the product.

    Args:
        group: The rows.
        columns: Those that speak of the product as a whole.
        options: The product has options.
    """
    if fault := group.fault():
        yield fault
    elif options and group.beside:
        detail = (
            f"line {group.beside[0]} cannot be read and may be a variant of {shortened(group.key)}"
        )
        yield RowError(group.line, "", "ROW_UNREADABLE", detail)
    else:
        yield from differing(group.rows, columns)


def apart(found: Iterable[Item | RowError], column: str) -> Iterator[Item | RowError]:
    """Refuse a product with a SKU that an earlier product of the file has: it would undo that one.

    Args:
        found: The products, in file order.
        column: Where the SKUs stand.
    """
    with closing(Seen()) as seen:
        for one in found:
            errors = [] if isinstance(one, RowError) else [*_taken(one, column, seen)]
            yield from errors or [one]


def _taken(item: Item, column: str, seen: Seen) -> Iterator[RowError]:
    for at, variant in enumerate(item.body["product"].get("variants", ())):
        line = seen.before(variant["sku"], item.line)
        if line not in {None, item.line}:
            detail = f"the product at line {line} has this SKU"
            yield error_at(item, Place(column, at), "DUPLICATE_SKU", detail)


def product_place(
    item: Item,
    pointer: str,
    product: Mapping[str, str],
    variant: Callable[[Row, str], str],
) -> Place:
    """Say which cell a pointer into a product means.

    Args:
        item: The product.
        pointer: JSON pointer into it.
        product: The columns of what is said of the whole, by the first part of the pointer.
        variant: Gives the column for the rest of a pointer into a variant, in that variant's row.
    """
    parts = pointer.strip("/").split("/")
    if parts[0] == "variants" and len(parts) > 1 and parts[1].isdigit():
        at = min(int(parts[1]), len(item.rows) - 1)
        return Place(variant(item.rows[at], "/".join(parts[2:])), at)
    if parts[0] == "options" and len(parts) > 1 and parts[1].isdigit():
        return Place(product.get(f"options/{parts[1]}", ""))
    return Place(product.get("/".join(parts[:2])) or product.get(parts[0], ""))


def sold(product: Json) -> Sequence[Json]:
    """Give a product's variants without those that were taken out of it."""
    return [variant for variant in product["variants"] if variant["active"]]
