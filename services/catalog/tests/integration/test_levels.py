"""What names a level that there is not would be seen by nobody: it is refused."""

from typing import Any
from uuid import uuid4

from services.catalog.tests.api import Api, problem
from services.catalog.tests.driving import Catalog
from services.catalog.tests.shop import Shop, a_code, a_shop, pounds

LEVEL = "UNKNOWN_LEVEL"


def a_product(shop: Shop, *levels: str) -> dict[str, object]:
    return {
        "name": "Chair",
        "prices": {shop.site: pounds(100)},
        "visibility": {shop.site: {"levels": levels}},
    }


async def test_a_level_that_there_is_not_is_refused_by_field(api: Api, catalog: Catalog) -> None:
    """CU-14, CP-1, CP-4: of price lists, promotions, vouchers and products."""
    shop = await a_shop(api, catalog)
    price_list = {"site": shop.site, "name": "L", "currency": "GBP", "level": "tarde"}
    problem(await api.put(f"/price-lists/{a_code()}", price_list), 422, LEVEL, "/level")
    terms = {"name": "S", "kind": "percent", "basis_points": 1000, "level": "tarde"}
    sale = f"/promotions/{a_code()}"
    problem(await api.put(sale, {**terms, "sites": [shop.site]}), 422, LEVEL, "/level")
    voucher, key = {"site": shop.site, "terms": terms}, uuid4().hex
    refused = await api.call("POST", "/vouchers", voucher, Idempotency_Key=key)
    problem(refused, 422, LEVEL, "/terms/level")
    product, at = f"/products/{a_code()}", f"/visibility/{shop.site}/levels/1"
    problem(await api.put(product, a_product(shop, "trade", "tarde")), 422, LEVEL, at)
    for path in (sale, product):
        problem(await api.call("GET", path), 404, "NOT_FOUND")

    api.levels.codes.add("tarde")
    assert (await api.put(f"/price-lists/{a_code()}", price_list)).status_code == 201
    assert (await api.put(product, a_product(shop, "trade", "tarde"))).status_code == 201


async def test_rows_of_an_import_that_name_no_level_stand_in_the_report(
    api: Api, catalog: Catalog
) -> None:
    """CU-14, OB-1: a dry run tells the same; the customers service is asked once."""
    shop = await a_shop(api, catalog)
    good, bad = a_code(), a_code()
    rows = [
        {"line": 2, "product": {"code": good, **a_product(shop, "trade")}},
        {"line": 3, "product": {"code": bad, **a_product(shop, "tarde")}},
    ]

    async def taken_in(query: str = "") -> dict[str, Any]:
        keyed = {"Idempotency_Key": uuid4().hex}
        answer = await api.call("POST", f"/imports/products{query}", {"rows": rows}, **keyed)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    dry = await taken_in("?dry_run=true")
    assert api.levels.asked == 1
    wet = await taken_in()
    assert wet == dry
    [error] = wet["errors"]
    assert (error["line"], error["code"]) == (3, LEVEL)
    assert error["pointer"] == f"/product/visibility/{shop.site}/levels/0"
    assert (await api.call("GET", f"/products/{good}")).status_code == 200
    problem(await api.call("GET", f"/products/{bad}"), 404, "NOT_FOUND")


async def test_nothing_that_names_a_level_is_put_while_nobody_tells_of_levels(
    api: Api, catalog: Catalog
) -> None:
    """CU-14: 503, to be sent again; what names none is put, and an answered request stays so."""
    shop, key = await a_shop(api, catalog), uuid4().hex
    terms = {"name": "S", "kind": "percent", "basis_points": 1000, "level": "trade"}
    voucher = {"site": shop.site, "terms": terms}
    made = await api.call("POST", "/vouchers", voucher, Idempotency_Key=key)
    api.levels.away = True
    again = await api.call("POST", "/vouchers", voucher, Idempotency_Key=key)
    assert (again.status_code, again.json()) == (201, made.json())
    product = f"/products/{a_code()}"
    problem(await api.put(product, a_product(shop, "trade")), 503, "SERVICE_UNANSWERED")
    rows = {"rows": [{"line": 1, "product": {"code": a_code(), **a_product(shop, "trade")}}]}
    away = await api.call("POST", "/imports/products", rows, Idempotency_Key=uuid4().hex)
    problem(away, 503, "SERVICE_UNANSWERED")
    assert (await api.put(product, a_product(shop))).status_code == 201
