"""What other services are told about products."""

from datetime import UTC, datetime
from uuid import uuid4

from contracts.catalog.questions import QuoteProducts
from contracts.catalog.replies import ProductsQuoted, QuoteRefused
from contracts.values import Money, SiteId, Sku

from services.catalog.tests.driving import Catalog


async def quote(catalog: Catalog, site: SiteId, *skus: Sku) -> ProductsQuoted:
    reply = await catalog.handle(QuoteProducts(site_id=site, skus=skus))
    assert isinstance(reply, ProductsQuoted)
    return reply


async def test_a_quote_has_price_and_stock_for_the_site_and_its_time(catalog: Catalog) -> None:
    """CP-1, IN-1, IN-2, IN-4, IN-13."""
    site, other = await catalog.site(), await catalog.site()
    chair = await catalog.product(site, name="Chair")
    near = await catalog.location(site, code=f"a{uuid4().hex}")
    shop = await catalog.location(site, code=f"b{uuid4().hex}", ships=False, pickup=True)
    empty = await catalog.location(site, code=f"c{uuid4().hex}")
    foreign = await catalog.location(other)
    for place in (near, shop, foreign):
        await catalog.adjust(place, {chair: 5})
    await catalog.reserve(site, (chair, 2, None))
    before = datetime.now(UTC)

    told = await quote(catalog, site, chair)

    (product,) = told.products
    assert (product.name, product.price, product.available) == ("Chair", Money(1250, "GBP"), 3)
    assert [(p.location_id, p.available, p.ships, p.pickup) for p in product.locations] == [
        (near, 3, True, False),
        (shop, 5, False, True),
        (empty, 0, True, False),
    ]
    assert abs((told.as_of - before).total_seconds()) < 60


async def test_what_the_site_does_not_sell_is_unknown(catalog: Catalog) -> None:
    """CP-1: staff see what the site's customers see."""
    site, other = await catalog.site(), await catalog.site()
    skus = sorted([await catalog.product(site), await catalog.product(site)])
    foreign = await catalog.product(other)

    told = await quote(catalog, site, *reversed(skus), foreign, Sku("nothing"), Sku("\0"))
    none = await quote(catalog, site, foreign)

    assert [product.sku for product in told.products] == skus
    assert all(product.locations == () for product in told.products)
    assert told.unknown == tuple(sorted([foreign, Sku("nothing"), Sku("\0")]))
    assert (none.products, none.unknown) == ((), (foreign,))


async def test_an_unknown_site_is_refused(catalog: Catalog) -> None:
    refused = await catalog.handle(QuoteProducts(site_id=SiteId(uuid4()), skus=(Sku("A"),)))

    assert isinstance(refused, QuoteRefused)
    assert refused.code == "UNKNOWN_SITE"
