"""A draft is handed to its customer, and taken back."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.customers.commands import MailCustomer
from contracts.customers.replies import MailRefused
from contracts.message import Reply

from services.orders.tests.driving import Orders, problem


def mails(orders: Orders) -> list[MailCustomer]:
    return [one for one in orders.shop.heard if isinstance(one, MailCustomer)]


async def handed_over(orders: Orders, order: dict[str, Any], **body: object) -> Any:  # noqa: ANN401
    path = f"/{order['id']}/hand-over"
    key = f"{order['id']}-{order['version']}"
    answer = await orders.call("POST", path, body, Idempotency_Key=key)
    assert answer.status_code == 202, answer.text
    await orders.carry()
    return answer.json()


async def test_a_draft_is_handed_to_its_customer_by_mail(orders: Orders) -> None:
    """PA-4, PA-5: the link is in the mail and nowhere else; the draft shows that it is away."""
    order = await orders.full_draft(await orders.site(name="Shop of Åsa"))
    shown = await handed_over(orders, order, message="As we said on the phone.")
    assert (shown["state"], shown["version"]) == ("draft", order["version"] + 1)

    (mail,) = mails(orders)
    assert str(mail.customer_id) == order["customer"]["id"]
    assert mail.subject == f"Your order {order['number']} at Shop of Åsa"
    assert "http://127.0.0.1:8080/checkout/" in mail.text
    assert "As we said on the phone." in mail.text
    link = await orders.get(order, "/hand-over")
    assert link["link_id"] == shown["hand_over_id"] == str(mail.mail_id)
    assert (link["state"], link["kind"], link["created_by"]) == ("open", "mail", "clerk")
    entry = (await orders.get(order, "/changes"))["items"][-1]
    assert (entry["action"], entry["after"]["kind"]) == ("handed over", "mail")


async def test_a_link_is_kept_for_as_long_as_the_site_says(orders: Orders) -> None:
    """PA-5: data of the site, not of the code."""
    site = await orders.site()
    boss = orders.staff(permissions=("sites.write",))
    policy = f"/api/orders/v1/sites/{site.code}/policy"
    headers = {"Authorization": f"Bearer {boss.token}"}
    answer = await orders.client.put(policy, json={"link_hours": 2}, headers=headers)
    assert answer.json()["link_hours"] == 2
    order = await orders.full_draft(site)
    await handed_over(orders, order)
    rows = await orders.sql(
        "SELECT expires_at - created_at FROM link WHERE order_id = :id", id=UUID(order["id"])
    )
    assert [row[0].total_seconds() for row in rows] == [7200]


async def test_a_mail_that_cannot_be_sent_is_shown_on_the_order(orders: Orders) -> None:
    """PA-5: with the reason; nobody has the link, so it does not work."""

    def no_address(command: MailCustomer) -> Reply:
        return MailRefused(
            mail_id=command.mail_id,
            customer_id=command.customer_id,
            code="CUSTOMER_HAS_NO_EMAIL",
            detail="the customer has no e-mail",
        )

    orders.shop.says[MailCustomer] = no_address
    order = await orders.full_draft(await orders.site())
    await handed_over(orders, order)
    link = await orders.get(order, "/hand-over")
    assert link["state"] == "refused"
    assert link["refusals"][0]["code"] == "CUSTOMER_HAS_NO_EMAIL"
    assert link["revoked_at"] is not None


async def test_staff_take_the_order_back(orders: Orders) -> None:
    """PA-5: the link is revoked; a draft that is not away cannot be taken back."""
    order = await orders.full_draft(await orders.site())
    path = f"/{order['id']}/hand-over"
    problem(await orders.call("DELETE", path), 404, "NOT_FOUND")
    problem(await orders.call("GET", path), 404, "NOT_FOUND")
    await handed_over(orders, order)
    taken = await orders.done("DELETE", path)
    assert taken["hand_over_id"] is None
    assert (await orders.get(order, "/hand-over"))["state"] == "revoked"


async def test_a_newer_link_replaces_the_one_before(orders: Orders) -> None:
    """PA-5: sent again, only the newest works; asked twice under one key, one mail is sent."""
    order = await orders.full_draft(await orders.site())
    again = await handed_over(orders, order)
    await handed_over(orders, order)
    assert len(mails(orders)) == 1
    await handed_over(orders, again)
    states = await orders.sql(
        "SELECT revoked_at IS NULL FROM link WHERE order_id = :id ORDER BY link_id",
        id=UUID(order["id"]),
    )
    assert [row[0] for row in states] == [False, True]


@pytest.mark.parametrize("sent", [True, False])
async def test_the_secret_of_a_link_stays_in_no_row(orders: Orders, sent: bool) -> None:
    """PA-5: it is in the mail and nowhere else once that is written, or refused."""

    def no_address(command: MailCustomer) -> Reply:
        id_, who = command.mail_id, command.customer_id
        return MailRefused(code="CUSTOMER_HAS_NO_EMAIL", detail="no", mail_id=id_, customer_id=who)

    if not sent:
        orders.shop.says[MailCustomer] = no_address
    order = await orders.full_draft(await orders.site())
    await handed_over(orders, order)
    secret = mails(orders)[-1].text.partition("/checkout/")[2].split()[0]
    assert secret.count(".") == 2
    tables = await orders.sql("SELECT relname FROM pg_stat_user_tables")
    assert len(tables) > 10
    for (table,) in tables:
        query = f'SELECT 1 FROM "{table}" AS row WHERE strpos(row::text, :secret) > 0'  # noqa: S608
        assert await orders.sql(query, secret=secret) == [], table


@pytest.mark.parametrize(
    ("missing", "pointer", "code"),
    [
        ({"customer_id": None}, "/customer_id", "CUSTOMER_MISSING"),
        ({"lines": []}, "/lines", "NO_LINES"),
    ],
)
async def test_what_is_handed_over_has_customer_and_line(
    orders: Orders, missing: dict[str, Any], pointer: str, code: str
) -> None:
    """PA-1, PA-5: and the version that staff have seen; SC-3: it needs a permission."""
    order = await orders.full_draft(await orders.site(), **missing)
    path = f"/{order['id']}/hand-over"
    refused = await orders.call("POST", path, {}, Idempotency_Key=uuid4().hex)
    problem(refused, 422, code, pointer)
    stale = await orders.call("POST", path, {}, Idempotency_Key=uuid4().hex, If_Match='"9"')
    problem(stale, 412, "STALE")
    reader = orders.staff(permissions=("orders.read",))
    denied = await reader.call("POST", path, {}, Idempotency_Key=uuid4().hex)
    problem(denied, 403, "PERMISSION_DENIED")


async def test_whoever_hands_over_leaves_the_draft(orders: Orders) -> None:
    """SN-2, PA-5: a lease of their own would keep the customer out."""
    order = await orders.full_draft(await orders.site())
    await orders.done("PUT", f"/{order['id']}/lease", {})
    assert (await handed_over(orders, order))["lease"] is None
