"""Many products and prices at once: a bad row does not stop the others (OB-1)."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chassis.imports import kept_apart
from contracts.values import Money, SiteId, Sku

from catalog.domain.errors import CatalogError, Fault, NotStorable, NotYours, Shared, Unfit
from catalog.domain.products import Product
from catalog.domain.sites import Site
from catalog.handlers.products import kept_whole, put_products
from catalog.handlers.put_product import KeptProduct, PutProduct
from catalog.handlers.scoped import Within, named_sites
from catalog.handlers.stock_import import Imported, RowFault
from catalog.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product that stands at ``line`` of the caller's file."""

    line: int
    command: PutProduct


@dataclass(frozen=True, slots=True)
class PriceRow:
    """What a SKU costs on a site or by a price list; exactly one of the two is a code."""

    line: int
    sku: Sku
    price: Money
    site: str | None = None
    price_list: str | None = None
    min_units: int = 1
    no_discounts: bool = False


async def import_products(
    rows: Sequence[ProductRow],
    sites: Collection[str] | None,
    within: Within,
    uow: UnitOfWork,
    *,
    dry_run: bool,
) -> Imported:
    """Make and change products; what a row does not say of one that is there stays.

    Args:
        rows: Each stands or falls alone; of rows for one product the later one is done later.
        sites: Codes of those whose prices and visibility the rows speak of; none: all ``within``.
        within: The sites of the caller.
        uow: Where they are kept.
        dry_run: Change nothing, and tell what would come of it.

    Raises:
        UnknownSites: Some of ``sites`` are not known, or not within the caller's sites.
    """
    on = within
    if sites is not None:
        on = frozenset(site.site_id for site in (await named_sites(sites, within, uow)).values())
    commands = [replace(row.command, on=on) for row in rows]
    if not commands:
        return Imported(0, 0, 0, ())
    results = await put_products(commands, uow, rehearse=dry_run, keep=_kept_apart)
    counted, faults = Counter[str](), list[RowFault]()
    for row, result in zip(rows, results, strict=True):
        if isinstance(result, KeptProduct):
            counted[_became(result)] += 1
        else:
            faults += row_faults(row.line, result)
    return Imported(counted["created"], counted["changed"], counted["unchanged"], faults)


async def _kept_apart(products: Sequence[Product], uow: UnitOfWork) -> Mapping[Sku, NotStorable]:
    """Keep and tell all of the products but those that the database cannot take."""

    async def keep(part: Sequence[Product]) -> None:
        await kept_whole(part, uow)

    lost = await kept_apart(products, keep, uow.attempt)
    return {product.code: NotStorable(why.code, why.detail) for product, why in lost}


def _became(kept: KeptProduct) -> str:
    if kept.created:
        return "created"
    return "changed" if kept.changed else "unchanged"


def row_faults(line: int, error: CatalogError) -> Iterator[RowFault]:
    """Give why a product's row was left out."""
    match error:
        case Unfit(faults=faults):
            for fault in faults:
                yield RowFault(line, f"/product{fault.pointer}", fault.code, fault.detail)
        case NotYours():
            yield RowFault(
                line, "/product/code", "NOT_FOUND", "only sites of others sell this product"
            )
        case Shared(code=code):
            yield RowFault(line, "/product/code", code, str(error))
        case NotStorable(code=code):
            yield RowFault(line, "", code, str(error))
        case _:
            yield RowFault(line, "", "REFUSED", str(error))


async def import_site_prices(
    rows: Sequence[PriceRow], within: Within, uow: UnitOfWork, *, dry_run: bool
) -> Imported:
    """Give variants their unit price on a site; each row stands or falls alone."""
    codes = {row.site for row in rows if row.site is not None}
    known = await uow.sites.by_code(codes)
    sites = {c: site for c, site in known.items() if within is None or site.site_id in within}
    owners = await uow.products.owners({row.sku for row in rows})
    products = await uow.products.found(set(owners.values()))
    became, faults = list[tuple[PriceRow, str]](), list[RowFault]()
    changed = dict[Sku, Product]()
    for row in rows:
        product = products.get(owners.get(row.sku, row.sku))
        if wrong := [*_site_price_faults(row, product, sites, within)]:
            faults += (RowFault(row.line, f.pointer, f.code, f.detail) for f in wrong)
        elif product is not None:
            became.append((row, _priced(row, product, sites[row.site or ""].site_id)))
            if became[-1][1] != "unchanged":
                changed[product.code] = product
    lost = await _kept_apart(() if dry_run else [*changed.values()], uow)
    for row, _ in became:
        if (why := lost.get(owners.get(row.sku, row.sku))) is not None:
            faults += row_faults(row.line, why)
    counted = Counter(what for row, what in became if owners.get(row.sku, row.sku) not in lost)
    return Imported(counted["created"], counted["changed"], counted["unchanged"], faults)


def _priced(row: PriceRow, product: Product, site: SiteId) -> str:
    new = site not in product.variants[row.sku].prices
    if not product.price(row.sku, site, row.price):
        return "unchanged"
    return "created" if new else "changed"


def _may_price(product: Product, within: Within) -> bool:
    return within is None or not product.sites or not within.isdisjoint(product.sites)


def _site_price_faults(
    row: PriceRow, product: Product | None, sites: Mapping[str, Site], within: Within
) -> Iterator[Fault]:
    if product is None or not _may_price(product, within):
        yield Fault("/sku", "UNKNOWN_PRODUCT", f"there is no product {row.sku}")
    site = sites.get(row.site or "")
    if site is None:
        yield Fault("/site", "UNKNOWN_SITE", f"there is no site {row.site}")
    elif site.currency != row.price.currency:
        detail = f"prices of {site.code} are in {site.currency}"
        yield Fault("/price/currency", "CURRENCY_MISMATCH", detail)
    if row.min_units != 1:
        yield Fault("/min_units", "BELONGS_TO_PRICE_LIST", "a site's price has no quantity breaks")
    if row.no_discounts:
        yield Fault("/no_discounts", "BELONGS_TO_PRICE_LIST", "only a price list's entry says so")
