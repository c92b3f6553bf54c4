"""``tradecounter orders import FILE``: orders as CSV or JSON Lines."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tradecounter.client import Api
from tradecounter.commands.bulk import (
    AtOnce,
    DryRun,
    Errors,
    Resume,
    Url,
    import_file,
)
from tradecounter.csv_files.importing import Import
from tradecounter.csv_files.items import Layout
from tradecounter.csv_files.json_lines import are_json_lines
from tradecounter.csv_files.layouts.orders import OrderLayout, OrderLines
from tradecounter.csv_files.pages import currencies

orders = typer.Typer(help="Orders as CSV or JSON Lines: import.", no_args_is_help=True)


@orders.callback()
def _group() -> None:
    """Orders as CSV or JSON Lines: import."""


@orders.command("import")
def import_orders(  # noqa: PLR0913, PLR0917 - each is an option of the command
    file: Annotated[Path, typer.Argument(help="the CSV or .jsonl file, plain or .gz")],
    submit: Annotated[bool, typer.Option("--submit", help="hand every order in")] = False,
    dry_run: DryRun = False,
    errors: Errors = None,
    url: Url = None,
    resume: Resume = True,
    at_once: AtOnce = 4,
    site: Annotated[str | None, typer.Option(help="the site of orders that name none")] = None,
) -> None:
    """Bring in orders; those known by their external reference are left as they are."""
    wanted = Import(
        "orders", file, {"site": site, "submit": submit}, errors, dry_run, resume, at_once
    )
    if are_json_lines(file):
        import_file(wanted, url, OrderLines(site, submit))
        return
    layout = OrderLayout(site, submit)

    async def with_currencies(api: Api) -> Layout:
        return replace(layout, currencies=await currencies(api))

    import_file(wanted, url, layout, with_currencies)
