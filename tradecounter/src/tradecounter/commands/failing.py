"""How a command says that it could not do what was asked: one line, and an exit code."""

from typing import NoReturn

import typer

REFUSED = 1
"""Exit code: what was asked cannot be done; the message says why."""
BAD_INPUT = 2
"""Exit code: what was given makes no sense; the message names it."""


def fail(reason: object, *, code: int = REFUSED) -> NoReturn:
    """Say why on standard error and end."""
    typer.echo(f"tradecounter: {reason}", err=True)
    raise typer.Exit(code)
