"""``tradecounter payments reconcile``: compare gateways, payments and orders."""

import asyncio
import json
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import httpx2
import typer
from rich.console import Console
from rich.table import Table

from tradecounter.client import Api, ApiError, Json
from tradecounter.commands.failing import REFUSED, fail
from tradecounter.commands.target import target

payments = typer.Typer(help="Payments: compare the books.", no_args_is_help=True)

_PATH = "/api/payments/v1/reconciliations"
_LOOK = 0.5
"""Seconds between two looks at a comparison that runs."""


@payments.callback()
def _group() -> None:
    """Payments: compare the books."""


@payments.command("reconcile")
def reconcile(
    url: Annotated[
        str | None, typer.Option(help="a running system; default: the embedded one")
    ] = None,
    hours: Annotated[int, typer.Option(min=1, max=24 * 31, help="how far back")] = 24,
    report: Annotated[Path | None, typer.Option(help="write what was found as JSON")] = None,
    wait: Annotated[float, typer.Option(min=1, help="seconds it may take")] = 600,
) -> None:
    """Compare what gateways hold with our payments and orders; ends with 1 if they differ."""
    address, token = target(url)
    try:
        run = asyncio.run(_compared(address, token, hours, wait))
    except ApiError as error:
        fail(error)
    except TimeoutError:
        fail(f"the comparison has not ended within {wait:.0f} s; is a payments worker running?")
    if report is not None:
        report.write_text(json.dumps(run, indent=2) + "\n")
    if run["state"] == "failed":
        fail(f"the comparison could not be made: {run['trouble']}")
    _show(run)
    if run["findings"]:
        raise typer.Exit(REFUSED)


async def _compared(address: str, token: str, hours: int, wait: float) -> Json:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        asyncio.timeout(wait),
        httpx2.AsyncClient(base_url=address, headers=headers, timeout=60) as client,
    ):
        api = Api(client)
        run = (await api.post(_PATH, {"hours": hours}, uuid4())).body
        while run["ended_at"] is None:
            await asyncio.sleep(_LOOK)
            run = await api.get(f"{_PATH}/{run['id']}")
        return run


def _show(run: Json) -> None:
    console = Console()
    if not run["findings"]:
        console.print(f"{run['compared']} payments compared, and the books agree")
        return
    shown = Table("trouble", "gateway", "payment", "order", "amounts")
    for one in run["findings"]:
        sums = ", ".join(f"{name} {minor}" for name, minor in one["amounts"].items())
        ids = one["payment_id"] or one["reference"] or "", one["order_id"] or ""
        shown.add_row(one["trouble"], one["gateway"] or "", *ids, sums)
    console.print(shown)
