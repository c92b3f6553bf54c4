"""A list narrowed to what is not there is no empty list, which would look like an answer."""

import pytest

from services.catalog.tests.api import Api, problem
from services.catalog.tests.driving import Catalog
from services.catalog.tests.shop import a_code, a_shop


@pytest.mark.parametrize("path", ["price-lists", "promotions", "vouchers", "products"])
async def test_an_unknown_or_foreign_site_is_named(api: Api, catalog: Catalog, path: str) -> None:
    """SC-1: out of scope is not there, and is told like what never was."""
    shop = await a_shop(api, catalog)
    stranger = api.staff(await catalog.site(a_code()))

    for who, site in ((api, "nowhere"), (stranger, shop.site)):
        answer = await who.call("GET", f"/{path}?site={site}")
        problem(answer, 404, "UNKNOWN_SITE", "query: site")
    assert (await api.call("GET", f"/{path}?site={shop.site}")).status_code == 200


async def test_an_unknown_category_or_promotion_is_named(api: Api, catalog: Catalog) -> None:
    """SE-4, CP-7."""
    shop, category = await a_shop(api, catalog), a_code()
    await shop.product()
    await api.put(f"/categories/{category}", {"name": "Empty"})
    promotion = await shop.promotion(needs_coupon=True)

    for path, name, code in (
        (f"/products?site={shop.site}&category=", "category", category),
        ("/categories?parent=", "parent", category),
        ("/vouchers?promotion=", "promotion", promotion),
    ):
        answer = await api.call("GET", f"{path}nowhere")
        about = "PROMOTION" if name == "promotion" else "CATEGORY"
        problem(answer, 404, f"UNKNOWN_{about}", f"query: {name}")
        assert (await api.get(f"{path}{code}"))["items"] == []
    stranger = api.staff(await catalog.site(a_code()))
    hidden = await stranger.call("GET", f"/vouchers?promotion={promotion}")
    problem(hidden, 404, "UNKNOWN_PROMOTION", "query: promotion")


@pytest.mark.parametrize("path", ["receipts", "stock-movements"])
async def test_an_unknown_product_is_named(api: Api, catalog: Catalog, path: str) -> None:
    """IN-5, IN-8: a SKU that was mistyped has not just never moved."""
    shop = await a_shop(api, catalog)
    chair = await shop.product()

    answer = await api.call("GET", f"/{path}?sku=nothing")
    problem(answer, 404, "UNKNOWN_PRODUCT", "query: sku")
    assert (await api.get(f"/{path}?sku={chair}"))["items"] == []


@pytest.mark.parametrize("path", ["stock", "receipts", "stock-movements"])
async def test_an_unknown_or_foreign_location_is_named(
    api: Api, catalog: Catalog, path: str
) -> None:
    """SC-1."""
    shop, place = await a_shop(api, catalog), a_code()
    await api.put(f"/locations/{place}", {"name": "Here", "sites": [shop.site]})
    stranger = api.staff(await catalog.site(a_code()))

    for who, location in ((api, "nowhere"), (stranger, place)):
        answer = await who.call("GET", f"/{path}?location={location}")
        problem(answer, 404, "UNKNOWN_LOCATION", "query: location")
    assert (await api.call("GET", f"/{path}?location={place}")).status_code == 200
