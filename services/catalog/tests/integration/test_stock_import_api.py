"""Stock in bulk over HTTP: a bad row does not stop the others."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest
from contracts.values import LocationId, SiteId

from services.catalog.tests.api import Api, problem
from services.catalog.tests.driving import Catalog
from tests.planted import refusing_rows

Place = tuple[str, SiteId, LocationId]


@pytest.fixture
async def place(catalog: Catalog) -> Place:
    code = f"c{uuid4().hex}"
    site = await catalog.site()
    return code, site, await catalog.location(site, code=code)


async def send(
    api: Api, *rows: dict[str, Any], dry: bool = False, key: str | None = None
) -> httpx2.Response:
    path = "/imports/stock?dry_run=true" if dry else "/imports/stock"
    return await api.call("POST", path, {"rows": rows}, Idempotency_Key=key or uuid4().hex)


def found(answer: httpx2.Response) -> tuple[int, int, int, list[tuple[int, str, str]]]:
    assert answer.status_code == 200, answer.text
    report = answer.json()
    errors = [(one["line"], one["pointer"], one["code"]) for one in report["errors"]]
    return report["created"], report["changed"], report["unchanged"], errors


async def test_rows_count_change_and_keep_back(api: Api, catalog: Catalog, place: Place) -> None:
    """OB-1, IN-4, IN-7: a count sets what is on hand; the same again changes nothing."""
    code, site, location = place
    one, two, three = sorted([await catalog.product(site) for _ in range(3)])
    await catalog.adjust(location, {two: 5, three: 5})
    rows: list[dict[str, Any]] = [
        {"line": 2, "location": code, "sku": one, "on_hand": 7, "safety_stock": 1},
        {"line": 3, "location": code, "sku": two, "on_hand": 3, "reason": "stocktaking"},
        {"line": 4, "location": code, "sku": three, "on_hand": 5},
    ]

    dry = found(await send(api, *rows, dry=True))
    assert (one, location) not in await catalog.levels()
    first = found(await send(api, *rows, key="once"))
    replayed = await send(api, *rows, key="once")
    again = found(await send(api, *rows))

    assert dry == first == (1, 1, 1, [])
    assert replayed.headers["Idempotent-Replayed"] == "true"
    assert again == (0, 0, 3, [])
    levels = await catalog.levels()
    assert [levels[sku, location][0] for sku in (one, two, three)] == [7, 3, 5]
    moved = (await api.get(f"/stock-movements?location={code}"))["items"]
    assert [(m["sku"], m["change"], m["kind"], m["reason"]) for m in moved[:2]] == [
        (two, -2, "count", "stocktaking"),
        (one, 7, "count", "import"),
    ]
    assert found(await send(api, {"line": 1, "location": code, "sku": one, "change": -2})) == (
        0,
        1,
        0,
        [],
    )
    assert (await api.get(f"/stock/{code}/{one}"))["available"] == 4


@pytest.mark.parametrize("dry", [True, False])
async def test_bad_rows_are_named_and_the_good_ones_taken(
    api: Api, catalog: Catalog, place: Place, dry: bool
) -> None:
    """OB-1: line, field and code of each; never a 500."""
    code, site, location = place
    chair, table = sorted([await catalog.product(site) for _ in range(2)])
    await catalog.adjust(location, {chair: 5})
    await catalog.reserve(site, (chair, 4, None))

    def row(line: object, **but: object) -> dict[str, Any]:
        return {"line": line, "location": code, "sku": chair, **but}

    report = found(
        await send(
            api,
            row(1, on_hand=3),
            row(2, sku="nothing", on_hand=1),
            row(3, location="nowhere", on_hand=1),
            row(4, on_hand=1, change=1),
            row(5),
            row(6, on_hand=-1),
            row(7, change=0),
            row(8, on_hand="7"),
            row(9, on_hand=1, colour="red"),
            row(10, sku=" A", on_hand=1),
            row(11, change=-2),
            row(12, sku=table, on_hand=10),
            row("13", on_hand=1),
            {"line": 14, "on_hand": 1},
            row(15, on_hand=1, reason="a\x07b"),
            dry=dry,
        )
    )

    assert report == (
        1,
        0,
        0,
        [
            (1, "/on_hand", "STOCK_BELOW_COMMITTED"),
            (2, "/sku", "UNKNOWN_PRODUCT"),
            (3, "/location", "UNKNOWN_LOCATION"),
            (4, "", "COUNT_OR_CHANGE"),
            (5, "", "NOTHING_TO_DO"),
            (6, "/on_hand", "OUT_OF_RANGE"),
            (7, "/change", "QUANTITY_OUT_OF_RANGE"),
            (8, "/on_hand", "WRONG_TYPE"),
            (9, "/colour", "UNKNOWN_FIELD"),
            (10, "/sku", "INVALID_SKU"),
            (11, "/sku", "DUPLICATE_ROW"),
            (13, "/line", "WRONG_TYPE"),
            (14, "/location", "FIELD_REQUIRED"),
            (14, "/sku", "FIELD_REQUIRED"),
            (15, "/reason", "INVALID_TEXT"),
        ],
    )
    levels = await catalog.levels()
    assert levels[chair, location] == (5, 4, 0)
    assert levels.get((table, location), (0,))[0] == (0 if dry else 10)
    assert await catalog.miscounted() == []


async def test_rows_of_other_sites_locations_are_unknown(
    api: Api, catalog: Catalog, place: Place
) -> None:
    """SC-1."""
    code, site, _ = place
    chair = await catalog.product(site)
    elsewhere = api.staff(await catalog.site())
    row = {"line": 1, "location": code, "sku": chair, "on_hand": 1}

    assert found(await send(elsewhere, row))[3] == [(1, "/location", "UNKNOWN_LOCATION")]
    denied = api.staff(site, permissions=["catalog.read"])
    problem(await send(denied, row), 403, "PERMISSION_DENIED")


async def test_five_hundred_rows_at_most(api: Api, catalog: Catalog, place: Place) -> None:
    """OB-1: a full request is taken in a few statements."""
    code, site, location = place
    skus = [await catalog.product(site) for _ in range(20)]
    other = f"d{uuid4().hex}"
    await catalog.location(site, code=other)
    rows: list[dict[str, Any]] = [
        {"line": n, "location": at, "sku": sku, "on_hand": n, "reason": f"shelf {n}"}
        for at in (code, other)
        for n, sku in enumerate(skus, start=1)
    ]

    assert found(await send(api, *rows)) == (40, 0, 0, [])
    assert (await catalog.levels())[skus[4], location][0] == 5
    problem(await send(api, *rows * 13), 422, "INVALID_REQUEST", "/rows")
    problem(await send(api), 422, "INVALID_REQUEST", "/rows")


async def test_a_row_that_the_database_cannot_take_stops_no_other(
    api: Api, catalog: Catalog, place: Place
) -> None:
    """OB-1, EV-4: whatever goes wrong with one row, the others are kept, each once."""
    code, site, location = place
    skus = [await catalog.product(site) for _ in range(5)]
    rows = [
        {"line": n, "location": code, "sku": sku, "on_hand": 4} for n, sku in enumerate(skus, 2)
    ]

    async with refusing_rows(
        catalog.sessions, "stock", f"NEW.sku = '{skus[3]}' AND NEW.on_hand = 4"
    ):
        report = found(await send(api, *rows))

    assert report == (4, 0, 0, [(5, "", "INTERNAL")])
    levels = await catalog.levels()
    assert [levels[sku, location][0] for sku in skus if sku != skus[3]] == [4] * 4
    assert found(await send(api, *rows))[1:] == (1, 4, [])
