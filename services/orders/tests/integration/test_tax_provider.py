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
