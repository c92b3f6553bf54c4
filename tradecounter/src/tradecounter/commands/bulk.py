"""Runs the import or export of a CSV file for a command, and shows how it goes."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import httpx2
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from tradecounter.client import Api, ApiError
from tradecounter.commands.failing import BAD_INPUT, REFUSED, fail
from tradecounter.commands.progress import Telling, progress
from tradecounter.commands.target import target
from tradecounter.csv_files.faults import BadFile
from tradecounter.csv_files.importing import Import, Outcome, checked, run_import
from tradecounter.csv_files.items import Layout
from tradecounter.embedded.directory import data_directory

File = Annotated[Path, typer.Argument(help="the CSV file, plain or .gz")]
Url = Annotated[str | None, typer.Option(help="a running system; default: the embedded one")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="tell what would happen, change nothing")]
Errors = Annotated[
    Path | None,
    typer.Option("--errors", "--report", help="write every row error into this CSV file"),
]
Resume = Annotated[
    bool, typer.Option("--resume/--no-resume", help="go on where an earlier run stopped")
]
AtOnce = Annotated[
    int, typer.Option("--concurrency", min=1, max=32, help="requests under way at once")
]


_PATIENCE = 30
"""How often a busy system is asked: for about two minutes."""
Equip = Callable[[Api], Awaitable[Layout]]
"""Gives the layout with what it needs to know of the system."""


def import_file(
    wanted: Import, url: str | None, layout: Layout, equip: Equip | None = None
) -> None:
    """Import a file and end the command: 1 when rows were refused, 2 when the file is bad."""
    if wanted.errors is not None and wanted.errors.resolve() == wanted.file.resolve():
        fail("--errors names the file that is imported", code=BAD_INPUT)
    began, outcome = time.monotonic(), Outcome()
    reason: str | None = None
    try:
        found = checked(wanted.file, layout.columns)
        address = target(url)
        wanted = replace(wanted, settings={**wanted.settings, "url": url or str(data_directory())})
        with progress() as tell:
            told = _furthest(tell, found.inspected.lines)

            async def work() -> None:
                async with _api(address, wanted.at_once) as api:
                    ready = layout if equip is None else await equip(api)
                    telling = replace(wanted, progress=told)
                    await run_import(telling, found, api, ready, outcome)
                    told(found.inspected.lines)

            asyncio.run(work())
    except BadFile as error:
        fail(error, code=BAD_INPUT)
    except ApiError as error:
        reason = str(error)
    except KeyboardInterrupt:
        reason = "stopped"
    _show(wanted, outcome, time.monotonic() - began)
    if reason is not None:
        fail(reason if wanted.dry_run else f"{reason}; the same command goes on from here")
    if outcome.totals.refused or outcome.totals.errors:
        raise typer.Exit(REFUSED)


def export_file(
    file: Path, url: str | None, work: Callable[[Api, Callable[[int], None]], Awaitable[int]]
) -> None:
    """Export into a file and end the command; ``work`` gives how many rows it has written."""
    address, began = target(url), time.monotonic()
    with progress() as tell:

        async def run() -> int:
            async with _api(address, 1) as api:
                return await work(api, lambda count: tell("rows", count))

        try:
            count = asyncio.run(run())
        except BadFile as error:
            fail(error, code=BAD_INPUT)
        except ApiError as error:
            fail(error)
        except KeyboardInterrupt:
            fail("stopped; nothing was written")
    typer.echo(f"{file}: {count:,} rows in {time.monotonic() - began:.1f} s")


@asynccontextmanager
async def _api(address: tuple[str, str], at_once: int) -> AsyncGenerator[Api]:
    url, token = address
    limits = httpx2.Limits(max_connections=at_once)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(
        base_url=url, headers=headers, limits=limits, timeout=120
    ) as client:
        yield Api(client, tries=_PATIENCE)


def _furthest(tell: Telling, lines: int) -> Callable[[int], None]:
    """Show the furthest line that was dealt with; gives what is told of each."""
    furthest = 0

    def told(line: int) -> None:
        nonlocal furthest
        furthest = max(furthest, line)
        tell("lines", furthest, lines)

    told(0)
    return told


def _show(wanted: Import, outcome: Outcome, seconds: float) -> None:
    """Print what came of it: one line, and the first errors."""
    totals, would = outcome.totals, "to be " if wanted.dry_run else ""
    parts = [
        f"{totals.created:,} {would}created",
        f"{totals.changed:,} {would}changed",
        f"{totals.unchanged:,} unchanged",
        f"{totals.refused:,} refused",
    ]
    speed = f"{seconds:.1f} s" + (" (goes on from an earlier run)" if outcome.resumed else "")
    typer.echo(f"{wanted.file}: {wanted.kind}: {', '.join(parts)}; {speed}")
    if totals.repeated and not outcome.resumed:
        typer.echo(
            f"{totals.repeated:,} of them had been applied by an earlier run of this same file, "
            "and were not applied again; --no-resume applies them again"
        )
    if not outcome.first:
        return
    whole = (Column(name, overflow="fold") for name in ("column", "code"))
    table = Table("line", *whole, "reason", "value", title="rows not taken")
    for error in outcome.first:
        value = escape(error.value[:40])
        table.add_row(
            str(error.line), escape(error.column), error.code, escape(error.reason), value
        )
    Console(stderr=True).print(table)
    if wanted.errors is not None:
        typer.echo(f"all {totals.errors:,} errors: {wanted.errors}", err=True)
    elif totals.errors > len(outcome.first):
        rest = totals.errors - len(outcome.first)
        typer.echo(f"{rest:,} errors more; --errors FILE.csv lists them all", err=True)
