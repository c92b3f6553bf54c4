"""Writes a file of many orders, imports it, and prints what was sent and the memory it took.

``python -m tests.tradecounter.csv_files.many_orders FILE COUNT``; the service is a double that only
counts, in the same process: its share of the memory is there for a short file too.
"""

import asyncio
import json
import resource
import sys
from pathlib import Path

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tradecounter.client import Api
from tradecounter.csv_files.importing import Import, Outcome, checked, run_import
from tradecounter.csv_files.items import Layout
from tradecounter.csv_files.json_lines import are_json_lines
from tradecounter.csv_files.layouts.orders import PATH, OrderLayout, OrderLines

SKUS = ("MUG-01", "PEN-BLK")


def write(file: Path, count: int) -> None:
    """Write so many orders of two lines each."""
    with file.open("w") as out:
        if not are_json_lines(file):
            out.write("external_reference,site,customer_reference,sku,units,customer_note\n")
        for n in range(count):
            if are_json_lines(file):
                lines = [{"sku": sku, "units": 2} for sku in SKUS]
                order = {"site": "uk", "external_reference": f"web-{n}", "lines": lines}
                out.write(json.dumps(order | {"customer_note": "ring twice " * 4}) + "\n")
            else:
                for sku in SKUS:
                    out.write(f"web-{n},uk,crm-{n},{sku},2,{'ring twice ' * 4}\n")


async def _take(request: Request) -> Response:
    created = len((await request.json())["rows"])
    return JSONResponse({"created": created, "changed": 0, "unchanged": 0, "errors": []})


async def send(file: Path) -> int:
    """Import the file; gives how many orders were sent."""
    lines = are_json_lines(file)
    layout: Layout = OrderLines() if lines else OrderLayout(currencies={"uk": "GBP"})
    app = Starlette(routes=[Route(PATH, _take, methods=["POST"])])
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://shop")
    outcome = Outcome()
    async with client:
        wanted = Import("orders", file, {})
        await run_import(wanted, checked(file, layout.columns), Api(client), layout, outcome)
    return outcome.totals.created


def main() -> None:
    file, count = Path(sys.argv[1]), int(sys.argv[2])
    write(file, count)
    sent = asyncio.run(send(file))
    print(sent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)  # noqa: T201


if __name__ == "__main__":
    main()
