"""Imports a file: looks it through, then sends its rows, going on where an earlier run stopped."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from contracts.values import derived_id

from tradecounter.client import Api
from tradecounter.csv_files.batches import batches
from tradecounter.csv_files.categories import Categories
from tradecounter.csv_files.checkpoint import Checkpoint, Totals, beside, fingerprint, recalled
from tradecounter.csv_files.faults import BadFile, RowError
from tradecounter.csv_files.inspecting import Inspected, inspect
from tradecounter.csv_files.items import Layout
from tradecounter.csv_files.json_lines import TEXT, json_lines
from tradecounter.csv_files.records import records
from tradecounter.csv_files.reporting import ErrorReport
from tradecounter.csv_files.rows import Columns, Header, Row, header, rows
from tradecounter.csv_files.sending import Progress, Sending

_IMPORTS = UUID("6f1d3e0c-8a57-5f0e-9c1b-51d6a4de0f3a")
ONCE_ONLY = "change"
"""A file with this column says what is added to something: the same file has effect once."""


def _silent(_line: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Import:
    """What is to be imported, and how.

    Attributes:
        kind: What the file holds, as the command is named.
        settings: What else decides what becomes of the rows; an import goes on with the same only.
        errors: Where the error report is written.
        resume: Go on where an earlier run stopped.
        at_once: How many requests may be under way.
        progress: Told how far it is.
    """

    kind: str
    file: Path
    settings: Mapping[str, object]
    errors: Path | None = None
    dry_run: bool = False
    resume: bool = True
    at_once: int = 4
    progress: Progress = _silent


@dataclass(slots=True)
class Outcome:
    """What came of an import.

    Attributes:
        totals: Those of earlier runs of the same import included.
        resumed: It went on where an earlier run had stopped.
        first: The first row errors of this run.
    """

    totals: Totals = field(default_factory=Totals)
    resumed: bool = False
    first: Sequence[RowError] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was looked through, and may be imported; one of JSON Lines has one column."""

    inspected: Inspected
    header: Header
    is_json: bool = False


def checked(file: Path, columns: Columns | None) -> Checked:
    """Look a file through from end to end, and read its header; without columns it is JSON Lines.

    Raises:
        BadFile: It cannot be imported; the message says why.
    """
    inspected = inspect(file)
    if columns is None:
        return Checked(inspected, Header((TEXT,)), is_json=True)
    found = records(file)
    try:
        return Checked(inspected, header(next(found, None), columns))
    except BadFile as error:
        raise BadFile(f"{file}: {error}") from error


async def run_import(
    wanted: Import, found: Checked, api: Api, layout: Layout, outcome: Outcome
) -> None:
    """Import a file that was looked through; ``outcome`` is right also if this raises.

    Raises:
        ApiError: The system refuses everything, or does not answer.
        BadFile: The file cannot be read any more, or something cannot be written.
    """
    checkpoint = _checkpoint(wanted, found, layout.most)
    outcome.totals, outcome.resumed = checkpoint.totals, checkpoint.resumed
    same = checkpoint.report == _absolute(wanted.errors)
    keep = checkpoint.reported if same else 0
    with ErrorReport(wanted.errors, keep=keep, written=found.header.written) as report:
        outcome.first = report.first
        checkpoint.report, checkpoint.reported = _absolute(wanted.errors), report.size
        sending = Sending(
            api,
            layout,
            checkpoint,
            report,
            wanted.progress,
            wanted.at_once,
            wanted.dry_run,
            Categories(api, wanted.dry_run).make,
            layout.members(found.header),
        )
        items = layout.items(_rows(wanted.file, found))
        checkpoint.keep()  # now, for what cannot be kept must not be begun
        try:
            await sending.run(batches(items, layout.most))
        finally:
            if not checkpoint.resumed:
                checkpoint.forget()
    checkpoint.forget()


def _absolute(path: Path | None) -> str:
    return "" if path is None else str(path.absolute())


def _rows(file: Path, checked: Checked) -> Iterator[Row | RowError]:
    if checked.is_json:
        return json_lines(file)
    found = records(file)
    next(found, None)
    return rows(found, checked.header)


def _checkpoint(wanted: Import, found: Checked, most: int) -> Checkpoint:
    settings = {"kind": wanted.kind, "rows": most, **wanted.settings}
    print_ = fingerprint(found.inspected.fingerprint, settings)
    if wanted.dry_run:
        return Checkpoint(None, print_)
    once_only = ONCE_ONLY in found.header.columns and wanted.resume
    import_id = derived_id(_IMPORTS, print_) if once_only else uuid4()
    path = beside(wanted.file, wanted.kind)
    known = recalled(path, print_) if wanted.resume else None
    return known or Checkpoint(path, print_, import_id)
