"""The commands, a file each; every one honours ``DATA_DIR``."""

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

import typer


class Command(NamedTuple):
    """A command before its module is imported.

    Attributes:
        place: Module of this package and the name in it, as ``run:run``.
        help: What the list of all commands says of it: the first line of its own help.
    """

    place: str
    help: str

    def load(self) -> typer.Typer | Callable[..., None]:
        """Import it."""
        module, name = self.place.split(":")
        return getattr(import_module(f"{__name__}.{module}"), name)


COMMANDS = {
    "run": Command(
        "run:run", "Run all services in one process, with a PostgreSQL beside it; Ctrl-C ends it."
    ),
    "token": Command("token:token", "Print an access token, and nothing else."),
    "migrate": Command(
        "migrate:migrate",
        "Make each service's database on a server, if it is missing, and bring it up to date.",
    ),
    "front": Command(
        "front:front", "Lead /api/NAME/... to each service, and publish the demo issuer's keys."
    ),
    "definitions": Command(
        "definitions:definitions",
        "Print the broker's definitions, or load them over its management API.",
    ),
    "import": Command("importing:importing", "Bring in what another system holds."),
    "customers": Command("files:customers", "Customers as CSV: import, export."),
    "products": Command("files:products", "Products as CSV: import, export."),
    "prices": Command("files:prices", "Prices as CSV: import, export."),
    "stock": Command("files:stock", "Stock as CSV: import, export."),
    "orders": Command("orders:orders", "Orders as CSV or JSON Lines: import."),
    "subscriber": Command(
        "subscriber:subscribers", "Durable queues for other systems: add, list, replay, remove."
    ),
    "payments": Command("payments:payments", "Payments: compare the books."),
    "parked": Command(
        "operate:parked", "Messages that could not be processed: list, retry, discard."
    ),
    "saga": Command("operate:sagas", "Processes across services: list, show."),
}


def application(typed: str | None) -> typer.Typer:
    """Give the command line, in which one command can be run and the others are only named.

    Whole services are imported for some commands; nobody who asks for help or a token waits for
    those.
    """
    app = typer.Typer(
        name="tradecounter",
        help="Takes orders on behalf of customers.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    for name, command in COMMANDS.items():
        found = command.load() if name == typed else _named
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name, help=command.help)(found)
    return app


def _named() -> None:
    """Stand for a command that was not typed."""
