"""Cards on the customer's page: by the gateway's own field, and with a bank that asks first."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from contracts.customers.events import SiteChanged
from contracts.payments.commands import AuthorisePayment
from contracts.payments.replies import OfferedMethod, ToldPayment
from contracts.values import Money, OrderId, PaymentId, derived_id

from services.orders.tests.driving import Orders, problem
from services.orders.tests.visiting import Customer, mailed

KEY = "pk_test_51Abc"
BANK = "https://hooks.stripe.com/3d_secure?source=1&client=2"


async def put_policy(orders: Orders, site: SiteChanged, key: str) -> Any:  # noqa: ANN401 - a response
    boss = orders.staff(permissions=("sites.write",))
    headers = {"Authorization": f"Bearer {boss.token}"}
    path = f"/api/orders/v1/sites/{site.code}/policy"
    return await orders.client.put(path, json={"stripe_key": key}, headers=headers)


async def through_stripe(orders: Orders) -> tuple[dict[str, Any], Customer]:
    """Give an order on a site whose cards go through Stripe, and its customer."""
    orders.shop.methods = (OfferedMethod(code="card", gateway="stripe"),)
    site = await orders.site()
    assert (await put_policy(orders, site, KEY)).json()["stripe_key"] == KEY
    order = await orders.full_draft(site)
    return order, await mailed(orders, order)


async def test_stripes_own_field_takes_the_card(orders: Orders) -> None:
    """PA-2: only its token comes to us; the page loads what that needs, and nothing else."""
    order, customer = await through_stripe(orders)
    page = await customer.look()
    assert f'id="card-field" data-key="{KEY}"' in page.text
    assert "has to run JavaScript" in page.text, "said to those who have none"
    assert '<script src="https://js.stripe.com/v3/" defer></script>' in page.text
    policy = page.response.headers["content-security-policy"].split("; ")
    assert {one.partition(" ")[0]: one.partition(" ")[2] for one in policy if "src" in one} == {
        "default-src": "'none'",
        "style-src": next(one for one in policy if "style-src" in one).partition(" ")[2],
        "script-src": "'self' https://js.stripe.com https://*.js.stripe.com",
        "frame-src": "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com",
        "connect-src": "https://api.stripe.com",
    }
    assert "unsafe" not in "".join(policy)
    script = await orders.client.get("/checkout/card-field.js")
    assert script.status_code == 200
    assert script.headers["content-type"].startswith("text/javascript")

    await customer.send(page, method="card", token="pm_1Abc")
    await orders.carry()
    (paid,) = [one for one in orders.shop.heard if isinstance(one, AuthorisePayment)]
    assert (paid.token, (await orders.get(order))["state"]) == ("pm_1Abc", "submitted")


@pytest.mark.parametrize("token", ["", "tok_ok", "4242424242424242", "pm_<b>", "pm_" + "1" * 300])
async def test_a_card_that_was_not_read_is_told_at_its_field(orders: Orders, token: str) -> None:
    """PA-2: without the script there is no token; nothing else is taken for one."""
    order, customer = await through_stripe(orders)
    page = await customer.send(await customer.look(), method="card", token=token)
    assert (page.status, "fault-token" in page.text) == (422, True)
    assert (await orders.get(order))["state"] == "draft"
    assert "4242" not in page.text


async def test_without_a_key_or_for_nothing_there_is_no_field(orders: Orders) -> None:
    """PA-2: nor a script; what a page may hold is the publishable key."""
    orders.shop.methods = (OfferedMethod(code="card", gateway="stripe"),)
    site = await orders.site()
    customer = await mailed(orders, await orders.full_draft(site))
    page = await customer.look()
    assert "<script" not in page.text
    assert "Please contact us to pay" in page.text
    for secret in ("sk_test_1Abcdef", "rk_live_1Abcdef", "pk_test_<b>"):
        refused = await put_policy(orders, site, secret)
        problem(refused, 422, "INVALID_REQUEST", "/stripe_key")
    _, customer = await through_stripe(orders)
    paid = await orders.full_draft(await orders.site(), payments=[{"method": "check"}])
    free = await (await mailed(orders, paid)).look()
    assert "script-src" not in free.response.headers["content-security-policy"]


def bank_asks(orders: Orders, order: dict[str, Any], url: str | None = BANK) -> None:
    """Have the payments service say that the first payment waits for the customer's bank."""
    id_ = PaymentId(derived_id(UUID(order["submission_id"]), 1))
    nothing = Money(0, "GBP")
    orders.shop.till.of_order[id_] = OrderId(UUID(order["id"]))
    orders.shop.till.held[id_] = ToldPayment(
        payment_id=id_,
        method="card",
        state="pending",
        amount=Money(2400, "GBP"),
        set_aside=nothing,
        captured=nothing,
        refunded=nothing,
        from_outside=False,
        action_required=True,
        action_url=url,
    )


async def waiting(orders: Orders, customer: Customer, order: dict[str, Any]) -> dict[str, Any]:
    """Have the customer pay; gives the order, whose submission has begun a while ago."""
    await customer.send(await customer.look(), method="card")
    await orders.sql(
        "UPDATE orders SET updated_at = now() - interval '2 s' WHERE id = :id RETURNING 1",
        id=UUID(order["id"]),
    )
    return await orders.get(order)


async def test_the_customer_is_led_to_their_bank_and_back(orders: Orders) -> None:
    """PA-2, PA-5, PA-7: 3-D Secure; staff see where the customer has to go; neither tells more."""
    order = await orders.full_draft(await orders.site())
    customer = await mailed(orders, order)
    begun = await waiting(orders, customer, order)
    assert [one["action"] for one in begun["payments"]] == [None]
    assert "being placed" in (await customer.look("/result")).text
    bank_asks(orders, begun)
    page = await customer.look("/result")
    assert 'href="https://hooks.stripe.com/3d_secure?source=1&amp;client=2"' in page.text
    assert 'http-equiv="refresh"' in page.text, "it follows what the bank says"
    shown = await orders.get(order)
    assert [one["action"] for one in shown["payments"]] == [{"url": BANK}]

    returned = f"/checkout/returned/{order['id']}"
    back = await orders.client.get(returned + "?payment_intent=pi_1")
    assert (back.status_code, back.headers["location"]) == (303, f"{customer.path}/result")
    orders.shop.till.held.clear()
    await orders.carry()
    assert "Thank you for your order" in (await customer.look("/result")).text
    orders.client.cookies.clear()
    plain = await orders.client.get(returned)
    assert (plain.status_code, "close this page" in plain.text) == (200, True)
    assert order["number"] not in plain.text


async def test_what_cannot_be_shown_is_said(orders: Orders) -> None:
    """PA-7: no address, one that is none, or no answer of the payments service."""
    order = await orders.full_draft(await orders.site())
    customer = await mailed(orders, order)
    begun = await waiting(orders, customer, order)
    for url in (None, "javascript:alert(1)"):
        bank_asks(orders, begun, url)
        page = await customer.look("/result")
        assert "cannot be shown here" in page.text
        assert "javascript" not in page.text
        assert (await orders.get(order))["payments"][0]["action"] == {"url": None}
    orders.shop.away.add("payments")
    assert "being placed" in (await customer.look("/result")).text
    assert (await orders.get(order))["payments"][0]["action"] is None


async def test_another_orders_customer_is_not_led_to_this_one(orders: Orders) -> None:
    """PA-5: what the browser keeps opens the order that it is of, and none else."""
    order = await orders.full_draft(await orders.site())
    await waiting(orders, await mailed(orders, order), order)
    other = await orders.full_draft(await orders.site())
    (kept,) = orders.client.cookies.jar
    assert kept.path == f"/checkout/returned/{order['id']}"
    orders.client.cookies.clear()
    orders.client.cookies.set("checkout", kept.value or "")
    answer = await orders.client.get(f"/checkout/returned/{other['id']}")
    assert (answer.status_code, answer.headers.get("location")) == (200, None)
    unknown = await orders.client.get(f"/checkout/returned/{UUID(int=1)}")
    assert unknown.status_code == 200


async def test_who_came_from_a_storefront_is_led_back_to_it(orders: Orders) -> None:
    """PA-6, PA-7: and the storefront reads to which bank it has to lead them."""
    site = await orders.site(storefront_url="https://shop.example")
    order = await orders.full_draft(site)
    made = await orders.done("POST", f"/{order['id']}/storefront-hand-over", {})
    token = made["url"].partition("token=")[2]
    path = f"/api/orders/v1/storefront/orders/{token}"
    paid = {"payments": [{"method": "card", "token": "tok_action"}]}
    assert (await orders.client.post(f"{path}/submission", json=paid)).status_code == 202
    assert (await orders.client.get(path)).json()["actions"] == []
    bank_asks(orders, await orders.get(order))
    assert (await orders.client.get(path)).json()["actions"] == [{"url": BANK}]
    back = await orders.client.get(f"/checkout/returned/{order['id']}")
    assert back.status_code == 303
    where = urlsplit(back.headers["location"])
    assert (where.netloc, where.path) == ("shop.example", "/checkout/returned")
    assert where.query == f"order={order['id']}"
