"""The retailer that is filled: 20 sites of four customer sets, 50 locations."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.values import CustomerSetId, LocationId, SiteId
from tradecounter.client import once_sites_are_known

from bench.http import Api, Json
from bench.postgres import connected
from bench.scale.goods import Places
from bench.services import System

_SETS, _SITES, _LOCATIONS = 4, 20, 50


@dataclass(frozen=True, slots=True)
class Retailer:
    """What was made; site ``n`` belongs to set ``n % 4``."""

    sets: Sequence[CustomerSetId]
    sites: Sequence[str]
    places: Places


async def make_retailer(running: System) -> Retailer:
    """Make sites and locations through the public APIs."""
    customers, catalog = running.apis["customers"], running.apis["catalog"]
    sets = [await _set(customers, number) for number in range(_SETS)]
    sites = {f"site-{number}": await _site(customers, number) for number in range(_SITES)}
    for number in range(_LOCATIONS):
        await once_sites_are_known(_location(catalog, number))
    for site in sites:
        await once_sites_are_known(_orders_of(running.apis["orders"], site))
    locations = await _location_ids(running.databases["catalog"])
    return Retailer(sets, list(sites), Places(sites, locations))


async def _set(customers: Api, number: int) -> CustomerSetId:
    path = f"/api/customers/v1/customer-sets/set-{number}"
    made = await customers.put(path, {"name": f"Customers {number}"})
    return CustomerSetId(UUID(made["id"]))


async def _site(customers: Api, number: int) -> SiteId:
    body = {
        "name": f"Site {number}",
        "customer_set": f"set-{number % _SETS}",
        "country": "GB",
        "currency": "GBP",
        "time_zone": "Europe/London",
    }
    made = await customers.put(f"/api/customers/v1/sites/site-{number}", body)
    return SiteId(UUID(made["id"]))


def _orders_of(orders: Api, site: str) -> Callable[[], Awaitable[Json]]:
    return lambda: orders.get(f"/api/orders/v1/orders?site={site}&limit=1")


def _location(catalog: Api, number: int) -> Callable[[], Awaitable[Json]]:
    served = [f"site-{number % _SITES}", f"site-{(number + 1) % _SITES}"]
    body: Json = {"name": f"Warehouse {number}", "sites": served}
    return lambda: catalog.put(f"/api/catalog/v1/locations/warehouse-{number}", body)


async def _location_ids(catalog_url: str) -> list[LocationId]:
    """Read the ids that the API does not tell."""
    query = "SELECT array_agg(location_id ORDER BY substr(code, 11)::int) FROM location"
    async with connected(catalog_url) as connection:
        return await connection.fetchval(query)
