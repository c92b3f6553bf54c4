"""Locations and their stock over HTTP."""

from uuid import uuid4

from services.catalog.tests.api import Api, problem
from services.catalog.tests.driving import Catalog


def a_code() -> str:
    return f"c{uuid4().hex}"


async def test_a_location_is_made_and_changed(api: Api, catalog: Catalog) -> None:
    """IN-10: a location is linked to the sites it serves."""
    north, south, code = a_code(), a_code(), a_code()
    await catalog.site(north)
    await catalog.site(south)

    made = await api.put(f"/locations/{code}", {"name": "Depot", "sites": [south, north]})
    again = await api.put(f"/locations/{code}", {"name": "Depot", "sites": [north, south]})
    changed = await api.put(
        f"/locations/{code}",
        {"name": "Shop", "sites": [north], "ships": False, "pickup": True, "priority": 5},
    )
    stale = await api.put(f"/locations/{code}", {"name": "X", "sites": []}, If_Match='"1"')

    assert (made.status_code, again.status_code, changed.status_code) == (201, 200, 200)
    assert made.json()["sites"] == sorted([north, south])
    assert again.headers["etag"] == '"1"'
    assert await api.get(f"/locations/{code}") == {
        "code": code,
        "location_id": made.json()["location_id"],
        "name": "Shop",
        "sites": [north],
        "ships": False,
        "pickup": True,
        "delivery": False,
        "priority": 5,
        "version": 2,
    }
    assert problem(stale, 412, "STALE")["current"]["name"] == "Shop"


async def test_an_unknown_site_is_refused_by_its_place(api: Api, catalog: Catalog) -> None:
    """IN-10."""
    code = a_code()
    await catalog.site(code)

    refused = await api.put(f"/locations/{a_code()}", {"name": "A", "sites": [code, "nowhere"]})

    problem(refused, 422, "UNKNOWN_SITE", "/sites/1")


async def test_staff_see_and_change_only_locations_of_their_sites(
    api: Api, catalog: Catalog
) -> None:
    """SC-1: out of scope is not there; links of other sites stay, and so does what they share."""
    mine, other = a_code(), a_code()
    my_site = await catalog.site(mine)
    await catalog.site(other)
    shared, theirs = a_code(), a_code()
    await api.put(f"/locations/{shared}", {"name": "Shared", "sites": [mine, other]})
    await api.put(f"/locations/{theirs}", {"name": "Theirs", "sites": [other]})
    staff = api.staff(my_site)

    assert (await staff.get(f"/locations/{shared}"))["sites"] == [mine]
    assert [item["code"] for item in (await staff.get("/locations"))["items"]] == [shared]
    problem(await staff.call("GET", f"/locations/{theirs}"), 404, "NOT_FOUND")
    problem(await staff.call("GET", f"/stock?location={theirs}"), 404, "UNKNOWN_LOCATION")
    hijack = await staff.put(f"/locations/{theirs}", {"name": "Mine", "sites": [mine]})
    problem(hijack, 404, "NOT_FOUND")
    renamed = await staff.put(f"/locations/{shared}", {"name": "Mine", "sites": [mine]})
    problem(renamed, 403, "LOCATION_SHARED")
    await staff.put(f"/locations/{shared}", {"name": "Shared", "sites": []})
    assert (await api.get(f"/locations/{shared}"))["sites"] == [other]
    refused = await staff.adjust(theirs, [{"sku": "A", "change": 1}])
    problem(refused, 422, "UNKNOWN_LOCATION", "/location")


async def test_staff_make_no_location_that_they_would_not_see(api: Api, catalog: Catalog) -> None:
    """SC-1: who sees all sites may prepare one that serves none yet."""
    mine, code = a_code(), a_code()
    staff, body = api.staff(await catalog.site(mine)), {"name": "Store", "sites": list[str]()}

    problem(await staff.put(f"/locations/{code}", body), 422, "SITES_MISSING", "/sites")
    made = await staff.put(f"/locations/{code}", {**body, "sites": [mine]})
    assert made.status_code == 201
    assert (await api.put(f"/locations/{a_code()}", body)).status_code == 201


async def test_an_adjustment_is_made_once_per_key(api: Api, catalog: Catalog) -> None:
    """SU-3's rule: the same key gives the same answer; another body is refused."""
    code = a_code()
    site = await catalog.site()
    warehouse = await catalog.location(site, code=code)
    chair = await catalog.product(site)
    lines, key = [{"sku": chair, "change": 7}], uuid4().hex

    first = await api.adjust(code, lines, key)
    again = await api.adjust(code, lines, key)
    reused = await api.adjust(code, [{"sku": chair, "change": 8}], key)

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert (first.json()["author"], first.json()["lines"]) == (
        "clerk",
        [{"sku": chair, "change": 7, "on_hand": 7, "available": 7}],
    )
    problem(reused, 422, "IDEMPOTENCY_KEY_REUSED")
    assert (await catalog.levels())[chair, warehouse] == (7, 0, 0)


async def test_an_adjustment_is_all_or_nothing_and_names_the_line(
    api: Api, catalog: Catalog
) -> None:
    """IN-4: never below what is reserved and allocated."""
    code = a_code()
    site = await catalog.site()
    warehouse = await catalog.location(site, code=code)
    chair, table = await catalog.product(site), await catalog.product(site)
    await catalog.adjust(warehouse, {chair: 5})
    await catalog.reserve(site, (chair, 4, None))
    up = {"sku": table, "change": 3}

    below = await api.adjust(code, [up, {"sku": chair, "change": -2}])
    unknown = await api.adjust(code, [up, {"sku": "nothing", "change": 1}])
    twice = await api.adjust(code, [up, up])
    zero = await api.adjust(code, [{"sku": table, "change": 0}])
    vast = await api.adjust(code, [{"sku": table, "change": 10**30}])

    problem(below, 422, "STOCK_BELOW_COMMITTED", "/lines/1/change")
    problem(unknown, 422, "UNKNOWN_PRODUCT", "/lines/1/sku")
    problem(twice, 422, "DUPLICATE_PRODUCT", "/lines/1/sku")
    for answer in (zero, vast):
        document = problem(answer, 422, "INVALID_REQUEST", "/lines/0/change")
        assert document["errors"][0]["code"] == "QUANTITY_OUT_OF_RANGE"
    assert (await catalog.levels())[chair, warehouse] == (5, 4, 0)
    assert (table, warehouse) not in await catalog.levels()


async def test_the_ledger_of_a_location_is_listed_by_sku(api: Api, catalog: Catalog) -> None:
    """IN-8, IN-13."""
    code = a_code()
    site = await catalog.site()
    warehouse = await catalog.location(site, code=code)
    skus = sorted([await catalog.product(site) for _ in range(3)])
    await catalog.adjust(warehouse, dict.fromkeys(skus, 5))
    await catalog.reserve(site, (skus[0], 2, None))

    first = await api.get(f"/stock?location={code}&limit=2")
    second = await api.get(f"/stock?location={code}&limit=2&after={first['next']}")

    assert [item["sku"] for item in first["items"] + second["items"]] == skus
    assert first["items"][0] == {
        "location": code,
        "sku": skus[0],
        "name": "Chair",
        "on_hand": 5,
        "reserved": 2,
        "allocated": 0,
        "pending": 0,
        "safety_stock": 0,
        "available": 3,
        "expected": 0,
        "version": 1,
    }
    assert second["next"] is None
    assert second["as_of"].endswith("Z")
