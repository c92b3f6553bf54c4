"""Exports what the system has into files that the imports read again."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tradecounter.client import Api, Json
from tradecounter.csv_files.layouts import customers, prices, products, shopify, stock
from tradecounter.csv_files.pages import listed, locations
from tradecounter.csv_files.seen import Seen
from tradecounter.csv_files.writing import Values, writing

CATALOG, CUSTOMERS = "/api/catalog/v1", "/api/customers/v1"

Told = Callable[[int], None]
"""Told how many rows have been written."""
Unfit = Callable[[str], None]
"""Told the code of a product that the layout has no room for."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Of which site the prices are written, and of which location the units; none: of none."""

    site: str | None
    location: str | None


async def export_customers(api: Api, file: Path, told: Told, *, site: str | None) -> int:
    """Write every customer of a site's customer set, or of all sets that the caller sees."""
    of_set = {one["customer_set"]: one["code"] async for one in listed(api, f"{CUSTOMERS}/sites")}
    only = {} if site is None else {"site": site}

    async def found() -> AsyncIterator[Values]:
        async for one in listed(api, f"{CUSTOMERS}/customers/records", **only):
            if not one["erased"]:
                yield customers.written(one, site or of_set.get(one["customer_set"]))

    return await _write(file, customers.WRITTEN, found(), told)


async def export_products(api: Api, file: Path, told: Told) -> int:
    """Write every product, with prices and who sees it on each of the caller's sites."""
    sites = [one["code"] async for one in listed(api, f"{CUSTOMERS}/sites")]

    async def found() -> AsyncIterator[Values]:
        async for product in _products(api):
            for values in products.written(product, sites):
                yield values

    return await _write(file, products.written_columns(sites), found(), told)


async def export_shopify(api: Api, file: Path, told: Told, *, whose: Whose, unfit: Unfit) -> int:
    """Write every product in Shopify's layout, with prices of a site, and units at a location."""

    async def found() -> AsyncIterator[Values]:
        with closing(await _on_hand(api, whose.location)) as on_hand:
            async for product in _products(api):
                if len(product["options"]) > len(shopify.OPTIONS):
                    unfit(product["code"])
                    continue
                for values in shopify.written(product, whose.site, on_hand.get):
                    yield values

    return await _write(file, shopify.WRITTEN, found(), told)


async def export_prices(api: Api, file: Path, told: Told, *, site: str | None) -> int:
    """Write the prices of the sites, then those of the price lists."""

    async def found() -> AsyncIterator[Values]:
        async for product in _products(api):
            for variant in product["variants"]:
                of_site: Mapping[str, Json] = variant["prices"]
                for code, price in of_site.items():
                    if site in {None, code}:
                        yield prices.written_site_price(variant["sku"], code, price)
        only = {} if site is None else {"site": site}
        async for one in listed(api, f"{CATALOG}/price-lists", **only):
            path = f"{CATALOG}/price-lists/{one['code']}/entries"
            async for entry in listed(api, path):
                yield prices.written_entry(one["code"], entry)

    return await _write(file, prices.COLUMNS, found(), told)


async def export_stock(api: Api, file: Path, told: Told, *, location: str | None) -> int:
    """Write the ledger of a location, or of all that the caller sees."""

    async def found() -> AsyncIterator[Values]:
        places = sorted(await locations(api))
        for code in places if location is None else [location]:
            async for one in listed(api, f"{CATALOG}/stock", location=code):
                yield stock.written(one | {"location": code})

    return await _write(file, stock.WRITTEN, found(), told)


async def _write(
    file: Path, columns: tuple[str, ...], found: AsyncIterator[Values], told: Told
) -> int:
    with writing(file, columns) as out:
        async for values in found:
            out.write(values)
            told(out.count)
    return out.count


def _products(api: Api) -> AsyncIterator[Json]:
    return listed(api, f"{CATALOG}/product-records")


async def _on_hand(api: Api, location: str | None) -> Seen:
    """Give the units at a location by SKU; on disk, since they come in another order."""
    units = Seen()
    if location is not None:
        async for one in listed(api, f"{CATALOG}/stock", location=location):
            units.before(one["sku"], one["on_hand"])
    return units
