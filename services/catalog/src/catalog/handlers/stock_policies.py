"""What sites promise beyond the goods on hand."""

from dataclasses import dataclass

from contracts.values import Sku

from catalog.domain.errors import StaleVersion, UnknownProducts
from catalog.domain.stock_policy import KeptPolicy, ProductPolicy, SitePolicy
from catalog.handlers.scoped import Within, named_sites
from catalog.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PutStockPolicy:
    """Say what a site promises.

    Attributes:
        site: Its code.
        expected_version: Refuse if it is another; none accepts any.
    """

    site: str
    policy: SitePolicy
    within: Within
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class PutProductPolicy:
    """Say what a site decides otherwise for one product; ``policy`` none: nothing any more."""

    site: str
    sku: Sku
    policy: ProductPolicy | None
    within: Within


async def put_stock_policy(command: PutStockPolicy, uow: UnitOfWork) -> KeptPolicy:
    """Keep a site's policy; the same again changes nothing.

    Raises:
        UnknownSites: The caller sees no such site.
        StaleVersion: Its ``current`` is a ``KeptPolicy``.
    """
    site = (await named_sites([command.site], command.within, uow))[command.site]
    kept = await uow.stock_policies.locked(site.site_id)
    if command.expected_version not in {None, kept.version}:
        raise StaleVersion(kept)
    if kept.version and kept.policy == command.policy:
        return kept
    changed = KeptPolicy(command.policy, kept.version + 1)
    await uow.stock_policies.keep(site.site_id, changed)
    return changed


async def put_product_policy(command: PutProductPolicy, uow: UnitOfWork) -> bool:
    """Keep what a site decides for one product; tells whether it had decided before.

    Raises:
        UnknownSites: The caller sees no such site.
        UnknownProducts: The SKU is of no product.
    """
    site = (await named_sites([command.site], command.within, uow))[command.site]
    if command.policy is not None and (unknown := await uow.products.unknown([command.sku])):
        raise UnknownProducts(unknown)
    return await uow.stock_policies.keep_product(site.site_id, command.sku, command.policy)
