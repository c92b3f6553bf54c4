"""Availability and the policies behind it over HTTP."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.catalog.tests.api import Api, problem
from services.catalog.tests.driving import Catalog

DEFAULT = {
    "future_stock": False,
    "horizon_days": 30,
    "backorder": "refuse",
    "split_shipping": True,
}


def a_code() -> str:
    return f"c{uuid4().hex}"


async def test_a_site_has_the_default_policy_until_it_puts_its_own(
    api: Api, catalog: Catalog
) -> None:
    """IN-5, IN-9, IN-10; SN-4's rule for versions."""
    code = a_code()
    site = await catalog.site(code)
    path = f"/sites/{code}/stock-policy"
    own = {**DEFAULT, "future_stock": True, "horizon_days": 0, "backorder": "permission"}

    assert await api.get(path) == {"site": code, **DEFAULT, "version": 0}
    put = await api.put(path, own, If_Match='"0"')
    again = await api.put(path, own)
    stale = await api.put(path, {}, If_Match='"0"')

    assert put.json() == {"site": code, **own, "version": 1}
    assert again.headers["etag"] == '"1"'
    assert problem(stale, 412, "STALE")["current"]["backorder"] == "permission"
    assert await api.staff(site).get(path) == {"site": code, **own, "version": 1}
    elsewhere = api.staff(await catalog.site())
    problem(await elsewhere.call("GET", path), 404, "NOT_FOUND")
    problem(await elsewhere.put(path, own), 404, "NOT_FOUND")
    problem(await elsewhere.call("GET", f"{path}/products"), 404, "NOT_FOUND")
    problem(await elsewhere.put(f"{path}/products/A", {}), 404, "NOT_FOUND")
    problem(await elsewhere.call("DELETE", f"{path}/products/A"), 404, "NOT_FOUND")
    denied = api.staff(site, permissions=["catalog.read"])
    problem(await denied.put(path, own), 403, "PERMISSION_DENIED")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"horizon_days": -1}, "/horizon_days"),
        ({"horizon_days": 731}, "/horizon_days"),
        ({"horizon_days": "30"}, "/horizon_days"),
        ({"backorder": "maybe"}, "/backorder"),
        ({"future_stock": "yes"}, "/future_stock"),
        ({"split": True}, "/split"),
    ],
)
async def test_a_bad_policy_is_refused_with_the_field_named(
    api: Api, body: object, pointer: str
) -> None:
    """IN-5: never a 500."""
    refused = await api.put("/sites/here/stock-policy", body)

    problem(refused, 422, "INVALID_REQUEST", pointer)


async def test_a_product_may_have_a_policy_of_its_own(api: Api, catalog: Catalog) -> None:
    """IN-5, IN-9: per site and product."""
    code = a_code()
    site = await catalog.site(code)
    chair, table = sorted([await catalog.product(site) for _ in range(2)])
    path = f"/sites/{code}/stock-policy/products"

    await api.put(f"{path}/{table}", {"backorder": "allow"})
    for own in ({"backorder": "refuse"}, {"future_stock": True}):
        put = await api.put(f"{path}/{chair}", own)
        assert put.json() == {"sku": chair, "backorder": None, "future_stock": None, **own}

    first = await api.get(f"{path}?limit=1")
    second = await api.get(f"{path}?after={first['next']}")
    assert [one["sku"] for one in first["items"] + second["items"]] == [chair, table]
    assert (await catalog.available(site, table)).backorder == "allow"
    assert (await api.call("DELETE", f"{path}/{table}")).status_code == 204
    problem(await api.call("DELETE", f"{path}/{table}"), 404, "NOT_FOUND")
    problem(await api.put(f"{path}/nothing", {}), 404, "NOT_FOUND")
    assert (await catalog.available(site, table)).backorder == "refuse"


async def test_stock_is_shown_with_its_current_and_future_parts(api: Api, catalog: Catalog) -> None:
    """IN-1, IN-2, IN-3, IN-13: in all for Direct Ship, and per location."""
    code = a_code()
    site = await catalog.site(code)
    warehouse = await catalog.location(site, code=f"a{uuid4().hex}")
    shop = await catalog.location(site, code=f"b{uuid4().hex}", ships=False, pickup=True)
    chair = await catalog.product(site)
    await catalog.promise(site, future_stock=True)
    await catalog.adjust(warehouse, {chair: 5})
    await catalog.adjust(shop, {chair: 1})
    for days, units in ((9, 2), (1, 4)):
        await catalog.expect(warehouse, {chair: units}, days=days)

    found = await api.get(f"/products/{chair}/stock?site={code}")
    listed = await api.get(f"/availability?site={code}&sku={chair}&sku=nothing")

    today = datetime.now(UTC).date()
    future = [
        {"due": str(today + timedelta(days=1)), "units": 4},
        {"due": str(today + timedelta(days=9)), "units": 2},
    ]
    assert (found["available"], found["current"], found["total"]) == (5, 5, 11)
    assert found["future"] == future
    assert (found["tracked"], found["backorder"]) == (True, "refuse")
    assert [(p["current"], p["future"]) for p in found["locations"]] == [(5, future), (1, [])]
    assert found["as_of"].endswith("Z")
    assert listed["products"][0]["future"] == future
    assert listed["unknown"] == ["nothing"]
    problem(await api.call("GET", f"/availability?site={code}"), 422, "INVALID_REQUEST")
    problem(await api.call("GET", "/availability?site=nowhere&sku=A"), 404, "UNKNOWN_SITE")
    elsewhere = api.staff(await catalog.site())
    hidden = await elsewhere.call("GET", f"/availability?site={code}&sku={chair}")
    problem(hidden, 404, "UNKNOWN_SITE")
