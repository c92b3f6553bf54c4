"""``python -m bench``; the environment says how much, see ``settings``."""

import asyncio
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import uvloop
from rich.console import Console
from tradecounter.client import ApiError
from tradecounter.servers.errors import ServerError

from bench.figures import Outcome
from bench.following import NotSubmitted
from bench.report import show
from bench.run import run
from bench.servers import scratch
from bench.services import NotReady
from bench.settings import BadSetting, Settings


def main() -> int:
    """Measure and print; 1 when it could not be measured, 2 when a setting is wrong."""
    console, progress = Console(), Console(stderr=True)
    try:
        settings = Settings.of()
    except BadSetting as error:
        progress.print(str(error), style="red", markup=False)
        return 2
    try:
        outcome = _measured(settings, progress)
    except asyncio.CancelledError:
        return 128 + signal.SIGTERM
    if outcome is None:
        return 1
    show(outcome, console)
    if settings.json is not None:
        settings.json.write_text(json.dumps(outcome.document(), indent=2) + "\n")
    return 0


def _measured(settings: Settings, progress: Console) -> Outcome | None:
    """Measure, and end all servers and services; none when it could not be measured."""

    async def until_told_to_end(directory: Path) -> Outcome:
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await run(settings, directory, progress.print)

    try:
        with scratch() as directory, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(until_told_to_end(directory))
    except* (ApiError, NotSubmitted, NotReady, ServerError) as errors:
        for error in _single(errors):
            progress.print(f"{type(error).__name__}: {error}", style="red", markup=False)
    return None


def _single(errors: BaseExceptionGroup[Exception]) -> Iterator[Exception]:
    """Give the errors that groups within groups hold."""
    for error in errors.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _single(error)
        else:
            yield error


if __name__ == "__main__":
    sys.exit(main())
