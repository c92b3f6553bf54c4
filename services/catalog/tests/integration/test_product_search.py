"""What a customer of a level finds on a site (SE-4)."""

from collections.abc import Mapping, Sequence

import pytest
from messaging.direct import Direct, Driver, Row

from services.catalog.tests.api import Api, problem
from services.catalog.tests.driving import Catalog
from services.catalog.tests.shop import Shop, a_code, a_shop, pounds


@pytest.fixture
async def shop(api: Api, catalog: Catalog) -> Shop:
    return await a_shop(api, catalog)


async def found(shop: Shop, query: str = "") -> dict[str, list[int]]:
    """Give the prices of the variants, by product code."""
    page = await shop.api.get(f"/products?site={shop.site}&{query}")
    return {
        item["code"]: [variant["price"]["minor"] for variant in item["variants"]]
        for item in page["items"]
    }


async def a_shirt(shop: Shop, code: str, small: str, large: str) -> None:
    variants = [
        {"sku": small, "options": {"Size": "S"}, "prices": {shop.site: pounds(100)}},
        {
            "sku": large,
            "options": {"Size": "L"},
            "prices": {shop.site: pounds(200)},
            "barcodes": ["5012345678900"],
        },
    ]
    options = [{"name": "Size", "values": ["S", "L"]}]
    await shop.put(f"/products/{code}", name="Oxford shirt", options=options, variants=variants)


async def test_a_product_is_found_once_with_its_variants(shop: Shop) -> None:
    """CP-2, SE-4: by name, SKU and barcode; with the choices to be made."""
    code, small, large = a_code(), f"a{a_code()}", f"b{a_code()}"
    await a_shirt(shop, code, small, large)

    for query in ("", "q=oxf%20shi", f"q={large[:20]}", f"q={small}", "q=501234567"):
        assert await found(shop, query) == {code: [100, 200]}, query
    item = (await shop.api.get(f"/products?site={shop.site}"))["items"][0]
    assert item["options"] == [{"name": "Size", "values": ["S", "L"]}]
    assert [variant["options"] for variant in item["variants"]] == [{"Size": "S"}, {"Size": "L"}]


async def test_a_level_sees_its_products_at_its_prices(shop: Shop) -> None:
    """SE-4, CP-1, CU-14."""
    plain = await shop.product(1000)
    trade = await shop.product(1000, visibility={shop.site: {"levels": ["trade"]}})
    await shop.product(1000, visibility={shop.site: {"visible": False}})
    await shop.product(1000, active=False)
    await shop.price_list((plain, 1, 900), (trade, 2, 1), level="trade")
    special = await shop.price_list((plain, 1, 800))

    assert await found(shop) == {plain: [1000]}
    assert await found(shop, "level=trade") == {plain: [900], trade: [1000]}
    assert await found(shop, f"level=trade&price_list={special}") == {plain: [800], trade: [1000]}
    unknown = await shop.api.call("GET", f"/products?site={shop.site}&price_list=none")
    problem(unknown, 404, "UNKNOWN_PRICE_LIST", "query: price_list")


async def test_an_exclusive_list_hides_what_is_not_on_it(shop: Shop) -> None:
    """CP-4: of a product with options, the variants that are not on it."""
    on = await shop.product(1000)
    await shop.product(1000)
    code, small, large = a_code(), a_code(), a_code()
    await a_shirt(shop, code, small, large)
    only = await shop.price_list((on, 1, 900), (large, 1, 150), exclusive=True)

    assert await found(shop, f"price_list={only}") == {on: [900], code: [150]}


async def test_a_category_holds_what_is_sorted_into_its_parts(shop: Shop) -> None:
    """SE-4."""
    parent, child, other = a_code(), a_code(), a_code()
    await shop.put(f"/categories/{parent}", name="Furniture")
    await shop.put(f"/categories/{child}", name="Chairs", parent=parent)
    await shop.put(f"/categories/{other}", name="Lamps")
    chair = await shop.product(categories=[child])
    lamp = await shop.product(categories=[other], name="Lamp")

    assert set(await found(shop, f"category={parent}")) == {chair}
    assert set(await found(shop, f"category={other}&q=la")) == {lamp}
    assert await found(shop, f"category={other}&q=chair") == {}


async def test_a_variant_is_shown_with_its_price_and_stock(shop: Shop, catalog: Catalog) -> None:
    """CP-5, IN-1, IN-2: by SKU, as one customer would buy it."""
    code, small, large = a_code(), a_code(), a_code()
    await a_shirt(shop, code, small, large)
    await shop.price_list((large, 1, 150), level="trade")
    place = a_code()
    await catalog.location(shop.site_id, code=place)
    await shop.api.adjust(place, [{"sku": large, "change": 4}])

    shown = await shop.api.get(f"/variants/{large}?site={shop.site}&level=trade")

    assert (shown["product"], shown["name"]) == (code, "Oxford shirt")
    assert (shown["list_price"], shown["price"]) == (pounds(200), pounds(150))
    assert [step["source"] for step in shown["trace"]] == ["list", "level"]
    assert (shown["stock"]["current"], shown["locations"][0]["current"]) == (4, 4)
    for path in (f"{code}?site={shop.site}", f"{small}?site=none", f"none?site={shop.site}"):
        assert (await shop.api.call("GET", f"/variants/{path}")).status_code == 404


async def test_all_that_is_kept_of_products_is_listed_for_an_export(
    shop: Shop, catalog: Catalog
) -> None:
    """OB-1, SC-1: only what the caller's sites sell, with prices there."""
    other = await a_shop(shop.api, catalog)
    code, small, large = a_code(), a_code(), a_code()
    await a_shirt(shop, code, small, large)
    await other.product()
    staff = shop.api.staff(shop.site_id)

    (record,) = (await staff.get("/product-records"))["items"]

    assert (record["code"], record["version"]) == (code, 1)
    assert [v["prices"] for v in record["variants"]] == [
        {shop.site: pounds(100)},
        {shop.site: pounds(200)},
    ]


async def test_a_search_and_a_quote_take_two_statements_each(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SE-6: the site, and all that is told; each round trip more costs every caller."""
    chair = await shop.product()
    fetch, seen = Direct.fetch, list[str]()

    async def noted(
        self: Direct, driver: Driver, given: Mapping[str, object] | None = None
    ) -> Sequence[Row]:
        seen.append(self.text)
        return await fetch(self, driver, given)

    monkeypatch.setattr(Direct, "fetch", noted)

    def about_goods() -> int:
        return sum("site" in text for text in seen)

    assert await found(shop, f"q={chair}")
    assert about_goods() == 2, seen
    seen.clear()
    assert (await shop.quote((chair, 1)))["lines"]
    assert about_goods() == 2, seen
