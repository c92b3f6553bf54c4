"""Shows how far a command is: bars on a terminal, a line now and then where nobody looks at one."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

EVERY = 10.0
"""Seconds between two lines."""


class Telling(Protocol):
    """Is told how many of something are done; no total: nobody knows how many there will be."""

    def __call__(self, what: str, done: int, total: int | None = None) -> None:
        """Show it."""
        ...


@contextmanager
def progress(console: Console | None = None) -> Generator[Telling]:
    """Show on standard error, or on another console, what is told.

    In a file or a pipe nothing can be drawn over, so plain lines stand there.
    """
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield Lines(console)
        return
    columns = (
        TextColumn("{task.description:>10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bars:
        yield _Bars(bars)


@dataclass(slots=True)
class _Bars:
    bars: Progress
    tasks: dict[str, TaskID] = field(default_factory=dict[str, TaskID])

    def __call__(self, what: str, done: int, total: int | None = None) -> None:
        if what not in self.tasks:
            self.tasks[what] = self.bars.add_task(what, total=total)
        self.bars.update(self.tasks[what], completed=done)


@dataclass(slots=True)
class Lines:
    """Writes a line when something is told, at most one in ``EVERY`` seconds.

    Attributes:
        clock: Gives the seconds since whenever.
    """

    console: Console
    clock: Callable[[], float] = time.monotonic
    _last: float = field(init=False)

    def __post_init__(self) -> None:
        self._last = self.clock()

    def __call__(self, what: str, done: int, total: int | None = None) -> None:
        """Write it, unless a line was written just now."""
        if (now := self.clock()) - self._last < EVERY:
            return
        self._last = now
        of_all = f" of {total:,} ({done * 100 // total} %)" if total else ""
        self.console.print(f"{what}: {done:,}{of_all}", highlight=False, markup=False)
