"""Sends batches to the system, a few at a time, and notes what became of each row."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from contracts.values import derived_id

from tradecounter.client import Api, ApiError, Json
from tradecounter.csv_files.batches import MAX_ROWS, Batch
from tradecounter.csv_files.checkpoint import Checkpoint, Totals
from tradecounter.csv_files.faults import RowError
from tradecounter.csv_files.items import Item, Layout, error_at
from tradecounter.csv_files.pointers import into_row, rows_at_fault
from tradecounter.csv_files.reporting import ErrorReport

Progress = Callable[[int], None]
"""Told up to which line of the file batches have been dealt with."""


_NOT_YET = frozenset({"UNKNOWN_PRODUCT"})
"""In a dry run what comes after an item does not find it; the run itself would."""


@dataclass(slots=True)
class Sending:
    """One import on its way.

    Attributes:
        at_once: How many batches may be under way.
        dry_run: Only ask what would become of the rows.
        prepare: Makes what a batch's items need to be there.
        members: What the requests for the items say of all rows.
    """

    api: Api
    layout: Layout
    checkpoint: Checkpoint
    report: ErrorReport
    progress: Progress
    at_once: int = 4
    dry_run: bool = False
    prepare: Callable[[Sequence[Item]], Awaitable[None]] | None = None
    members: Json = field(default_factory=Json)
    _under_way: dict[int, set[str]] = field(default_factory=dict[int, set[str]])
    _ended: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def run(self, batches: Iterable[Batch]) -> None:
        """Send every batch that is not done; the first fault ends it.

        Raises:
            ApiError: Something other than rows was refused, or the system does not answer.
            BadFile: The file cannot be read any more, or a report cannot be written.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                for batch in batches:
                    if self.checkpoint.has(batch.number):
                        self.progress(batch.line)
                        continue
                    await self._room_for(batch)
                    tasks.create_task(self._one(batch))
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None

    async def _room_for(self, batch: Batch) -> None:
        """Wait until one more may be sent, and nothing under way is about the same things."""
        keys = batch.keys

        def free() -> bool:
            under_way = self._under_way.values()
            return len(under_way) < self.at_once and all(map(keys.isdisjoint, under_way))

        async with self._ended:
            await self._ended.wait_for(free)
            self._under_way[batch.number] = keys

    async def _one(self, batch: Batch) -> None:
        totals, errors = await self._sent(batch)
        errors.sort(key=lambda error: error.line)
        self.report.take(errors)
        totals.errors = len(errors)
        self.checkpoint.totals.add(totals)
        self.checkpoint.reported = self.report.size
        self.checkpoint.note(batch.number)
        self.progress(batch.line)
        async with self._ended:
            del self._under_way[batch.number]
            self._ended.notify_all()

    async def _sent(self, batch: Batch) -> tuple[Totals, list[RowError]]:
        """Send the items, then what comes after those that were taken."""
        if self.prepare is not None:
            await self.prepare(batch.items)
        items = {item.line: item for item in batch.items}
        rows = [{"line": line, **item.body} for line, item in items.items()]
        totals, found = await self._posted(self.layout.path, rows, batch.number)
        totals.refused += len({error.line for error in batch.errors})
        errors = [*batch.errors, *(self._error(items[one["line"]], one) for one in found)]
        refused = {one["line"] for one in found}
        taken = [item for line, item in items.items() if line not in refused]
        for path in dict.fromkeys(after.path for item in taken for after in item.after):
            errors += await self._after(path, taken, batch.number)
        return totals, errors

    async def _after(self, path: str, items: Sequence[Item], number: int) -> list[RowError]:
        """Send what items give to another bulk request; its rows are numbered from 0."""
        all_ = [(item, after) for item in items for after in item.after if after.path == path]
        errors: list[RowError] = []
        for start in range(0, len(all_), MAX_ROWS):
            part = all_[start : start + MAX_ROWS]
            rows = [{"line": line, **after.body} for line, (_, after) in enumerate(part)]
            _, found = await self._posted(path, rows, number, start)
            for one in found:
                if self.dry_run and one["code"] in _NOT_YET:
                    continue
                item, after = part[int(one["line"])]
                errors.append(error_at(item, after.cell, one["code"], one["detail"]))
        return errors

    async def _posted(
        self, path: str, rows: Sequence[Json], *names: object
    ) -> tuple[Totals, list[Json]]:
        """Send rows; when some cannot even be read, the others without them."""
        left, unread = list(rows), list[Json]()
        while left:
            key = derived_id(self.checkpoint.import_id, path, *names, len(unread))
            members = self.members if path == self.layout.path else {}
            query = f"{'&' if '?' in path else '?'}dry_run=true" if self.dry_run else ""
            body = {**members, "rows": left}
            try:
                made = await self.api.post(f"{path}{query}", body, key)
            except ApiError as error:
                at_fault = rows_at_fault(error.problem, len(left))
                if not at_fault:
                    raise
                unread += ({"line": left[at]["line"], **one} for at, one in at_fault)
                wrong = {at for at, _ in at_fault}
                left = [row for at, row in enumerate(left) if at not in wrong]
            else:
                totals = _totals(made.body, unread)
                totals.repeated = 0 if made.new else len(left)
                return totals, [*made.body["errors"], *unread]
        return _totals({}, unread), unread

    def _error(self, item: Item, found: Json) -> RowError:
        place = self.layout.place(item, into_row(found.get("pointer") or ""))
        return error_at(item, place, found["code"], found["detail"])


def _totals(body: Json, unread: Sequence[Json]) -> Totals:
    refused = {error["line"] for error in (*body.get("errors", ()), *unread)}
    counts = (int(body.get(name, 0)) for name in ("created", "changed", "unchanged"))
    return Totals(*counts, refused=len(refused))
