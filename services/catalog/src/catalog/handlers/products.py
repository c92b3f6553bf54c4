from collections.abc import Mapping
from dataclasses import dataclass

from contracts.catalog.events import ProductChanged
from contracts.values import Money, SiteId, Sku, new_id

from catalog.domain.errors import StaleVersion, WrongCurrency
from catalog.domain.products import Product
from catalog.handlers.scoped import Within, named_sites
from catalog.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PutProduct:
    """Make or change a product.

    Attributes:
        prices: By site code; of the sites ``within``, exactly these sell the product.
        expected_version: Refuse if it is another; none accepts any.
    """

    sku: Sku
    name: str
    prices: Mapping[str, Money]
    within: Within
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class KeptProduct:
    """A product as it now is; ``prices`` are those of the caller's sites, by site code."""

    product: Product
    prices: dict[str, Money]
    created: bool = False


async def put_product(command: PutProduct, uow: UnitOfWork) -> KeptProduct:
    """Make or change a product and tell everyone; the same again changes nothing.

    Raises:
        UnknownSites: A price is for a site that the caller does not see.
        WrongCurrency: A price is not in its site's currency.
        StaleVersion: Its ``current`` is a ``KeptProduct``.
    """
    sites = await named_sites(command.prices.keys(), command.within, uow)
    for code, price in command.prices.items():
        if price.currency != sites[code].currency:
            raise WrongCurrency(code, sites[code].currency)
    product = await uow.products.locked(command.sku, new_id=new_id())
    created = product.version == 0
    if command.expected_version not in {None, product.version}:
        raise StaleVersion(None if created else await _seen(product, command.within, uow))
    prices = {sites[code].site_id: price for code, price in command.prices.items()}
    if product.change(command.name, prices, within=command.within):
        await uow.products.keep(product)
        _tell(product, uow)
    return KeptProduct(product, dict(command.prices), created)


async def _seen(product: Product, within: Within, uow: UnitOfWork) -> KeptProduct:
    prices: dict[SiteId, Money] = {
        site: price for site, price in product.prices.items() if within is None or site in within
    }
    codes = await uow.sites.codes(prices.keys())
    return KeptProduct(product, {codes[site]: price for site, price in prices.items()})


def _tell(product: Product, uow: UnitOfWork) -> None:
    event = ProductChanged(
        product_id=product.product_id,
        version=product.version,
        sku=product.sku,
        name=product.name,
        prices=product.prices,
    )
    uow.outbox.publish(event, sequence=product.version)
