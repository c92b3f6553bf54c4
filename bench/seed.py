"""The retailer that is measured: one site, 200 products in one warehouse, 200 customers."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

from tradecounter.client import ApiError, once_sites_are_known

from bench.http import Api, Json

T = TypeVar("T")

SITE = "uk"
_PRODUCTS = [f"BENCH-{number:03}" for number in range(200)]
_CUSTOMERS = 200
_PLENTY = 1_000_000
"""Units of each product: nothing may run short."""
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Retailer:
    """What orders are made of."""

    products: Sequence[str]
    customers: Sequence[str]


async def seed(apis: Mapping[str, Api]) -> Retailer:
    """Make the retailer through the public APIs."""
    customers, catalog = apis["customers"], apis["catalog"]
    await customers.put("/api/customers/v1/customer-sets/retail", {"name": "Retail customers"})
    await customers.put(f"/api/customers/v1/sites/{SITE}", _SITE)
    location = {"name": "Central warehouse", "sites": [SITE]}
    await once_sites_are_known(lambda: catalog.put("/api/catalog/v1/locations/central", location))
    await _all(_PRODUCTS, lambda sku: _product(catalog, sku))
    stock = {
        "location": "central",
        "reason": "opening stock",
        "lines": [{"sku": sku, "change": _PLENTY} for sku in _PRODUCTS],
    }
    await catalog.post("/api/catalog/v1/stock-adjustments", stock, uuid4())
    made: list[str] = []

    async def customer(number: int) -> None:
        made.append(await _customer(customers, number))

    await _all(range(_CUSTOMERS), customer)
    await _until_site_is_known(apis)
    return Retailer(_PRODUCTS, made)


_SITE: Json = {
    "name": "Tradecounter UK",
    "customer_set": "retail",
    "country": "GB",
    "currency": "GBP",
    "time_zone": "Europe/London",
}


def address(name: str) -> Json:
    """Give an address in the site's country."""
    return {
        "name": name,
        "lines": ["12 Example Square"],
        "city": "London",
        "postal_code": "SW1Y 4LB",
        "country": "GB",
    }


async def _product(catalog: Api, sku: str) -> None:
    price = {"minor": 1250, "currency": "GBP"}
    body = {"name": f"Product {sku}", "prices": {SITE: price}}
    await catalog.put(f"/api/catalog/v1/products/{sku}", body)


async def _customer(customers: Api, number: int) -> str:
    name = f"Customer {number}"
    body = {
        "site": SITE,
        "first_name": "Customer",
        "last_name": f"Number {number}",
        "email": f"customer.{number}@example.com",
        "phones": [{"kind": "mobile", "number": "+44 20 7946 0018"}],
        "addresses": [{**address(name), "default_billing": True, "default_shipping": True}],
    }
    return (await customers.post("/api/customers/v1/customers", body, uuid4()))["id"]


async def _until_site_is_known(apis: Mapping[str, Api]) -> None:
    """Wait until the news of the site has reached the services that follow it."""
    async with asyncio.timeout(30):
        while True:
            try:
                await apis["payments"].get(f"/api/payments/v1/sites/{SITE}/methods")
                await apis["orders"].post("/api/orders/v1/orders", {"site": SITE}, uuid4())
            except ApiError as error:
                if error.status not in {404, 422}:
                    raise
            else:
                return
            await asyncio.sleep(0.1)


async def _all(items: Iterable[T], make: Callable[[T], Awaitable[None]]) -> None:
    waiting = iter(items)

    async def worker() -> None:
        for item in waiting:
            await make(item)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(_AT_ONCE):
            tasks.create_task(worker())
