"""Many entries of price lists at once: a bad row does not stop the others (OB-1)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from chassis.imports import kept_apart
from chassis.problem import FieldError
from contracts.values import Sku

from catalog.domain.errors import Fault, NotYours
from catalog.domain.price_lists import Entry, PriceList
from catalog.handlers.price_lists import AskedEntry, keep_entries, locked_list
from catalog.handlers.product_imports import PriceRow
from catalog.handlers.scoped import Within
from catalog.handlers.stock_import import Imported, RowFault
from catalog.handlers.unit_of_work import UnitOfWork


async def import_entries(
    rows: Sequence[PriceRow], within: Within, uow: UnitOfWork, *, dry_run: bool
) -> Imported:
    """Put prices on lists, beside those that they have; the later of two rows for one stands."""
    lists = await _lists(rows, within, uow)
    skus = {row.sku for row in rows}
    unknown = await uow.products.unknown(skus)
    kept = await uow.offers.entries(lists.keys(), skus - unknown)
    entries = {
        (code, entry.sku, entry.min_units): entry
        for code, by_sku in kept.items()
        for of_sku in by_sku.values()
        for entry in of_sku
    }
    became, faults = list[tuple[PriceRow, str]](), list[RowFault]()
    wanted: dict[str, dict[tuple[Sku, int], AskedEntry]] = {}
    for row in rows:
        price_list = lists.get(row.price_list or "")
        if wrong := [*_faults(row, price_list, unknown)]:
            faults += (RowFault(row.line, f.pointer, f.code, f.detail) for f in wrong)
        elif price_list is not None:
            key = _key(row)
            entry = Entry(row.sku, row.min_units, row.price.minor, row.no_discounts)
            became.append((row, _becomes(entries.get(key), entry)))
            entries[key] = entry
            asked = AskedEntry(row.sku, row.min_units, row.price, row.no_discounts, "")
            wanted.setdefault(price_list.code, {})[row.sku, row.min_units] = asked
    lost: dict[_Key, FieldError] = {}
    for code, asked_of in sorted(wanted.items()):
        if not dry_run:
            lost |= await _kept_apart(lists[code], [*asked_of.values()], uow)
    for row, _ in became:
        if (why := lost.get(_key(row))) is not None:
            faults.append(RowFault(row.line, "", why.code, why.detail))
    counted = Counter(what for row, what in became if _key(row) not in lost)
    return Imported(counted["created"], counted["changed"], counted["unchanged"], faults)


_Key = tuple[str, Sku, int]
"""Price list, SKU and units of an entry."""


def _key(row: PriceRow) -> _Key:
    return row.price_list or "", row.sku, row.min_units


async def _kept_apart(
    price_list: PriceList, asked: Sequence[AskedEntry], uow: UnitOfWork
) -> Mapping[_Key, FieldError]:
    """Keep all entries but those that the database cannot take; gives these, and why."""

    async def keep(part: Sequence[AskedEntry]) -> None:
        await keep_entries(price_list, part, uow)

    lost = await kept_apart(asked, keep, uow.attempt)
    return {(price_list.code, one.sku, one.min_units): why for one, why in lost}


async def _lists(
    rows: Sequence[PriceRow], within: Within, uow: UnitOfWork
) -> Mapping[str, PriceList]:
    found = dict[str, PriceList]()
    # In one order: two imports about the same lists wait for each other.
    for code in sorted({row.price_list for row in rows if row.price_list is not None}):
        try:
            found[code] = await locked_list(code, within, uow)
        except NotYours:
            continue
    return found


def _faults(row: PriceRow, price_list: PriceList | None, unknown: set[Sku]) -> Iterator[Fault]:
    if row.sku in unknown:
        yield Fault("/sku", "UNKNOWN_PRODUCT", f"there is no product {row.sku}")
    if price_list is None:
        detail = f"there is no price list {row.price_list}"
        yield Fault("/price_list", "UNKNOWN_PRICE_LIST", detail)
    elif price_list.currency != row.price.currency:
        detail = f"prices of {price_list.code} are in {price_list.currency}"
        yield Fault("/price/currency", "CURRENCY_MISMATCH", detail)


def _becomes(before: Entry | None, entry: Entry) -> str:
    if before is None:
        return "created"
    return "unchanged" if before == entry else "changed"
