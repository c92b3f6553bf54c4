from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contracts.catalog.events import PriceListChanged
from contracts.values import Money, SiteId, Sku, new_id

from catalog.domain.errors import Fault, NotYours, StaleVersion, Unfit
from catalog.domain.price_lists import Entry, ListTerms, PriceList, PriceListOverlaps
from catalog.handlers.scoped import Within
from catalog.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PutPriceList:
    """Make or change a price list; ``site`` is a code, and stays what it was first.

    Attributes:
        expected_version: Refuse if it is another; none accepts any.
    """

    code: str
    site: str
    currency: str
    terms: ListTerms
    within: Within
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class KeptPriceList:
    """A price list as it now is; ``site`` is the code of its site."""

    price_list: PriceList
    site: str
    created: bool = False


@dataclass(frozen=True, slots=True)
class AskedEntry:
    """A price that an entry shall have; ``at`` is its JSON pointer in the request."""

    sku: Sku
    min_units: int
    price: Money
    no_discounts: bool
    at: str


async def put_price_list(command: PutPriceList, uow: UnitOfWork) -> KeptPriceList:
    """Make or change a price list; the same again changes nothing.

    Raises:
        Unfit: UNKNOWN_SITE, CURRENCY_MISMATCH, VALIDITY_EMPTY or SITE_FIXED.
        NotYours: It is of a site that the caller does not see.
        StaleVersion: Its ``current`` is a ``KeptPriceList``.
        PriceListOverlaps: Another list of its level holds at the same time.
    """
    site = (await uow.sites.by_code([command.site])).get(command.site)
    if site is None or not _sees(command.within, site.site_id):
        raise Unfit([Fault("/site", "UNKNOWN_SITE", f"there is no site {command.site}")])
    if site.currency != command.currency:
        detail = f"prices of {site.code} are in {site.currency}"
        raise Unfit([Fault("/currency", "CURRENCY_MISMATCH", detail)])
    if faults := command.terms.validity.faults():
        raise Unfit(faults)
    price_list = await uow.price_lists.locked(command.code, site.site_id, new_id=new_id())
    created = price_list.version == 0
    if not _sees(command.within, price_list.site_id):
        raise NotYours(command.code)
    if price_list.site_id != site.site_id:
        raise Unfit([Fault("/site", "SITE_FIXED", "the site of a price list cannot be changed")])
    if command.expected_version not in {None, price_list.version}:
        raise StaleVersion(None if created else KeptPriceList(price_list, site.code))
    if price_list.change(command.currency, command.terms):
        if other := await uow.price_lists.overlapping(price_list):
            raise PriceListOverlaps(other)
        await uow.price_lists.keep(price_list)
        _tell(price_list, uow)
    return KeptPriceList(price_list, site.code, created)


async def put_entries(
    code: str, asked: Sequence[AskedEntry], within: Within, uow: UnitOfWork
) -> PriceList:
    """Put prices on a list, beside those that it has; the same again changes nothing.

    Raises:
        NotYours: There is no such list on the caller's sites.
        Unfit: UNKNOWN_PRODUCT, CURRENCY_MISMATCH or DUPLICATE_ENTRY; then nothing is put.
    """
    price_list = await locked_list(code, within, uow)
    unknown = await uow.products.unknown({entry.sku for entry in asked})
    if faults := [*entry_faults(asked, price_list.currency, unknown)]:
        raise Unfit(faults)
    await keep_entries(price_list, asked, uow)
    return price_list


async def keep_entries(price_list: PriceList, asked: Sequence[AskedEntry], uow: UnitOfWork) -> int:
    """Put prices that are fit on a locked list; gives how many are new or changed."""
    entries = [Entry(e.sku, e.min_units, e.price.minor, e.no_discounts) for e in asked]
    changed = await uow.price_lists.put_entries(price_list.code, entries)
    if changed:
        await _grow(price_list, uow)
    return changed


async def drop_entry(
    code: str, sku: Sku, min_units: int | None, within: Within, uow: UnitOfWork
) -> None:
    """Take a product off a list, or one of its quantity breaks.

    Raises:
        NotYours: There is no such list on the caller's sites, or no such entry.
    """
    price_list = await locked_list(code, within, uow)
    if not await uow.price_lists.drop_entries(code, sku, min_units):
        raise NotYours(sku)
    await _grow(price_list, uow)


async def drop_price_list(
    code: str, within: Within, expected_version: int | None, uow: UnitOfWork
) -> None:
    """Drop a list with its entries; an order that it was put on must do without it.

    Raises:
        NotYours: There is no such list on the caller's sites.
        StaleVersion: Its ``current`` is a ``KeptPriceList``.
    """
    price_list = await locked_list(code, within, uow)
    if expected_version not in {None, price_list.version}:
        site = (await uow.sites.codes([price_list.site_id]))[price_list.site_id]
        raise StaleVersion(KeptPriceList(price_list, site))
    await uow.price_lists.drop(code)
    price_list.version += 1
    _tell(price_list, uow)


async def locked_list(code: str, within: Within, uow: UnitOfWork) -> PriceList:
    """Give a list of the caller's sites, locked.

    Raises:
        NotYours: There is none.
    """
    price_list = await uow.price_lists.found(code)
    if price_list is None or not _sees(within, price_list.site_id):
        raise NotYours(code)
    return price_list


def entry_faults(asked: Sequence[AskedEntry], currency: str, unknown: set[Sku]) -> Iterator[Fault]:
    """Give what is wrong with entries for a list in this currency."""
    seen = set[tuple[Sku, int]]()
    for entry in asked:
        if entry.sku in unknown:
            yield Fault(f"{entry.at}/sku", "UNKNOWN_PRODUCT", f"there is no product {entry.sku}")
        if entry.price.currency != currency:
            detail = f"prices of the list are in {currency}"
            yield Fault(f"{entry.at}/price/currency", "CURRENCY_MISMATCH", detail)
        if (entry.sku, entry.min_units) in seen:
            detail = "an earlier entry has the same product and units"
            yield Fault(f"{entry.at}/sku", "DUPLICATE_ENTRY", detail)
        seen.add((entry.sku, entry.min_units))


def _sees(within: Within, site_id: SiteId) -> bool:
    return within is None or site_id in within


async def _grow(price_list: PriceList, uow: UnitOfWork) -> None:
    price_list.version += 1
    await uow.price_lists.keep(price_list)
    _tell(price_list, uow)


def _tell(price_list: PriceList, uow: UnitOfWork) -> None:
    event = PriceListChanged(
        price_list_id=price_list.price_list_id,
        version=price_list.version,
        code=price_list.code,
        site_id=price_list.site_id,
    )
    uow.outbox.publish(event, sequence=price_list.version)
