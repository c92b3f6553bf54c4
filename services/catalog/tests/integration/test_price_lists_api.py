"""Price lists over HTTP (CP-4)."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from services.catalog.tests.api import Api, problem
from services.catalog.tests.driving import Catalog


def a_code() -> str:
    return f"c{uuid4().hex}"


def a_list(site: str, **terms: object) -> dict[str, object]:
    return {"site": site, "name": "Trade", "currency": "GBP", **terms}


def an_entry(sku: str, minor: int = 900, **more: object) -> dict[str, object]:
    return {"sku": sku, "price": {"minor": minor, "currency": "GBP"}, **more}


async def test_a_list_is_made_changed_told_of_and_dropped(api: Api, catalog: Catalog) -> None:
    """CP-4: a list is of one site."""
    site, code = a_code(), a_code()
    await catalog.site(site)

    made = await api.put(f"/price-lists/{code}", a_list(site, level="trade"))
    again = await api.put(f"/price-lists/{code}", a_list(site, level="trade"))
    changed = await api.put(f"/price-lists/{code}", a_list(site, active=False), If_Match='"1"')
    stale = await api.put(f"/price-lists/{code}", a_list(site), If_Match='"1"')

    assert [a.status_code for a in (made, again, changed)] == [201, 200, 200]
    assert problem(stale, 412, "STALE")["current"]["active"] is False
    assert (await api.get(f"/price-lists/{code}"))["version"] == 2
    listed = await api.get(f"/price-lists?site={site}")
    assert [item["code"] for item in listed["items"]] == [code]
    assert (await api.call("DELETE", f"/price-lists/{code}")).status_code == 204
    problem(await api.call("GET", f"/price-lists/{code}"), 404, "NOT_FOUND")
    events = await catalog.events(made.json()["price_list_id"])
    assert [event["version"] for event in events] == [1, 2, 3]


async def test_a_list_is_put_while_it_is_dropped(api: Api, catalog: Catalog) -> None:
    """CP-4: whoever comes second finds it gone, and makes it anew."""
    site, code = a_code(), a_code()
    await catalog.site(site)
    for _ in range(5):
        await api.put(f"/price-lists/{code}", a_list(site))

        async with asyncio.TaskGroup() as group:
            drop = group.create_task(api.call("DELETE", f"/price-lists/{code}"))
            puts = [
                group.create_task(api.put(f"/price-lists/{code}", a_list(site, name=f"{n}")))
                for n in range(6)
            ]

        assert drop.result().status_code == 204
        assert {put.result().status_code for put in puts} <= {200, 201}


async def test_entries_are_put_changed_paged_and_dropped(api: Api, catalog: Catalog) -> None:
    """CP-4: quantity breaks."""
    site, code = a_code(), a_code()
    site_id = await catalog.site(site)
    skus = sorted([await catalog.product(site_id) for _ in range(3)])
    await api.put(f"/price-lists/{code}", a_list(site))
    entries = [an_entry(sku) for sku in skus] + [an_entry(skus[0], 800, min_units=10)]

    put = await api.put(f"/price-lists/{code}/entries", {"entries": entries})
    again = await api.put(f"/price-lists/{code}/entries", {"entries": entries})
    cheaper = await api.put(f"/price-lists/{code}/entries", {"entries": [an_entry(skus[1], 1)]})

    assert [a.json()["version"] for a in (put, again, cheaper)] == [2, 2, 3]
    page = await api.get(f"/price-lists/{code}/entries?limit=3")
    rest = await api.get(f"/price-lists/{code}/entries?limit=3&after={page['next']}")
    rows = [(e["sku"], e["min_units"], e["price"]["minor"]) for e in page["items"] + rest["items"]]
    assert rows == [(skus[0], 1, 900), (skus[0], 10, 800), (skus[1], 1, 1), (skus[2], 1, 900)]
    path = f"/price-lists/{code}/entries"
    assert (await api.call("DELETE", f"{path}/{skus[0]}?min_units=10")).status_code == 204
    problem(await api.call("DELETE", f"{path}/{skus[0]}?min_units=10"), 404, "NOT_FOUND")
    assert (await api.call("DELETE", f"{path}/{skus[1]}")).status_code == 204
    assert len((await api.get(path))["items"]) == 2


async def test_entries_are_all_put_or_none(api: Api, catalog: Catalog) -> None:
    """CP-4: every entry at fault is named."""
    site, code = a_code(), a_code()
    sku = await catalog.product(await catalog.site(site))
    await api.put(f"/price-lists/{code}", a_list(site))
    euros = an_entry(sku, price={"minor": 1, "currency": "EUR"})

    refused = await api.put(
        f"/price-lists/{code}/entries", {"entries": [an_entry(sku), an_entry("none"), euros]}
    )

    pointers = ["/entries/1/sku", "/entries/2/price/currency", "/entries/2/sku"]
    document = problem(refused, 422, "UNKNOWN_PRODUCT", *pointers)
    codes = [error["code"] for error in document["errors"]]
    assert codes == ["UNKNOWN_PRODUCT", "CURRENCY_MISMATCH", "DUPLICATE_ENTRY"]
    assert (await api.get(f"/price-lists/{code}/entries"))["items"] == []


@pytest.mark.parametrize(
    ("first", "second", "overlaps"),
    [
        ((None, None), (None, None), True),
        (("2030-01-01T00:00:00Z", None), (None, "2030-01-01T00:00:00Z"), False),
        (("2030-01-01T00:00:00Z", None), (None, "2030-01-01T00:00:01Z"), True),
        (("2030-01-01T00:00:00Z", "2030-02-01T00:00:00Z"), (None, None), True),
        ((None, "2030-02-01T00:00:00Z"), ("2030-02-01T01:00:00+01:00", None), False),
    ],
)
async def test_two_lists_of_a_level_do_not_hold_at_the_same_time(
    api: Api,
    catalog: Catalog,
    first: tuple[str | None, str | None],
    second: tuple[str | None, str | None],
    *,
    overlaps: bool,
) -> None:
    """CP-5: which list prices a line is never a matter of chance."""
    site, one, two = a_code(), a_code(), a_code()
    await catalog.site(site)

    async def put(code: str, span: tuple[str | None, str | None], **terms: object) -> Any:  # noqa: ANN401
        dates = {"valid_from": span[0], "valid_until": span[1]}
        return await api.put(f"/price-lists/{code}", a_list(site, **dates, **terms))

    await put(one, first, level="trade")
    answer = await put(two, second, level="trade")

    if overlaps:
        found = problem(answer, 409, "PRICE_LIST_OVERLAPS", "/valid_from")
        assert found["price_list"] == one
        assert (await put(two, second, level="retail")).status_code == 201
        assert (await put(two, second, level="trade", active=False)).status_code == 200
    else:
        assert answer.status_code == 201


async def test_a_list_that_cannot_stand_is_refused_by_field(api: Api, catalog: Catalog) -> None:
    """CP-4: another site's list, another currency, a span that is empty."""
    site, other, code = a_code(), a_code(), a_code()
    await catalog.site(site)
    await catalog.site(other)
    path = f"/price-lists/{code}"
    span = {"valid_from": "2030-01-01T00:00:00Z", "valid_until": "2030-01-01T00:00:00Z"}

    problem(await api.put(path, a_list("nowhere")), 422, "UNKNOWN_SITE", "/site")
    foreign = await api.put(path, a_list(site, currency="EUR"))
    problem(foreign, 422, "CURRENCY_MISMATCH", "/currency")
    problem(await api.put(path, a_list(site, **span)), 422, "VALIDITY_EMPTY", "/valid_until")
    naive = await api.put(path, a_list(site, valid_from="2030-01-01T00:00:00"))
    problem(naive, 422, "INVALID_REQUEST", "/valid_from")
    await api.put(path, a_list(site))
    problem(await api.put(path, a_list(other)), 422, "SITE_FIXED", "/site")


async def test_lists_of_other_sites_are_not_there(api: Api, catalog: Catalog) -> None:
    """SC-1."""
    site, other, code = a_code(), a_code(), a_code()
    site_id, mine = await catalog.site(site), await catalog.site(other)
    sku = await catalog.product(site_id)
    await api.put(f"/price-lists/{code}", a_list(site))
    staff, path = api.staff(mine), f"/price-lists/{code}"

    problem(await staff.call("GET", path), 404, "NOT_FOUND")
    problem(await staff.put(path, a_list(site)), 422, "UNKNOWN_SITE", "/site")
    problem(await staff.put(path, a_list(other)), 404, "NOT_FOUND")
    problem(await staff.call("DELETE", path), 404, "NOT_FOUND")
    problem(await staff.put(f"{path}/entries", {"entries": [an_entry(sku)]}), 404, "NOT_FOUND")
    problem(await staff.call("GET", f"{path}/entries"), 404, "NOT_FOUND")
    problem(await staff.call("DELETE", f"{path}/entries/{sku}"), 404, "NOT_FOUND")
    assert (await staff.get("/price-lists"))["items"] == []
