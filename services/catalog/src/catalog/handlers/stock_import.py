"""Many rows of stock at once: a bad row does not stop the others."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chassis.imports import kept_apart
from chassis.problem import FieldError
from contracts.values import Sku, StaffId, new_id

from catalog.domain.shelves import Cause, Change, Level, MovementKind, ShelfKey
from catalog.handlers.scoped import Within
from catalog.handlers.stock_events import tell_changed
from catalog.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class StockRow:
    """What becomes of one product at one location.

    Attributes:
        line: Where the row stands in the caller's file.
        location: Code.
        on_hand: Counted units; none: not counted.
        change: Units more or, negative, fewer; only where nothing was counted.
        safety_stock: The new one; none leaves it.
    """

    line: int
    location: str
    sku: Sku
    reason: str
    on_hand: int | None = None
    change: int | None = None
    safety_stock: int | None = None


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row was left out; ``pointer`` names the field within the row."""

    line: int
    pointer: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows; in a dry run, what would."""

    created: int
    changed: int
    unchanged: int
    faults: Sequence[RowFault]


@dataclass(frozen=True, slots=True)
class ImportStock:
    """Take these rows in; in a dry run change nothing and tell the same."""

    rows: Sequence[StockRow]
    author: StaffId
    within: Within
    dry_run: bool = False


async def import_stock(command: ImportStock, uow: UnitOfWork) -> Imported:
    """Count and change stock, and set safety stock: every good row, and no bad one."""
    faults: list[RowFault] = []
    placed = await _placed(command, faults, uow)
    keys = sorted(placed)
    made = set[ShelfKey]() if command.dry_run else await uow.shelves.open(keys)
    levels = await uow.shelves.locked(keys)
    made |= placed.keys() - levels.keys()
    changes: dict[ShelfKey, Change] = {}
    became = dict[ShelfKey, str]()
    for key, row in placed.items():
        level = levels.get(key, Level(*key))
        if fault := _too_low(row, level):
            faults.append(fault)
            continue
        change = _change(row, level)
        differs = change.units != 0 or change.safety_stock not in {None, level.safety_stock}
        if differs:
            changes[key] = change
        became[key] = "created" if key in made else "changed" if differs else "unchanged"
    if not command.dry_run:
        for key, wrong in await _apply(changes, command.author, uow):
            faults.append(RowFault(placed[key].line, "", wrong.code, wrong.detail))
            del became[key]
    counted = Counter(became.values())
    faults.sort(key=lambda fault: fault.line)
    return Imported(counted["created"], counted["changed"], counted["unchanged"], faults)


async def _placed(
    command: ImportStock, faults: list[RowFault], uow: UnitOfWork
) -> dict[ShelfKey, StockRow]:
    """Give the rows by shelf, and find fault with those that name what is not there."""
    locations = await uow.locations.ids({row.location for row in command.rows}, command.within)
    unknown = await uow.products.unknown({row.sku for row in command.rows})
    placed: dict[ShelfKey, StockRow] = {}
    for row in command.rows:
        location = locations.get(row.location)
        if location is None:
            text = f"there is no location {row.location}"
            faults.append(RowFault(row.line, "/location", "UNKNOWN_LOCATION", text))
        elif row.sku in unknown:
            text = f"there is no product {row.sku}"
            faults.append(RowFault(row.line, "/sku", "UNKNOWN_PRODUCT", text))
        elif first := placed.get((row.sku, location)):
            text = f"line {first.line} is about the same product at the same location"
            faults.append(RowFault(row.line, "/sku", "DUPLICATE_ROW", text))
        else:
            placed[row.sku, location] = row
    return placed


def _change(row: StockRow, level: Level) -> Change:
    if row.on_hand is None:
        units, kind = row.change or 0, MovementKind.ADJUSTMENT
    else:
        units, kind = row.on_hand - level.on_hand, MovementKind.COUNT
    return Change(units, row.safety_stock, kind, row.reason)


def _too_low(row: StockRow, level: Level) -> RowFault | None:
    if level.on_hand + _change(row, level).units >= level.committed:
        return None
    field = "change" if row.on_hand is None else "on_hand"
    text = f"{level.committed} units are promised and must stay"
    return RowFault(row.line, f"/{field}", "STOCK_BELOW_COMMITTED", text)


async def _apply(
    changes: Mapping[ShelfKey, Change], author: StaffId, uow: UnitOfWork
) -> Sequence[tuple[ShelfKey, FieldError]]:
    """Make the changes; gives those that the database cannot take, and why."""
    cause = Cause(new_id(), MovementKind.ADJUSTMENT, "import", author)

    async def change(keys: Sequence[ShelfKey]) -> None:
        part = {key: changes[key] for key in keys}
        reasons = {key: one.reason or cause.reason for key, one in part.items()}
        tell_changed(await uow.shelves.change(cause, part), reasons, uow)

    return await kept_apart([*changes], change, uow.attempt)
