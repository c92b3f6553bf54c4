"""``python -m bench``; the environment says how much, see ``settings``."""

import asyncio
import json
import sys
from collections.abc import Iterator

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
    outcome: Outcome | None = None
    try:
        with scratch() as directory, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            outcome = runner.run(run(settings, directory, progress.print))
    except* (ApiError, NotSubmitted, NotReady, ServerError) as errors:
        for error in _single(errors):
            progress.print(f"{type(error).__name__}: {error}", style="red", markup=False)
    if outcome is None:
        return 1
    show(outcome, console)
    if settings.json is not None:
        settings.json.write_text(json.dumps(outcome.document(), indent=2) + "\n")
    return 0


def _single(errors: BaseExceptionGroup[Exception]) -> Iterator[Exception]:
    """Give the errors that groups within groups hold."""
    for error in errors.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _single(error)
        else:
            yield error


if __name__ == "__main__":
    sys.exit(main())
