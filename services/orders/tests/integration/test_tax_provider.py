"""Tax by an outside provider's rates, and by the site's own table while it gives none."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2
import pytest
from contracts.customers.events import SiteChanged

from services.orders.tests.driving import PATH, Orders, gbp, open_orders, problem
from services.orders.tests.tax_server import VAT, TaxServer, tax_server

LEEDS: dict[str, Any] = {
    "name": "Grace",
    "lines": ["2 Lane"],
    "city": "Leeds",
    "country": "GB",
    "postal_code": "LS1 1AA",
}


@pytest.fixture
async def taxes() -> AsyncIterator[TaxServer]:
    async with tax_server() as serving:
        yield serving


@pytest.fixture
async def orders(orders_database: str, taxes: TaxServer) -> AsyncIterator[Orders]:
    async with open_orders(orders_database, tax_url=taxes.url, tax_timeout=0.5) as opened:
        yield opened
        await opened.take("")
        await opened.sql("UPDATE saga SET wake_at = NULL RETURNING id")


async def put(orders: Orders, site: SiteChanged, what: str, body: object) -> httpx2.Response:
    path = PATH.replace("/orders/v1/orders", f"/orders/v1/sites/{site.code}/{what}")
    clerk = orders.staff(permissions=["orders.read", "orders.write", "sites.write"])
    headers = {"Authorization": f"Bearer {clerk.token}"}
    answer = await orders.client.put(path, json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer


async def a_site(orders: Orders) -> SiteChanged:
    """Tell of a site that wants a provider's rates, and has 5 % in its own table."""
    site = await orders.site()
    await put(orders, site, "policy", {"tax_source": "provider"})
    own = {"country": "GB", "name": "own", "ppm": 50_000}
    await put(orders, site, "tax-rates", {"rates": [own]})
    return site


def told(order: Mapping[str, Any]) -> tuple[int, bool]:
    codes = [warning["code"] for warning in order["warnings"]]
    return order["totals"]["tax"]["minor"], "TAX_BY_TABLE" in codes


async def test_the_providers_rates_are_used_where_the_order_goes(
    orders: Orders, taxes: TaxServer
) -> None:
    """TO-1: asked for each place once, not for each edit."""
    order = await orders.full_draft(await a_site(orders))
    assert told(order) == (480, False)
    assert taxes.asked == [{"country": "GB", "region": None, "city": "London", "postal_code": None}]

    taxes.says({**VAT, "ppm": 100_000})
    path = f"/{order['id']}"
    await orders.done("PUT", f"{path}/notes", {"staff_note": "x"})
    assert len(taxes.asked) == 1
    moved = await orders.done("PUT", f"{path}/addresses", {"shipping": LEEDS})
    assert told(moved) == (240, False)
    assert taxes.asked[1:] == [
        {"country": "GB", "region": None, "city": "Leeds", "postal_code": "LS1 1AA"}
    ]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (404, b"{}"),
        (200, b""),
        (200, b"not json"),
        (200, b"[]"),
        (200, json.dumps({"rates": [{"name": "VAT"}]}).encode()),
        (200, json.dumps({"rates": [{**VAT, "ppm": -1}]}).encode()),
        (200, json.dumps({"rates": [{**VAT, "ppm": 0.5}]}).encode()),
        (200, json.dumps({"rates": [VAT] * 301}).encode()),
        (200, b" " * 2_000_000),
    ],
)
async def test_an_answer_of_no_use_leaves_the_table_and_a_mark(
    orders: Orders, taxes: TaxServer, status: int, body: bytes
) -> None:
    """TO-1: the degraded mode; the order is taken all the same, and says so."""
    taxes.status, taxes.body = status, body
    order = await orders.full_draft(await a_site(orders))
    assert told(order) == (120, True)


async def test_a_provider_that_hangs_is_done_without(orders: Orders, taxes: TaxServer) -> None:
    """TO-1: after its time-out; the next change asks again."""
    taxes.hangs = True
    order = await orders.full_draft(await a_site(orders))
    assert told(order) == (120, True)
    taxes.hangs = False
    line = {"sku": "MUG", "units": 1}
    order = await orders.done("POST", f"/{order['id']}/lines", line)
    assert told(order) == (720, False)


async def test_a_rate_that_changed_is_told_when_the_draft_is_handed_in(
    orders: Orders, taxes: TaxServer
) -> None:
    """CP-9, SU-10: prices and tax are checked again at submission."""
    order = await orders.full_draft(await a_site(orders))
    taxes.says({**VAT, "ppm": 250_000})
    problem(await orders.submit(order, "first"), 409, "PRICE_CHANGED")
    accepted = await orders.done("PUT", f"/{order['id']}/quote")
    assert told(accepted) == (600, False)
    assert (await orders.submit(order, "second")).status_code == 202


async def test_a_site_that_goes_by_its_table_asks_nobody(orders: Orders, taxes: TaxServer) -> None:
    """TO-1."""
    order = await orders.full_draft(await orders.site())
    assert (told(order), taxes.asked) == ((0, False), [])
    exempt = orders.shop.customer(tax_exempt=True)
    order = await orders.full_draft(await a_site(orders), customer_id=exempt)
    assert told(order) == (0, False)
    assert gbp(2400) == order["totals"]["total"]


async def test_a_revision_that_goes_elsewhere_is_taxed_there(
    orders: Orders, taxes: TaxServer
) -> None:
    """SU-11, TO-1: the provider is asked about the new place; what goes where it did is not."""
    order = await orders.full_draft(await a_site(orders), submit=True)
    await orders.carry()
    path = f"/{order['id']}/revision/preview"
    taxes.says({**VAT, "ppm": 100_000})
    same = await orders.done("POST", path, {"lines": [{"sku": "TEE", "units": 1}]})
    assert (same["tax_was"], same["tax_now"], len(taxes.asked)) == (gbp(480), gbp(760), 1)

    body = {"shipping_address": LEEDS, "lines": [{"line_id": 1, "units": 3}]}
    shown = await orders.done("POST", path, body)
    assert (shown["tax_now"], shown["total_now"]) == (gbp(360), gbp(3960))
    assert [one["city"] for one in taxes.asked] == ["London", "Leeds"]

    headers = {"Idempotency_Key": "revise"}
    await orders.done("POST", f"/{order['id']}/revision", body, **headers)
    await orders.carry()
    found = await orders.get(order)
    assert (told(found), found["totals"]["total"]) == ((360, False), gbp(3960))


async def test_a_revision_is_taxed_by_the_table_while_the_provider_is_away(
    orders: Orders, taxes: TaxServer
) -> None:
    """SU-11, TO-1: it is said before it is done, and at the order; the next revision asks again."""
    order = await orders.full_draft(await a_site(orders), submit=True)
    await orders.carry()
    taxes.status, path = 500, f"/{order['id']}/revision"
    body = {"shipping_address": LEEDS}
    shown = await orders.done("POST", f"{path}/preview", body)
    assert (shown["tax_now"], shown["tax_by_table"]) == (gbp(120), True)
    await orders.done("POST", path, body, Idempotency_Key="move")
    await orders.carry()
    assert told(await orders.get(order)) == (120, True)
    taxes.status = 200
    again = await orders.done("POST", f"{path}/preview", {})
    assert (again["tax_now"], again["tax_by_table"]) == (gbp(480), False)
