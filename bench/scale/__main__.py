"""``python -m bench.scale``; the environment says how large, see ``settings``."""

import asyncio
import json
import sys
from dataclasses import asdict

import uvloop
from rich.console import Console
from rich.table import Table

from bench.scale.run import FLOOR, SEARCHES, Found, run
from bench.scale.settings import ScaleSettings
from bench.servers import scratch
from bench.settings import BadSetting

_WITHIN_MS, _FLAT, _RESERVATIONS, _MEMORY_MB = 50, 4 / 3, 300, 250


def main() -> int:
    """Measure and print; 2 when a setting is wrong."""
    console, progress = Console(), Console(stderr=True)
    try:
        settings = ScaleSettings.of()
    except BadSetting as error:
        progress.print(str(error), style="red", markup=False)
        return 2
    with scratch() as directory, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(run(settings, directory, progress.print))
    show(found, settings, console)
    if settings.json is not None:
        settings.json.write_text(json.dumps(asdict(found), indent=2) + "\n")
    return 0


def show(found: Found, settings: ScaleSettings, console: Console) -> None:
    """Print the table, and what is aimed at."""
    for name, fact in found.machine.items():
        console.print(f"[bold]{name:>12}[/] {fact}", highlight=False)
    table = Table(title=f"{settings.requests} requests each, {settings.concurrency} callers; in ms")
    for head in ("", "rows", "found", "per s", "p50", "p95", "p99", "calm p95"):
        table.add_column(head, justify="left" if not head else "right")
    for search in (FLOOR, *SEARCHES):
        for size, by_kind in found.asked.items():
            one = by_kind[search]
            latencies = (f"{one.latency[name]:.1f}" for name in ("p50", "p95", "p99"))
            cells = f"{size:,}", f"{one.found:.1f}", f"{one.per_second:.0f}"
            table.add_row(search, *cells, *latencies, f"{one.calmest:.1f}")
    console.print(table)
    for line in _aims(found):
        console.print(line, highlight=False)


def _aims(found: Found) -> list[str]:
    lines: list[str] = []
    small, large = min(found.asked), max(found.asked)
    for search in SEARCHES:
        first, last = (found.asked[size][search].latency["p95"] for size in (small, large))
        met = last < _WITHIN_MS and last < first * _FLAT
        lines.append(
            f"{search}: p95 {last:.1f} ms at {large:,} rows (below {_WITHIN_MS}), "
            f"{last / first:.2f} of {small:,} rows (below {_FLAT:.2f}) - {_met(met=met)}"
        )
    if found.few is not None and found.many is not None:
        right = found.few.replies.get("catalog.stock-reserved.v1") == 10
        lines += [
            f"1,000 rushes for 10 units: {dict(found.few.replies)} - {_met(met=right)}",
            (
                f"hot SKU: {found.many.per_second:.0f} reservations per second "
                f"({_RESERVATIONS} or more) - {_met(met=found.many.per_second >= _RESERVATIONS)}"
            ),
        ]
    most = max(found.memory, key=lambda label: found.memory[label])
    met = found.memory[most] < _MEMORY_MB
    lines.append(
        f"memory: {most} has {found.memory[most]:.0f} MB (below {_MEMORY_MB}) - {_met(met=met)}"
    )
    return lines


def _met(*, met: bool) -> str:
    return "[green]met[/]" if met else "[red]not met[/]"


if __name__ == "__main__":
    sys.exit(main())
