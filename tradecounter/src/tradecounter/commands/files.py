"""``tradecounter customers|products|prices|stock import|export FILE``: CSV, both ways."""

from enum import StrEnum
from typing import Annotated

import typer

from tradecounter.client import Api
from tradecounter.commands.bulk import (
    AtOnce,
    DryRun,
    Errors,
    File,
    Resume,
    Url,
    export_file,
    import_file,
)
from tradecounter.commands.failing import BAD_INPUT, fail
from tradecounter.csv_files import exporting
from tradecounter.csv_files.importing import Import
from tradecounter.csv_files.items import Layout
from tradecounter.csv_files.layouts.customers import CustomerLayout
from tradecounter.csv_files.layouts.prices import PriceLayout
from tradecounter.csv_files.layouts.products import ProductLayout
from tradecounter.csv_files.layouts.shopify import ShopifyLayout
from tradecounter.csv_files.layouts.stock import StockLayout
from tradecounter.csv_files.pages import currencies, list_currencies, locations


class Columns(StrEnum):
    """The layouts of products."""

    PLAIN = "plain"
    SHOPIFY = "shopify"


customers = typer.Typer(help="Customers as CSV: import, export.", no_args_is_help=True)
products = typer.Typer(help="Products as CSV: import, export.", no_args_is_help=True)
prices = typer.Typer(help="Prices as CSV: import, export.", no_args_is_help=True)
stock = typer.Typer(help="Stock as CSV: import, export.", no_args_is_help=True)

Site = Annotated[str | None, typer.Option(help="code of a site")]
Location = Annotated[str | None, typer.Option(help="code of a location")]
LayoutName = Annotated[Columns, typer.Option("--layout", help="which columns the file has")]


@customers.command("import")
def import_customers(  # noqa: PLR0913, PLR0917 - each is an option of the command
    file: File,
    dry_run: DryRun = False,
    errors: Errors = None,
    url: Url = None,
    resume: Resume = True,
    at_once: AtOnce = 4,
    site: Annotated[str | None, typer.Option(help="the site of rows that name none")] = None,
    incomplete: Annotated[
        bool, typer.Option("--incomplete", help="take customers without phone or address too")
    ] = False,
) -> None:
    """Bring in customers; those known by reference or e-mail are changed."""
    settings = {"site": site, "incomplete": incomplete}
    wanted = Import("customers", file, settings, errors, dry_run, resume, at_once)
    import_file(wanted, url, CustomerLayout(site, incomplete))


@customers.command("export")
def export_customers(file: File, url: Url = None, site: Site = None) -> None:
    """Write all customers, or those that a site may choose from."""
    export_file(file, url, lambda api, told: exporting.export_customers(api, file, told, site=site))


@products.command("import")
def import_products(  # noqa: PLR0913, PLR0917 - each is an option of the command
    file: File,
    layout: LayoutName = Columns.PLAIN,
    dry_run: DryRun = False,
    errors: Errors = None,
    url: Url = None,
    resume: Resume = True,
    at_once: AtOnce = 4,
    site: Annotated[str | None, typer.Option(help="shopify: whose prices they are")] = None,
    location: Annotated[str | None, typer.Option(help="shopify: where the units lie")] = None,
) -> None:
    """Bring in products with their variants; those known by their code are changed."""
    settings = {"layout": layout, "site": site, "location": location}
    wanted = Import("products", file, settings, errors, dry_run, resume, at_once)
    if layout is Columns.PLAIN:
        _only_shopify(site, location)
        import_file(wanted, url, ProductLayout(), _plain)
    else:
        import_file(wanted, url, ShopifyLayout(site), lambda api: _shopify(api, site, location))


async def _plain(api: Api) -> Layout:
    return ProductLayout(await currencies(api))


async def _shopify(api: Api, site: str | None, location: str | None) -> Layout:
    """Give the layout, or end the command: there is no such site or location."""
    currency = None if site is None else (await currencies(api)).get(site)
    if site is not None and currency is None:
        fail(f"--site: there is no site {site}", code=BAD_INPUT)
    if location is not None and location not in await locations(api):
        fail(f"--location: there is no location {location}", code=BAD_INPUT)
    return ShopifyLayout(site, currency, location)


@products.command("export")
def export_products(
    file: File,
    layout: LayoutName = Columns.PLAIN,
    url: Url = None,
    site: Annotated[str | None, typer.Option(help="shopify: whose prices to write")] = None,
    location: Annotated[str | None, typer.Option(help="shopify: whose units to write")] = None,
) -> None:
    """Write all products."""
    if layout is Columns.PLAIN:
        _only_shopify(site, location)
        export_file(file, url, lambda api, told: exporting.export_products(api, file, told))
    else:
        whose = exporting.Whose(site, location)

        async def write(api: Api, told: exporting.Told) -> int:
            await _shopify(api, site, location)
            return await exporting.export_shopify(api, file, told, whose=whose, unfit=_more_options)

        export_file(file, url, write)


def _more_options(code: str) -> None:
    typer.echo(f"left out: {code} has more than three options", err=True)


def _only_shopify(site: str | None, location: str | None) -> None:
    if site is not None or location is not None:
        fail("--site and --location go with --layout shopify", code=BAD_INPUT)


@prices.command("import")
def import_prices(  # noqa: PLR0913, PLR0917 - each is an option of the command
    file: File,
    dry_run: DryRun = False,
    errors: Errors = None,
    url: Url = None,
    resume: Resume = True,
    at_once: AtOnce = 4,
) -> None:
    """Bring in prices of sites and of price lists."""
    wanted = Import("prices", file, {}, errors, dry_run, resume, at_once)
    import_file(wanted, url, PriceLayout(), _prices)


async def _prices(api: Api) -> Layout:
    return PriceLayout(await currencies(api), await list_currencies(api))


@prices.command("export")
def export_prices(file: File, url: Url = None, site: Site = None) -> None:
    """Write the prices of all sites and price lists, or those of one site."""
    export_file(file, url, lambda api, told: exporting.export_prices(api, file, told, site=site))


@stock.command("import")
def import_stock(  # noqa: PLR0913, PLR0917 - each is an option of the command
    file: File,
    dry_run: DryRun = False,
    errors: Errors = None,
    url: Url = None,
    resume: Resume = True,
    at_once: AtOnce = 4,
    location: Annotated[str | None, typer.Option(help="the location of rows without one")] = None,
    reason: Annotated[str, typer.Option(help="the reason of rows without one")] = "import",
) -> None:
    """Bring in counted stock, or changes of it."""
    settings = {"location": location, "reason": reason}
    wanted = Import("stock", file, settings, errors, dry_run, resume, at_once)
    import_file(wanted, url, StockLayout(location, reason))


@stock.command("export")
def export_stock(file: File, url: Url = None, location: Location = None) -> None:
    """Write the stock of all locations, or of one."""
    export_file(
        file, url, lambda api, told: exporting.export_stock(api, file, told, location=location)
    )
