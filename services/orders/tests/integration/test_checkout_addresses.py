"""The customer changes addresses on the page of their order, and keeps them in their book."""

from uuid import UUID

import pytest

from services.orders.tests.driving import Orders, gbp
from services.orders.tests.visiting import Customer, mailed

LEEDS = {
    "shipping-name": "Grace",
    "shipping-line-1": "2 Lane",
    "shipping-line-2": "Back door",
    "shipping-city": "Leeds",
    "shipping-postal_code": "LS1 1AA",
    "shipping-country": "gb",
}


async def sent(customer: Customer, do: str = "update", **more: str) -> str:
    """Type the address of Leeds; gives the page that follows."""
    page = await customer.look()
    page.fields.update({**LEEDS, **{name.replace("__", "-"): text for name, text in more.items()}})
    answer = await customer.send(page, do=do)
    return answer.text


async def test_a_customer_changes_where_the_order_goes(orders: Orders) -> None:
    """PA-5, FU-5: on this order only; what they see is priced for it."""
    order = await orders.full_draft(await orders.site())
    customer = await mailed(orders, order)
    page = await customer.look()
    before = {name: text for name, text in page.fields.items() if "-" in name}
    assert before["shipping-city"] == before["billing-city"] == "London"
    shown = await sent(customer)
    assert "Leeds" in shown
    now = await orders.get(order)
    assert now["billing_address"]["city"] == "London"
    assert now["shipping_address"] == {
        **now["shipping_address"],
        "name": "Grace",
        "lines": ["2 Lane", "Back door"],
        "city": "Leeds",
        "postal_code": "LS1 1AA",
        "country": "GB",
        "phone": None,
    }
    assert orders.shop.books == {}
    entry = (await orders.get(order, "/changes"))["items"][-1]
    assert entry["staff_id"] == f"customer:{order['customer']['id']}"
    assert entry["after"]["shipping_address"]["city"] == "Leeds"
    await customer.send(await customer.look(), method="card")
    assert (await orders.get(order))["state"] == "submitting"


async def test_an_address_that_is_ticked_goes_into_the_customers_book(orders: Orders) -> None:
    """FU-5: also one that stands on the order already; what is not ticked does not."""
    order = await orders.full_draft(await orders.site())
    customer, book = await mailed(orders, order), UUID(order["customer"]["id"])
    await sent(customer, shipping__keep="yes")
    assert [one.city for one in orders.shop.books[book]] == ["Leeds"]
    page = await customer.look()
    assert "shipping-keep" not in page.fields, "it is not ticked for the next time"
    await customer.send(page, do="update", billing_keep="yes")
    assert [one.city for one in orders.shop.books[book]] == ["Leeds", "London"]


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"shipping-country": "England"}, "fault-shipping-country"),
        ({"shipping-city": ""}, "fault-shipping-city"),
        ({"shipping-line-1": "", "shipping-line-2": ""}, "fault-shipping-line-1"),
        ({"shipping-name": "4111 1111 1111 1111"}, "fault-shipping-name"),
        ({"shipping-country": "FR"}, "fault-shipping-country"),
        ({"shipping-postal_code": "wrong", "shipping-keep": "yes"}, "fault-shipping-postal_code"),
    ],
)
async def test_what_is_wrong_with_an_address_is_told_at_the_field(
    orders: Orders, typed: dict[str, str], fault: str
) -> None:
    """FU-7, CU-4, PA-2: nothing is changed, kept or paid, and the form is open there."""
    site = await orders.site()
    boss = orders.staff(permissions=("sites.write",))
    headers = {"Authorization": f"Bearer {boss.token}"}
    policy = {"shipping_countries": ["GB"]}
    path = f"/api/orders/v1/sites/{site.code}/policy"
    assert (await orders.client.put(path, json=policy, headers=headers)).is_success
    order = await orders.full_draft(site)
    customer = await mailed(orders, order)
    before = await orders.get(order)
    for do in ("update", "pay"):
        text = await sent(customer, do, **{k.replace("-", "__"): v for k, v in typed.items()})
        assert f'id="{fault}"' in text
        assert "<details open>" in text
    assert await orders.get(order) == before
    assert orders.shop.books == {}


async def test_nothing_is_kept_of_what_the_customer_saw_too_late(orders: Orders) -> None:
    """SN-4, FU-5: staff have changed the order meanwhile."""
    order = await orders.full_draft(await orders.site())
    customer = await mailed(orders, order)
    page = await customer.look()
    await orders.done("PATCH", f"/{order['id']}/lines/1", {"units": 5})
    page.fields.update({**LEEDS, "shipping-keep": "yes"})
    stale = await customer.send(page, do="update")
    assert (stale.status, orders.shop.books) == (409, {})
    assert (await orders.get(order))["totals"]["total"] == gbp(6000)
