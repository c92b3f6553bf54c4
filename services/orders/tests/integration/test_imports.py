"""Many orders at once over HTTP: each row stands or falls alone."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from contracts.customers.events import SiteChanged
from orders.api import order_imports

from services.orders.tests.driving import PATH, Orders, gbp, problem
from tests.planted import refusing_rows

Row = dict[str, Any]


async def sent(orders: Orders, body: object, query: str = "") -> httpx2.Response:
    path = PATH.replace("/orders/v1/orders", f"/orders/v1/imports/orders{query}")
    headers = {"Authorization": f"Bearer {orders.token}"}
    return await orders.client.request("POST", path, json=body, headers=headers)


async def imported(orders: Orders, *rows: Row, query: str = "") -> dict[str, Any]:
    body = {"rows": [{"line": n, "order": row} for n, row in enumerate(rows, 2)]}
    answer = await sent(orders, body, query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def a_row(site: SiteChanged, reference: str, customer: str, **more: object) -> Row:
    return {
        "site": site.code,
        "external_reference": reference,
        "customer_id": customer,
        "lines": [{"sku": "MUG", "units": 2}],
        **more,
    }


def told(report: Mapping[str, Any]) -> set[tuple[int, str, str]]:
    return {(error["line"], error["pointer"], error["code"]) for error in report["errors"]}


async def listed(orders: Orders, site: SiteChanged) -> list[dict[str, Any]]:
    return (await orders.done("GET", f"?site={site.code}"))["items"]


def counts(report: Mapping[str, Any]) -> tuple[int, int, int, int]:
    return report["created"], report["changed"], report["unchanged"], len(report["errors"])


async def test_orders_are_begun_once_and_left_alone_from_then_on(orders: Orders) -> None:
    """OB-1: the external reference tells which it is; the same again changes nothing."""
    site, ada = await orders.site(), orders.shop.customer(reference="crm-1")
    by_reference = a_row(site, "web-2", ada, customer_note="ring twice") | {
        "customer_id": None,
        "customer_reference": "crm-1",
    }
    rows = [a_row(site, "web-1", ada), by_reference]

    assert counts(await imported(orders, *rows)) == (2, 0, 0, 0)

    second, first = await listed(orders, site)
    assert (first["external_reference"], first["state"]) == ("web-1", "draft")
    assert (first["total"], first["customer"]["id"]) == (gbp(2400), ada)
    assert second["customer"]["id"] == ada
    assert first["number"] != second["number"]
    changed = [{**row, "customer_note": "another"} for row in rows]
    assert counts(await imported(orders, *changed)) == (0, 0, 2, 0)
    assert (await orders.get(second))["customer_note"] == "ring twice"


async def test_orders_are_handed_in_at_once(orders: Orders) -> None:
    """OB-1, SU-1: each is a submission of its own."""
    site, ada = await orders.site(), orders.shop.customer()
    rows = [a_row(site, f"web-{n}", ada, submit=True) for n in range(3)]

    assert counts(await imported(orders, *rows)) == (3, 0, 0, 0)
    assert {one["state"] for one in await listed(orders, site)} == {"submitting"}
    await orders.carry()

    assert {one["state"] for one in await listed(orders, site)} == {"submitted"}
    (order, *_) = await listed(orders, site)
    submission = await orders.get(order, "/submission")
    assert submission["status"] == "completed"
    assert [one["external_reference"] for one in await listed(orders, site)] == [
        "web-2",
        "web-1",
        "web-0",
    ]


async def test_orders_are_handed_in_no_faster_than_they_are_dealt_with(
    orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OB-1: else those of a long file would wait until their submissions' time is over."""
    monkeypatch.setattr(order_imports, "MAX_UNDER_WAY", 2)
    site, ada = await orders.site(), orders.shop.customer()
    first = [a_row(site, f"web-{n}", ada, submit=True) for n in range(2)]
    later = a_row(site, "web-2", ada, submit=True)
    assert counts(await imported(orders, *first)) == (2, 0, 0, 0)

    body = {"rows": [{"line": 4, "order": later}]}
    busy = await sent(orders, body)
    problem(busy, 503, "BUSY")
    assert busy.headers["retry-after"] == "5"
    assert (await sent(orders, body, "?dry_run=true")).json()["created"] == 1
    assert counts(await imported(orders, a_row(site, "draft", ada))) == (1, 0, 0, 0)

    await orders.carry()
    assert counts(await imported(orders, later)) == (1, 0, 0, 0)


async def test_a_bad_row_does_not_stop_the_others(orders: Orders) -> None:
    """OB-1, SU-4, CS-3, CP-7: each says what is wrong with it, at its line and field."""
    site, ada = await orders.site(), orders.shop.customer()
    disabled = orders.shop.customer(refused="CUSTOMER_DISABLED", reference="crm-2")
    bad = [
        a_row(site, "", ada, lines=[{"sku": "MUG", "units": 0}]),
        a_row(site, "b", ada, lines=[{"sku": "MUG", "units": 1}, {"sku": "NONE", "units": 1}]),
        a_row(site, "c", disabled),
        a_row(site, "d", ada) | {"site": "nowhere"},
        a_row(site, "e", ada, lines=[], submit=True),
        a_row(site, "f", ada, coupons=["SPRING"]),
        a_row(site, "good-1", ada),
        a_row(site, "g", ada, customer_reference="crm-2"),
        a_row(site, "h", ada, customer_id=None, customer_reference="crm-9", based_on=None),
        a_row(site, "i", ada, customer_id=None, customer_reference="crm-9"),
        a_row(site, "j", ada, staff_note="4111 1111 1111 1111"),
        a_row(site, "k", ada, shipping={"method": "by pigeon"}),
        {},
    ]

    report = await imported(orders, a_row(site, "good-1", ada), *bad, a_row(site, "good-2", ada))

    assert report["created"] == 2
    assert told(report) == {
        (3, "/external_reference", "TOO_SHORT"),
        (3, "/lines/0/units", "QUANTITY_OUT_OF_RANGE"),
        (4, "/lines/1/sku", "UNKNOWN_PRODUCT"),
        (5, "/customer_id", "CUSTOMER_DISABLED"),
        (6, "/site", "UNKNOWN_SITE"),
        (7, "/lines", "NO_LINES"),
        (8, "/coupons/0", "UNKNOWN_COUPON"),
        (9, "/external_reference", "DUPLICATE_ROW"),
        (10, "", "ID_OR_REFERENCE"),
        (11, "/based_on", "UNKNOWN_FIELD"),
        (12, "/customer_reference", "UNKNOWN_CUSTOMER"),
        (13, "/staff_note", "CARD_NUMBER_REFUSED"),
        (14, "/shipping/method", "SHIPPING_METHOD_NOT_OFFERED"),
        (15, "/site", "FIELD_REQUIRED"),
        (15, "/external_reference", "FIELD_REQUIRED"),
    }
    assert all(error["detail"] for error in report["errors"])
    assert [error["line"] for error in report["errors"]] == sorted(
        error["line"] for error in report["errors"]
    )
    references = {one["external_reference"] for one in await listed(orders, site)}
    assert references == {"good-1", "good-2"}


async def test_a_dry_run_tells_all_and_keeps_nothing(orders: Orders) -> None:
    """OB-1: prices and checks everything, uses no order number, sends nothing."""
    site, ada = await orders.site(), orders.shop.customer()
    kept = await orders.draft(site, external_reference="old")
    rows = [
        a_row(site, "old", ada),
        a_row(site, "new-1", ada, submit=True),
        a_row(site, "new-2", ada),
        a_row(site, "bad", ada, lines=[{"sku": "NONE", "units": 1}]),
    ]
    await orders.take("")
    sagas = await orders.sql("SELECT count(*) FROM saga")

    dry = await imported(orders, *rows, query="?dry_run=true")

    assert counts(dry) == (2, 0, 1, 1)
    assert [one["id"] for one in await listed(orders, site)] == [kept["id"]]
    assert await orders.take("") == []
    assert await orders.sql("SELECT count(*) FROM saga") == sagas
    given = "SELECT given FROM order_count WHERE site_id = :site"
    before = await orders.sql(given, site=site.site_id)
    assert await imported(orders, *rows, query="?dry_run=true") == dry
    assert await orders.sql(given, site=site.site_id) == before
    assert await imported(orders, *rows) == dry


async def test_the_same_rows_at_the_same_time_make_each_order_once(orders: Orders) -> None:
    """OB-1: an import that was cut off and is begun again may meet its own last request."""
    site, ada = await orders.site(), orders.shop.customer()
    rows = [a_row(site, f"web-{n}", ada, submit=n % 2 == 0) for n in range(20)]
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(imported(orders, *rows)) for _ in range(3)]
    reports = [task.result() for task in running]
    assert [report["errors"] for report in reports] == [[], [], []]
    assert sum(report["created"] for report in reports) == 20
    assert sum(report["unchanged"] for report in reports) == 40
    assert len(await listed(orders, site)) == 20


async def test_a_row_that_the_database_cannot_take_stops_no_other(orders: Orders) -> None:
    """OB-1, EV-4: whatever goes wrong with one row, the others are kept, and nothing of it."""
    site, ada = await orders.site(), orders.shop.customer()
    poison = f"poison-{uuid4().hex}"
    rows = [a_row(site, name, ada, submit=True) for name in ("web-1", poison, "web-3")]
    await orders.take("")

    planted = refusing_rows(
        orders.runtime.sessions, "orders", f"NEW.external_reference = '{poison}'"
    )
    async with planted:
        report = await imported(orders, *rows)

    assert (report["created"], told(report)) == (2, {(3, "", "INTERNAL")})
    begun = [one for one in await orders.take("evt.") if one.type == "orders.order-started.v1"]
    assert len(begun) == 2
    assert counts(await imported(orders, *rows)) == (1, 0, 2, 0)


async def test_nothing_is_kept_while_the_catalog_is_away(orders: Orders) -> None:
    """OB-1: the whole request may be sent again."""
    site, ada = await orders.site(), orders.shop.customer()
    row = a_row(site, "web-1", ada)
    orders.shop.away.add("catalog")
    answer = await sent(orders, {"rows": [{"line": 1, "order": row}]})
    found = problem(answer, 503, "SERVICE_UNANSWERED")
    assert found["service"] == "catalog"
    orders.shop.away.clear()
    assert counts(await imported(orders, row)) == (1, 0, 0, 0)


async def test_what_staff_may_not_is_refused_row_by_row(orders: Orders) -> None:
    """SC-1, SC-3, PA-4."""
    mine, other = await orders.site(), await orders.site()
    ada = orders.shop.customer()
    clerk = orders.staff(mine.site_id, permissions=["orders.read", "orders.write"])
    cheap = {"sku": "MUG", "units": 1, "price": {"unit": gbp(1), "reason": "friend"}}
    rows = [
        a_row(mine, "1", ada),
        a_row(other, "2", ada),
        a_row(mine, "3", ada, lines=[cheap]),
        a_row(mine, "4", ada, payments=[{"method": "card", "token": "tok"}]),
    ]

    report = await imported(clerk, *rows)

    assert report["created"] == 1
    assert told(report) == {
        (3, "/site", "UNKNOWN_SITE"),
        (4, "", "PERMISSION_DENIED"),
        (5, "", "PERMISSION_DENIED"),
    }
    reader = orders.staff(mine.site_id, permissions=["orders.read"])
    answer = await sent(reader, {"rows": [{"line": 1, "order": rows[0]}]})
    problem(answer, 403, "PERMISSION_DENIED")


NO_ORDER: dict[str, Any] = {}
NO_LIST: list[object] = []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "/rows"),
        ({"rows": NO_LIST}, "/rows"),
        ({"rows": [{"line": 0, "order": NO_ORDER}]}, "/rows/0/line"),
        ({"rows": [{"line": 1}]}, "/rows/0/order"),
        ({"rows": [{"line": n + 1, "order": NO_ORDER} for n in range(101)]}, "/rows"),
    ],
)
async def test_what_is_no_batch_is_refused(orders: Orders, body: object, field: str) -> None:
    problem(await sent(orders, body), 422, "INVALID_REQUEST", field)
