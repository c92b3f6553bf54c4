"""One run: services, then each size in turn: fill, search, quote; in the end the rush."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import psutil
from contracts.values import CustomerSetId, Sku

from bench.machine import facts
from bench.scale import goods, past, people
from bench.scale.asking import Asked, asked
from bench.scale.copying import copying
from bench.scale.hot import Rush, lay, rushing
from bench.scale.retailer import Retailer, make_retailer
from bench.scale.settings import ScaleSettings
from bench.scale.warming import warm
from bench.servers import Servers, servers
from bench.services import System, system

FLOOR = "one site"
"""The least that an API can be asked: a token is read, and a row by its key."""
SEARCHES = ("customer search", "product search", "quote of 10 lines", "order list")
_RUSHED, _FEW, _FEW_WANT = Sku("SKU-0000000"), 10, 1000

Say = Callable[[str], None]


@dataclass(slots=True)
class Found:
    """Everything that was found.

    Attributes:
        asked: By size and kind of question.
        few: A rush of 1,000 on ten units.
        many: A rush on plenty.
        memory: Largest resident memory of each process in the end, in MB.
    """

    machine: dict[str, str]
    asked: dict[int, dict[str, Asked]] = field(default_factory=dict[int, dict[str, Asked]])
    few: Rush | None = None
    many: Rush | None = None
    memory: dict[str, float] = field(default_factory=dict[str, float])


async def run(settings: ScaleSettings, directory: Path, say: Say) -> Found:
    """Measure everything."""
    async with AsyncExitStack() as stack:
        on = await stack.enter_async_context(servers(settings.servers, directory))
        say("starting the services ...")
        running = await stack.enter_async_context(system(on, directory))
        retailer = await make_retailer(running)
        found = Found(await facts(on, directory))
        filled = 0
        for size in settings.rows:
            say(f"filling up to {size:,} customers, SKUs and orders ...")
            await _fill(running, retailer, range(filled, size))
            filled = size
            say(f"asking with {size:,} ...")
            found.asked[size] = await _asked(settings, running, retailer, size)
        say("everybody wants the same SKU ...")
        found.few, found.many = await _rushes(settings, running, retailer, on)
        found.memory = {label: _megabytes(pid) for label, pid in running.pids.items()}
        return found


async def _fill(running: System, retailer: Retailer, numbers: range) -> None:
    """Fill the databases from processes of their own: making the rows is most of the work."""
    loop, databases = asyncio.get_running_loop(), running.databases
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        futures = (
            loop.run_in_executor(
                processes, _fill_customers, databases["customers"], numbers, retailer.sets
            ),
            loop.run_in_executor(
                processes, _fill_catalog, databases["catalog"], numbers, retailer.places
            ),
            loop.run_in_executor(processes, _fill_orders, databases["orders"], numbers, retailer),
        )
        for future in futures:
            await future


def _fill_customers(url: str, numbers: range, sets: Sequence[CustomerSetId]) -> None:
    async def fill() -> None:
        async with copying(url) as connection:
            await people.add_customers(connection, numbers, sets)

    asyncio.run(fill())


def _fill_catalog(url: str, numbers: range, places: goods.Places) -> None:
    async def fill() -> None:
        async with copying(url) as connection:
            await goods.add_products(connection, numbers, places)

    asyncio.run(fill())


def _fill_orders(url: str, numbers: range, retailer: Retailer) -> None:
    async def fill() -> None:
        async with copying(url) as connection:
            await past.add_orders(connection, numbers, retailer.places.sites, retailer.sets)

    asyncio.run(fill())


async def _asked(
    settings: ScaleSettings, running: System, retailer: Retailer, size: int
) -> dict[str, Asked]:
    random = Random(size)
    customers, catalog, orders = (running.apis[one] for one in ("customers", "catalog", "orders"))

    def customer() -> Awaitable[Any]:
        return customers.get(people.search(random, size, retailer.sets, retailer.sites))

    def product() -> Awaitable[Any]:
        return catalog.get(goods.search(random, size, retailer.places))

    def quote() -> Awaitable[Any]:
        body = goods.quote_of_ten(random, size, retailer.places)
        return catalog.post("/api/catalog/v1/quotes", body)

    def orders_listed() -> Awaitable[Any]:
        return orders.get(past.search(random, size, retailer.places.sites))

    def one_site() -> Awaitable[Any]:
        return customers.get(f"/api/customers/v1/sites/{random.choice(list(retailer.sites))}")

    asks = (
        ("customers", one_site),
        ("customers", customer),
        ("catalog", product),
        ("catalog", quote),
        ("orders", orders_listed),
    )
    found: dict[str, Asked] = {}
    for name, (service, ask) in zip((FLOOR, *SEARCHES), asks, strict=True):
        await warm(running.databases[service])
        found[name] = await asked(ask, settings.requests, settings.concurrency)
    return found


async def _rushes(
    settings: ScaleSettings, running: System, retailer: Retailer, on: Servers
) -> tuple[Rush, Rush]:
    """Rush on ten units at one location, then on plenty of them."""
    catalog, places = running.apis["catalog"], retailer.places
    site = list(places.sites)[places.of(0)[0]]
    only = {site: places.sites[site]}
    async with rushing(on.broker_url) as rusher:
        few = await _rush_on_new(catalog, site, _FEW)
        scarce = await rusher.rush(few, only, _FEW_WANT)
        many = await _rush_on_new(catalog, site, settings.reservations)
        plenty = await rusher.rush(many, only, settings.reservations)
    return scarce, plenty


async def _rush_on_new(catalog: Any, site: str, units: int) -> Sku:  # noqa: ANN401
    """Make a product of so many units."""
    sku = Sku(f"RUSH-{units}")
    body = {"name": "Rush", "prices": {site: {"minor": 100, "currency": "GBP"}}}
    await catalog.put(f"/api/catalog/v1/products/{sku}", body)
    await lay(catalog, "warehouse-0", sku, units)
    return sku


def _megabytes(pid: int) -> float:
    root = psutil.Process(pid)
    return sum(one.memory_info().rss for one in (root, *root.children(recursive=True))) / 1e6
