from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from contracts.catalog.events import ProductChanged
from contracts.values import Sku, new_id

from catalog.domain.choices import Choice, choice_faults
from catalog.domain.errors import CatalogError, Fault, NotYours, Shared, StaleVersion, Unfit
from catalog.domain.products import (
    Product,
    VariantWish,
)
from catalog.domain.sites import Site
from catalog.handlers.partly_said import completed, in_the_order_of, says
from catalog.handlers.put_product import KeptProduct, OfferedVariant, PutProduct
from catalog.handlers.scoped import Within, beyond
from catalog.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is looked up once for all products of a request.

    Attributes:
        sites: By code; only those the caller sees.
        owners: Code of the product that each SKU belongs to by now.
    """

    sites: Mapping[str, Site]
    categories: Collection[str]
    owners: dict[Sku, Sku]


async def put_product(command: PutProduct, uow: UnitOfWork) -> KeptProduct:
    """Make or change a product and tell everyone; the same again changes nothing.

    Raises:
        Unfit: Some of its fields cannot stand: UNKNOWN_SITE, CURRENCY_MISMATCH, UNKNOWN_CATEGORY,
            SKU_TAKEN or what ``choice_faults`` gives.
        NotYours: Only sites that the caller does not see sell it.
        Shared: Some of these sell it too, and what holds on every site would change.
        StaleVersion: Its ``current`` is a ``KeptProduct``.
    """
    (result,) = await put_products([command], uow)
    if isinstance(result, StaleVersion) and isinstance(result.current, Product):
        raise StaleVersion(await _seen(result.current, command.within, uow)) from result
    if isinstance(result, CatalogError):
        raise result
    seen = await _seen(result.product, command.within, uow)
    return KeptProduct(seen.product, seen.sites, result.created, result.changed)


Keeping = Callable[[Sequence[Product], UnitOfWork], Awaitable[Mapping[Sku, CatalogError]]]
"""Keeps and tells products; gives what could not be kept, by code, and why."""


async def kept_whole(products: Sequence[Product], uow: UnitOfWork) -> Mapping[Sku, CatalogError]:
    """Keep and tell all of the products, or fail."""
    await uow.products.keep(products)
    for product in products:
        tell(product, uow)
    return {}


async def put_products(
    commands: Sequence[PutProduct],
    uow: UnitOfWork,
    *,
    rehearse: bool = False,
    keep: Keeping = kept_whole,
) -> Sequence[KeptProduct | CatalogError]:
    """Put each as if alone, in few statements; one that is refused does not stop the others.

    A rehearsal tells what would come of it, and changes nothing. Gives what became of each, in
    order; a stale one has its ``Product`` as ``current``.
    """
    products = await uow.products.locked({command.code: new_id() for command in commands})
    facts = await _facts(commands, uow)
    results = [_put(command, products[command.code], facts) for command in commands]
    if rehearse:
        await uow.products.drop_unkept(products.keys())
        return results
    kept = [result for result in results if isinstance(result, KeptProduct)]
    changed = {result.product.code: result.product for result in kept if result.changed}
    lost = await keep([*changed.values()], uow)
    await uow.products.drop_unkept(products.keys() - (changed.keys() - lost.keys()))
    return [lost.get(command.code, r) for command, r in zip(commands, results, strict=True)]


async def _facts(commands: Sequence[PutProduct], uow: UnitOfWork) -> _Facts:
    within = commands[0].within
    named = {code for command in commands for code in _site_codes(command)}
    known = await uow.sites.by_code(named)
    sites = {c: site for c, site in known.items() if within is None or site.site_id in within}
    skus = {variant.sku for command in commands for variant in command.variants}
    categories = {code for command in commands for code in command.terms.categories}
    return _Facts(sites, await uow.categories.known(categories), await uow.products.owners(skus))


def _put(command: PutProduct, product: Product, facts: _Facts) -> KeptProduct | CatalogError:
    created, within = product.version == 0, command.within
    if within is not None and product.sites and within.isdisjoint(product.sites):
        return NotYours(command.code)
    if command.expected_version not in {None, product.version}:
        return StaleVersion(None if created else product)
    command = completed(command, product)
    if beyond(product.sites, within):
        command = in_the_order_of(product, command)
        if _changes_what_is_shared(command, product):
            return Shared("product", command.code)
    if faults := [*_faults(command, facts)]:
        return Unfit(faults)
    on = within if command.on is None else command.on
    wishes = [_wish(offered, product, facts, on) for offered in command.variants]
    facts.owners.update({wish.sku: command.code for wish in wishes})
    visibility = {} if command.said is None else dict(product.visibility)
    visibility |= {facts.sites[code].site_id: seen for code, seen in command.visibility.items()}
    changed = product.change(command.terms, wishes, visibility, within=on)
    return KeptProduct(product, {}, created, changed)


def _changes_what_is_shared(command: PutProduct, product: Product) -> bool:
    known = product.variants
    return command.terms != product.terms or any(
        offered.sku in known and offered.terms != known[offered.sku].terms
        for offered in command.variants
    )


def _wish(offered: OfferedVariant, product: Product, facts: _Facts, on: Within) -> VariantWish:
    prices = {facts.sites[code].site_id: price for code, price in offered.prices.items()}
    known = product.variants.get(offered.sku)
    if known is not None and not says(offered.said, "prices"):
        prices = {site: p for site, p in known.prices.items() if on is None or site in on}
    variant_id = product.product_id if offered.sku == product.code else new_id()
    return VariantWish(offered.sku, variant_id, offered.terms, prices)


def _faults(command: PutProduct, facts: _Facts) -> Iterator[Fault]:
    if unknown := command.terms.categories - set(facts.categories):
        detail = f"there is no category {', '.join(sorted(unknown))}"
        yield Fault("/categories", "UNKNOWN_CATEGORY", detail)
    for code in command.visibility:
        if code not in facts.sites:
            yield Fault(f"/visibility/{code}", "UNKNOWN_SITE", f"there is no site {code}")
    choices = [Choice(offered.at, offered.sku, offered.terms) for offered in command.variants]
    yield from choice_faults(command.code, command.terms.options, choices)
    for offered in command.variants:
        if facts.owners.get(offered.sku, command.code) != command.code:
            detail = f"{offered.sku} belongs to another product"
            yield Fault(f"{offered.at}/sku", "SKU_TAKEN", detail)
        yield from _price_faults(offered, facts)


def _price_faults(offered: OfferedVariant, facts: _Facts) -> Iterator[Fault]:
    for code, price in offered.prices.items():
        at, site = f"{offered.at}/prices/{code}", facts.sites.get(code)
        if site is None:
            yield Fault(at, "UNKNOWN_SITE", f"there is no site {code}")
        elif price.currency != site.currency:
            detail = f"prices of {code} are in {site.currency}"
            yield Fault(f"{at}/currency", "CURRENCY_MISMATCH", detail)


def _site_codes(command: PutProduct) -> Iterator[str]:
    yield from command.visibility
    for offered in command.variants:
        yield from offered.prices


async def _seen(product: Product, within: Within, uow: UnitOfWork) -> KeptProduct:
    sites = product.sites | product.visibility.keys()
    seen = sites if within is None else sites & within
    return KeptProduct(product, await uow.sites.codes(seen) if seen else {})


def tell(product: Product, uow: UnitOfWork) -> None:
    """Publish every variant; a reader keeps the highest version, so one unchanged is skipped."""
    for variant in product.variants.values():
        event = ProductChanged(
            product_id=variant.variant_id,
            version=variant.version,
            sku=variant.sku,
            name=product.terms.name,
            prices=dict(product.sold(variant.sku)),
            product=product.code,
            options=dict(variant.terms.options),
        )
        uow.outbox.publish(event, sequence=variant.version)
