"""Receipts, safety stock and movements over HTTP."""

from uuid import uuid4

import httpx2
import pytest
from contracts.values import LocationId, SiteId, Sku

from services.catalog.tests.api import Api, problem
from services.catalog.tests.driving import Catalog

DUE = "2031-05-01"


async def a_place(
    catalog: Catalog, *, products: int = 1
) -> tuple[str, SiteId, LocationId, list[Sku]]:
    """Make a location's code, its site, its id, and products in order of SKU."""
    code = f"c{uuid4().hex}"
    site = await catalog.site()
    location = await catalog.location(site, code=code)
    return code, site, location, sorted([await catalog.product(site) for _ in range(products)])


async def announce(api: Api, place: str, *lines: tuple[str, int], **but: object) -> httpx2.Response:
    body: dict[str, object] = {
        "location": place,
        "reference": "PO-7",
        "due": DUE,
        "lines": [{"sku": sku, "units": units} for sku, units in lines],
        **but,
    }
    return await api.call("POST", "/receipts", body, Idempotency_Key=uuid4().hex)


async def book(
    api: Api, receipt: str, body: object = None, key: str | None = None
) -> httpx2.Response:
    path = f"/receipts/{receipt}/booking"
    return await api.call("POST", path, body or {}, Idempotency_Key=key or uuid4().hex)


async def test_a_receipt_is_announced_booked_in_parts_and_told_of(
    api: Api, catalog: Catalog
) -> None:
    """IN-5: what is booked is on hand exactly once, with a movement each."""
    code, _, location, (chair, table) = await a_place(catalog, products=2)

    made = await announce(api, code, (chair, 5), (table, 2))
    id_ = made.json()["receipt_id"]
    part = await book(api, id_, {"lines": [{"sku": chair, "units": 3}]}, key="part")
    again = await book(api, id_, {"lines": [{"sku": chair, "units": 3}]}, key="part")
    rest = await book(api, id_)

    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert part.json()["lines"][0] == {"sku": chair, "units": 5, "booked": 3, "expected": 2}
    assert again.headers["Idempotent-Replayed"] == "true"
    assert rest.json()["state"] == "booked"
    problem(await book(api, id_), 409, "RECEIPT_CLOSED")
    levels = await catalog.levels()
    assert (levels[chair, location][0], levels[table, location][0]) == (5, 2)
    moved = (await api.get(f"/stock-movements?location={code}"))["items"]
    assert [(m["sku"], m["change"], m["on_hand"]) for m in moved[::-1]] == [
        (chair, 3, 3),
        (chair, 2, 5),
        (table, 2, 2),
    ]
    assert {(m["kind"], m["reason"], m["author"], m["receipt_id"]) for m in moved} == {
        ("receipt", "receipt PO-7", "clerk", id_)
    }


async def test_more_than_was_announced_needs_a_reason(api: Api, catalog: Catalog) -> None:
    """IN-5."""
    code, _, _, (chair, table) = await a_place(catalog, products=2)
    id_ = (await announce(api, code, (chair, 5))).json()["receipt_id"]
    more = {"lines": [{"sku": chair, "units": 6}]}

    problem(await book(api, id_, more), 422, "OVER_BOOKED", "/lines/0/units", "/reason")
    foreign = {"lines": [{"sku": table, "units": 1}], "reason": "found"}
    problem(await book(api, id_, foreign), 422, "NOT_ON_RECEIPT", "/lines/0/sku")
    twice = {"lines": [{"sku": chair, "units": 1}] * 2}
    problem(await book(api, id_, twice), 422, "DUPLICATE_PRODUCT", "/lines/1/sku")
    booked = await book(api, id_, {**more, "reason": "the supplier sent one on top"})

    assert booked.json()["lines"][0] == {"sku": chair, "units": 5, "booked": 6, "expected": 0}


async def test_a_receipt_is_put_off_and_cancelled(api: Api, catalog: Catalog) -> None:
    """IN-5: what was booked stays; SN-4's rule for versions."""
    code, site, _, (chair,) = await a_place(catalog)
    await catalog.promise(site, future_stock=True, horizon_days=730)
    id_ = (await announce(api, code, (chair, 5), due="2020-01-01")).json()["receipt_id"]
    path = f"/receipts/{id_}"

    later = await api.call("PATCH", path, {"due": DUE}, If_Match='"1"')
    stale = await api.call("PATCH", path, {"due": DUE}, If_Match='"1"')
    await book(api, id_, {"lines": [{"sku": chair, "units": 2}]})
    gone = [await api.call("POST", f"{path}/cancellation") for _ in range(2)]

    assert (later.json()["due"], later.json()["version"]) == (DUE, 2)
    assert problem(stale, 412, "STALE")["current"]["due"] == DUE
    assert [answer.json()["state"] for answer in gone] == ["cancelled", "cancelled"]
    assert (await api.get(path))["lines"] == [
        {"sku": chair, "units": 5, "booked": 2, "expected": 0}
    ]
    problem(await api.call("PATCH", path, {"due": DUE}), 409, "RECEIPT_CLOSED")
    found = await catalog.available(site, chair)
    assert (found.current, found.future) == (2, ())


async def test_receipts_are_listed_by_the_day_they_are_due(api: Api, catalog: Catalog) -> None:
    """IN-5: narrowed by location, product and whether anything is still expected."""
    code, _, _, (chair, table) = await a_place(catalog, products=2)
    days = ["2031-03-01", "2031-01-01", "2031-02-01"]
    ids = {
        day: (await announce(api, code, (chair, 1), due=day)).json()["receipt_id"] for day in days
    }
    other = (await announce(api, code, (table, 1))).json()["receipt_id"]
    await book(api, ids["2031-01-01"])

    first = await api.get(f"/receipts?location={code}&limit=2")
    second = await api.get(f"/receipts?location={code}&limit=2&after={first['next']}")
    still = await api.get(f"/receipts?location={code}&sku={chair}&open=true")
    done = await api.get(f"/receipts?location={code}&open=false")

    listed = first["items"] + second["items"]
    assert [r["receipt_id"] for r in listed] == [*(ids[day] for day in sorted(days)), other]
    assert [r["due"] for r in still["items"]] == ["2031-02-01", "2031-03-01"]
    assert [r["due"] for r in done["items"]] == ["2031-01-01"]


async def test_receipts_and_movements_of_other_sites_are_not_there(
    api: Api, catalog: Catalog
) -> None:
    """SC-1: the same answer as for what does not exist."""
    code, site, _, (chair,) = await a_place(catalog)
    mine, elsewhere = api.staff(site), api.staff(await catalog.site())
    id_ = (await announce(api, code, (chair, 2))).json()["receipt_id"]
    await book(api, id_, {"lines": [{"sku": chair, "units": 1}]})

    for path in (f"/receipts/{id_}", f"/stock/{code}/{chair}"):
        assert (await mine.call("GET", path)).status_code == 200
        problem(await elsewhere.call("GET", path), 404, "NOT_FOUND")
    problem(await book(elsewhere, id_), 404, "NOT_FOUND")
    problem(await elsewhere.call("PATCH", f"/receipts/{id_}", {}), 404, "NOT_FOUND")
    problem(await elsewhere.call("POST", f"/receipts/{id_}/cancellation"), 404, "NOT_FOUND")
    problem(await announce(elsewhere, code, (chair, 1)), 422, "UNKNOWN_LOCATION", "/location")
    safety = {"safety_stock": 1}
    problem(await elsewhere.put(f"/stock/{code}/{chair}", safety), 404, "NOT_FOUND")
    for query in (f"?location={code}", f"?sku={chair}", ""):
        assert len((await mine.get(f"/stock-movements{query}"))["items"]) == 1
    for query in (f"?sku={chair}", ""):
        assert (await elsewhere.get(f"/stock-movements{query}"))["items"] == []
    assert len((await mine.get("/receipts"))["items"]) == 1
    assert (await elsewhere.get("/receipts"))["items"] == []


async def test_movements_are_paged_newest_first(api: Api, catalog: Catalog) -> None:
    """SC-2: who changed what, when and why."""
    code, site, location, (chair, table) = await a_place(catalog, products=2)
    for units in (1, 2, 3):
        await catalog.adjust(location, {chair: units})
    await catalog.adjust(location, {table: 9})

    for staff in (api, api.staff(site)):
        first = await staff.get(f"/stock-movements?location={code}&sku={chair}&limit=2")
        after = first["next"]
        second = await staff.get(f"/stock-movements?location={code}&sku={chair}&after={after}")
        assert [m["change"] for m in first["items"] + second["items"]] == [3, 2, 1]
        assert second["next"] is None
    assert len((await api.get("/stock-movements?limit=3"))["items"]) == 3
    seen = await api.staff(site).get("/stock-movements?limit=3")
    rest = await api.staff(site).get(f"/stock-movements?after={seen['next']}")
    assert [m["change"] for m in seen["items"] + rest["items"]] == [9, 3, 2, 1]


async def test_safety_stock_is_set_and_told_of(api: Api, catalog: Catalog) -> None:
    """IN-7: the ledger and the event have it; the same again changes nothing."""
    code, _, location, (chair,) = await a_place(catalog)
    await catalog.adjust(location, {chair: 5})
    path = f"/stock/{code}/{chair}"

    kept = await api.put(path, {"safety_stock": 2}, If_Match='"1"')
    again = await api.put(path, {"safety_stock": 2})
    stale = await api.put(path, {"safety_stock": 3}, If_Match='"1"')

    assert (kept.json()["available"], kept.headers["etag"]) == (3, '"2"')
    assert again.headers["etag"] == '"2"'
    assert problem(stale, 412, "STALE")["current"]["safety_stock"] == 2
    found = await api.get(path)
    assert (found["safety_stock"], found["available"], found["version"]) == (2, 3, 2)
    for units in (-1, 10**12, "many"):
        refused = await api.put(path, {"safety_stock": units})
        problem(refused, 422, "INVALID_REQUEST", "/safety_stock")
    problem(await api.put(f"/stock/{code}/nothing", {"safety_stock": 1}), 404, "NOT_FOUND")
    problem(await api.put(f"/stock/nowhere/{chair}", {"safety_stock": 1}), 404, "NOT_FOUND")


async def test_every_change_of_a_shelf_is_told_in_order(api: Api, catalog: Catalog) -> None:
    """EV-2: StockChanged on adjustment, receipt, booking and safety stock, with the new levels."""
    code, _, location, (chair,) = await a_place(catalog)
    await catalog.adjust(location, {chair: 5})
    id_ = (await announce(api, code, (chair, 4))).json()["receipt_id"]
    await book(api, id_, {"lines": [{"sku": chair, "units": 1}]})
    await api.put(f"/stock/{code}/{chair}", {"safety_stock": 2})
    await api.call("POST", f"/receipts/{id_}/cancellation")

    async with catalog.work() as uow:
        level = (await uow.shelves.locked([(chair, location)]))[chair, location]
    told = await catalog.events(str(level.shelf_id))
    assert [
        (e["version"], e["on_hand"], e["safety_stock"], e["expected"], e["reason"]) for e in told
    ] == [
        (1, 5, 0, 0, "counted"),
        (2, 5, 0, 4, "receipt PO-7 announced"),
        (3, 6, 0, 3, "receipt PO-7"),
        (4, 6, 2, 3, "safety stock"),
        (5, 6, 2, 0, "receipt PO-7 cancelled"),
    ]


@pytest.mark.parametrize(
    ("but", "pointer"),
    [
        ({"due": "tomorrow"}, "/due"),
        ({"due": 7}, "/due"),
        ({"due": "9999-12-31"}, "/due"),
        ({"due": None}, "/due"),
        ({"reference": ""}, "/reference"),
        ({"reference": "a\x07b"}, "/reference"),
        ({"location": "No Such"}, "/location"),
        ({"lines": []}, "/lines"),
        ({"lines": [{"sku": "A", "units": 0}]}, "/lines/0/units"),
        ({"lines": [{"sku": "A", "units": 10**9}]}, "/lines/0/units"),
        ({"lines": [{"sku": " A", "units": 1}]}, "/lines/0/sku"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_a_bad_receipt_is_refused_with_the_field_named(
    api: Api, but: dict[str, object], pointer: str
) -> None:
    """IN-5: never a 500."""
    problem(await announce(api, "here", ("A", 1), **but), 422, "INVALID_REQUEST", pointer)


async def test_what_a_receipt_names_must_be_there(api: Api, catalog: Catalog) -> None:
    code, _, _, (chair,) = await a_place(catalog)

    problem(await announce(api, "nowhere", (chair, 1)), 422, "UNKNOWN_LOCATION", "/location")
    unknown = await announce(api, code, (chair, 1), ("nothing", 1))
    problem(unknown, 422, "UNKNOWN_PRODUCT", "/lines/1/sku")
    twice = await announce(api, code, (chair, 1), (chair, 2))
    problem(twice, 422, "DUPLICATE_PRODUCT", "/lines/1/sku")
    problem(await book(api, str(uuid4())), 404, "NOT_FOUND")
    problem(await book(api, "seven"), 422, "INVALID_REQUEST", "path: receipt_id")
    denied = api.staff(permissions=["catalog.read"])
    problem(await announce(denied, code, (chair, 1)), 403, "PERMISSION_DENIED")
