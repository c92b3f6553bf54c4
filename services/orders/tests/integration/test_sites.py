"""What a site decides for its orders is data; over HTTP."""

from typing import Any

import httpx2
import pytest

from services.orders.tests.driving import ALL, Orders, gbp, problem

SITES = "/api/orders/v1/sites"
DECIDERS = (*ALL, "sites.write")
POST: dict[str, Any] = {"name": "Royal post", "flat": gbp(395), "handling": gbp(50)}
PARCEL: dict[str, Any] = {
    "name": "Parcel",
    "basis": "weight",
    "tiers": [{"up_to": 1000, "cost": gbp(500)}, {"up_to": None, "cost": gbp(900)}],
    "countries": ["GB"],
    "position": 1,
}
VAT = {"country": "GB", "name": "VAT", "ppm": 200_000, "on_shipping": True}


async def call(
    orders: Orders, method: str, path: str, body: object = None, **headers: str
) -> httpx2.Response:
    boss = orders.staff(permissions=DECIDERS, name="boss")
    authorised = {"Authorization": f"Bearer {boss.token}", **headers}
    return await orders.client.request(method, SITES + path, json=body, headers=authorised)


async def done(orders: Orders, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401
    answer = await call(orders, method, path, body)
    assert answer.is_success, answer.text
    return answer.json()


async def test_shipping_methods_price_an_order(orders: Orders) -> None:
    """FU-3, FU-4: offered for address, items and site; the choice sets the price."""
    site = await orders.site()
    path = f"/{site.code}/shipping-methods"
    await done(orders, "PUT", f"{path}/parcel", PARCEL)
    await done(orders, "PUT", f"{path}/post", POST)
    assert [one["code"] for one in (await done(orders, "GET", path))["items"]] == ["post", "parcel"]
    assert (await done(orders, "GET", f"{path}/parcel"))["tiers"] == PARCEL["tiers"]
    orders.shop.weights["MUG"] = 600
    order = await orders.full_draft(site, shipping={"method": "post"})
    offered = await orders.get(order, "/shipping-methods")
    assert (offered["needed"], offered["chosen"]) == (True, "post")
    assert [(one["code"], one["cost"], one["handling"]) for one in offered["items"]] == [
        ("post", gbp(395), gbp(50)),
        ("parcel", gbp(900), gbp(0)),
    ]
    order = await orders.done("PUT", f"/{order['id']}/shipping", {"method": "parcel"})
    assert (order["shipping"]["code"], order["shipping"]["method"]) == ("parcel", "Parcel")
    assert order["totals"]["total"] == gbp(2400 + 900)
    wrong = await orders.call("PUT", f"/{order['id']}/shipping", {"method": "drone"})
    problem(wrong, 422, "SHIPPING_METHOD_NOT_OFFERED", "/method")
    wrong = await orders.call("PUT", f"/{order['id']}/shipping", {})
    problem(wrong, 422, "INVALID_REQUEST")
    order = await orders.done("PUT", f"/{order['id']}/shipping/offer", {"offered": True})
    assert order["totals"]["shipping"] == gbp(0)
    await done(orders, "DELETE", f"{path}/parcel")
    problem(await call(orders, "DELETE", f"{path}/parcel"), 404, "NOT_FOUND")
    problem(await orders.submit(order), 422, "SHIPPING_METHOD_NOT_OFFERED", "/shipping")


async def test_tax_follows_the_table_and_the_address(orders: Orders) -> None:
    """TO-1: and an exempt customer pays none."""
    site = await orders.site()
    await done(orders, "PUT", f"/{site.code}/tax-rates", {"rates": [VAT]})
    order = await orders.full_draft(site, shipping={"cost": gbp(500)})
    assert (order["totals"]["tax"], order["totals"]["total"]) == (gbp(580), gbp(3480))
    assert order["parts"]["levies"] == [
        {"levy": "tax", "name": "VAT", "category": "standard", "ppm": 200_000, "amount": gbp(580)}
    ]
    exempt = orders.shop.customer(tax_exempt=True)
    order = await orders.done("PUT", f"/{order['id']}/customer", {"customer_id": exempt})
    assert order["totals"]["tax"] == gbp(0)
    await done(orders, "PUT", f"/{site.code}/policy", {"tax_inclusive": True})
    inclusive = await orders.full_draft(site)
    assert (inclusive["totals"]["tax"], inclusive["totals"]["total"]) == (gbp(400), gbp(2400))
    assert inclusive["totals"]["tax_included"]


async def test_a_site_ships_to_its_countries_only(orders: Orders) -> None:
    """FU-7: the billing address may be anywhere."""
    site = await orders.site()
    await done(orders, "PUT", f"/{site.code}/policy", {"shipping_countries": ["IE"]})
    order = await orders.full_draft(site)
    assert [one["code"] for one in order["missing"]] == ["SHIPPING_COUNTRY_NOT_SERVED"]
    refused = await orders.submit(order)
    problem(refused, 422, "SHIPPING_COUNTRY_NOT_SERVED", "/shipping_address/country")
    there = {**order["shipping_address"], "country": "FR"}
    path = f"/{order['id']}/addresses"
    refused = await orders.call("PUT", path, {"shipping": there})
    problem(refused, 422, "SHIPPING_COUNTRY_NOT_SERVED", "/shipping/country")
    order = await orders.done(
        "PUT", path, {"billing": there, "shipping": {**there, "country": "IE"}}
    )
    assert (await orders.submit(order)).status_code == 202


async def test_a_sites_decisions_have_a_version(orders: Orders) -> None:
    """SN-4: nothing is overwritten silently; the same again changes nothing."""
    site = await orders.site()
    path = f"/{site.code}/policy"
    first = await call(orders, "PUT", path, {"hold_minutes": 15}, **{"If-Match": '"0"'})
    again = await call(orders, "PUT", path, {"hold_minutes": 15})
    assert (first.headers["etag"], again.headers["etag"]) == ('"1"', '"1"')
    late = await call(orders, "PUT", path, {"hold_minutes": 5}, **{"If-Match": '"0"'})
    problem(late, 412, "STALE")
    assert (await done(orders, "GET", path))["hold_minutes"] == 15


@pytest.mark.parametrize(
    ("path", "body", "code", "pointer"),
    [
        ("policy", {"hold_minutes": -1}, "OUT_OF_RANGE", "/hold_minutes"),
        ("policy", {"capture": "never"}, None, "/capture"),
        ("shipping-methods/x", {"name": "X"}, "FLAT_OR_TIERS", ""),
        ("shipping-methods/x", {**PARCEL, "flat": gbp(1)}, "FLAT_OR_TIERS", ""),
        (
            "shipping-methods/x",
            {**PARCEL, "tiers": PARCEL["tiers"][::-1]},
            "TIERS_NOT_RISING",
            "",
        ),
        ("shipping-methods/x", {**POST, "flat": gbp(-1)}, "AMOUNT_OUT_OF_RANGE", "/flat/minor"),
        (
            "shipping-methods/x",
            {**POST, "flat": {"minor": 1, "currency": "EUR"}},
            "CURRENCY_MISMATCH",
            "/flat/currency",
        ),
        ("tax-rates", {"rates": [{**VAT, "ppm": 1_000_001}]}, None, "/rates/0/ppm"),
        ("tax-rates", {"rates": [{**VAT, "category": "books"}]}, None, "/rates/0"),
    ],
)
async def test_a_wrong_decision_is_named(
    orders: Orders, path: str, body: object, code: str | None, pointer: str
) -> None:
    site = await orders.site()
    answer = await call(orders, "PUT", f"/{site.code}/{path}", body)
    assert answer.status_code == 422, answer.text
    error = answer.json()["errors"][0]
    assert error["pointer"] == pointer
    assert code is None or error["code"] == code


async def test_sites_are_decided_on_by_those_who_may(orders: Orders) -> None:
    """SC-1, SC-3."""
    site, other = await orders.site(), await orders.site()
    path = f"{SITES}/{site.code}/policy"
    for staff, status in (
        (orders.staff(permissions=["orders.read"]), 403),
        (orders.staff(other.site_id, permissions=DECIDERS), 404),
    ):
        headers = {"Authorization": f"Bearer {staff.token}"}
        answer = await orders.client.request("PUT", path, json={}, headers=headers)
        assert answer.status_code == status
