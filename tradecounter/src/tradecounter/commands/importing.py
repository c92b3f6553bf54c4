"""``tradecounter import``: bring in what another system holds."""

import asyncio
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import httpx2
import typer
from rich.console import Console

from tradecounter.client import Api, ApiError
from tradecounter.commands.failing import BAD_INPUT, REFUSED, fail
from tradecounter.commands.progress import progress
from tradecounter.commands.target import target
from tradecounter.online_retail.plan import MAX_LINES, Plan, plan
from tradecounter.online_retail.replay import Replay
from tradecounter.online_retail.report import Report
from tradecounter.online_retail.rows import BadFile, read

importing = typer.Typer(help="Bring in what another system holds.", no_args_is_help=True)


@importing.callback()
def _group() -> None:
    """Bring in what another system holds."""


@importing.command("online-retail")
def online_retail(  # noqa: PLR0913, PLR0917 - each is an option of the command
    file: Annotated[Path, typer.Argument(help="invoices as CSV, plain or .gz")],
    url: Annotated[
        str | None, typer.Option(help="a running system; default: the embedded one")
    ] = None,
    stock_factor: Annotated[
        str, typer.Option(help="opening stock, as a share of all that is ordered")
    ] = "1.0",
    at_once: Annotated[
        int, typer.Option("--concurrency", min=1, max=64, help="requests under way at once")
    ] = 8,
    first: Annotated[
        int | None, typer.Option(min=1, help="only the first so many invoices")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="read and count, send nothing")
    ] = False,
    report_file: Annotated[
        Path | None, typer.Option("--report", help="write the figures as JSON")
    ] = None,
) -> None:
    """Replay a retailer's invoices as orders; running it again creates nothing twice."""
    console = Console()
    factor = _factor(stock_factor)
    found = _plan(file, first)
    report = Report(
        dry_run=dry_run,
        rows=found.rows,
        invoices=found.invoices,
        orders=len(found.orders),
        rows_skipped=found.skipped,
    )
    failure: str | None = None
    if dry_run:
        _count(found, report)
    else:
        failure = _replay(target(url), found, report, factor=factor, at_once=at_once)
    report.show(console)
    if report_file is not None:
        report.write(report_file)
    if failure is not None:
        fail(f"{failure}; what was placed stays, and the same command goes on from here")
    if report.mismatches:
        raise typer.Exit(REFUSED)


def _factor(text: str) -> Fraction:
    try:
        factor = Fraction(text)
    except (ValueError, ZeroDivisionError):
        fail(f"--stock-factor: {text!r} is not a number", code=BAD_INPUT)
    if factor < 0:
        fail(f"--stock-factor: {text} is below zero", code=BAD_INPUT)
    return factor


def _plan(file: Path, first: int | None) -> Plan:
    try:
        found = plan(read(file), at_most=first)
    except BadFile as error:
        fail(error, code=BAD_INPUT)
    for order in found.orders:
        if len(order.lines) > MAX_LINES:
            fail(f"invoice {order.invoice} has {len(order.lines)} lines, more than {MAX_LINES}")
    return found


def _count(found: Plan, report: Report) -> None:
    """Count what a run would place."""
    report.lines = sum(len(order.lines) for order in found.orders)
    report.units = sum(order.units for order in found.orders)
    report.goods_pence = sum(order.goods for order in found.orders)
    report.shipping_pence = sum(order.shipping for order in found.orders)
    report.grand_pence = report.goods_pence + report.shipping_pence


def _replay(
    at: tuple[str, str], found: Plan, report: Report, *, factor: Fraction, at_once: int
) -> str | None:
    """Place the orders, showing how far it is; gives why it stopped, if it did before the end."""
    with progress() as tell:

        async def work() -> None:
            url, token = at
            limits = httpx2.Limits(max_connections=at_once)
            headers = {"Authorization": f"Bearer {token}"}
            async with httpx2.AsyncClient(
                base_url=url, headers=headers, limits=limits, timeout=60
            ) as client:
                await Replay(Api(client), found, report, tell, at_once).run(factor)

        try:
            asyncio.run(work())
        except ApiError as error:
            return str(error)
        except KeyboardInterrupt:
            return "stopped"
    return None
