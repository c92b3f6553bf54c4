"""A gift card's code is in the request of whoever typed it, and nowhere behind (PA-3)."""

import re
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from chassis.migrations import upgrade
from contracts.gift_cards import code_digest
from contracts.payments.commands import AuthorisePayment
from orders.main import MIGRATIONS

from services.orders.tests.driving import Orders, gbp, open_orders, problem
from services.orders.tests.integration.test_revision import revised
from services.orders.tests.visiting import mailed
from tests.servers import NewDatabase

CODE, OTHER = "BCDF-GHJK-LMNP-QRST", "TSRQ-PNML-KJHG-FDCB"
TYPED = "bcdf ghjk lmnp qrst"


def a_gift(code: str = TYPED, **more: object) -> dict[str, Any]:
    return {"method": "gift-card", "token": code, **more}


def told(said: Iterable[object]) -> bool:
    """Tell whether one of the codes stands somewhere, however it is written."""
    letters = re.sub("[^A-Z0-9]", "", "|".join(map(str, said)).upper())
    return any(code.replace("-", "") in letters for code in (CODE, OTHER))


async def keeping(orders: Orders) -> list[str]:
    """Name the tables in which a code stands."""
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    found: list[str] = []
    for (table,) in await orders.sql(tables):
        body = "convert_from(t.body, 'UTF8')" if table in {"outbox", "parked_message"} else "''"
        rows = await orders.sql(f'SELECT t::text || {body} FROM "{table}" t')  # noqa: S608
        if told(row[0] for row in rows):
            found.append(table)
    return sorted(found)


def paid_with(orders: Orders) -> list[tuple[str | None, str | None]]:
    heard = [one for one in orders.shop.heard if isinstance(one, AuthorisePayment)]
    return [(one.token, one.code_digest) for one in heard if one.method == "gift-card"]


async def test_orders_processes_and_messages_have_the_digest_alone(orders: Orders) -> None:
    """PA-3, SU-11, SC-2: while it is submitted, afterwards, revised, and as it was."""
    site = await orders.site()
    order = await orders.full_draft(site, payments=[a_gift()], submit=True)
    answers: list[object] = [order]
    for _ in range(6):  # what waits to be sent between two steps is looked at too
        await orders.carry(hops=1)
        assert await keeping(orders) == []
    assert (await orders.get(order))["state"] == "submitted"
    more = {"lines": [{"sku": "TEE", "units": 1}], "payments": [a_gift(OTHER)]}
    answers += [await revised(orders, order, **more)]
    answers += [await orders.get(order, part) for part in ("", "/changes", "/submission")]

    draft = await orders.full_draft(site, payments=[a_gift(amount=gbp(100))])
    path = f"/{draft['id']}/payments"
    answers += [
        await orders.done("POST", path, a_gift(OTHER)),
        await orders.call("DELETE", path + "/1"),
    ]
    answers += [await orders.get(draft, "/changes")]

    assert paid_with(orders) == [(None, code_digest(CODE)), (None, code_digest(OTHER))]
    assert not told(answers)
    assert code_digest(CODE) not in str(answers)
    assert await keeping(orders) == []


async def test_a_page_and_a_storefront_leave_no_code_behind(orders: Orders) -> None:
    """PA-5, PA-6: what the customer typed."""
    orders.shop.gift_cards = {CODE: 5000}
    order = await orders.full_draft(await orders.site())
    customer = await mailed(orders, order)
    shown = await customer.send(await customer.look(), do="split", gift_cards=TYPED)
    assert "Gift card ending in QRST" in shown.text
    done = await customer.send(shown)
    assert await keeping(orders) == []
    await orders.carry()
    assert not told([shown.text, done.text, orders.shop.asked, orders.shop.heard])
    assert paid_with(orders) == [(None, code_digest(CODE))]
    assert await keeping(orders) == []


async def test_a_digest_that_is_typed_is_no_code(orders: Orders) -> None:
    """PA-3: who reads one somewhere cannot pay with it."""
    digest = code_digest(CODE)
    orders.shop.gift_cards = {CODE: 5000}
    order = await orders.full_draft(await orders.site(), payments=[a_gift(digest)], submit=True)
    await orders.carry()
    assert paid_with(orders) == [(None, code_digest(digest))]

    customer = await mailed(orders, await orders.full_draft(await orders.site()))
    page = await customer.send(await customer.look(), do="split", gift_cards=digest)
    assert (page.status, "There is no gift card" in page.text) == (422, True)
    named = {**a_gift(), "code_digest": digest}
    body = {"site": order["site"], "payments": [named]}
    problem(await orders.post(body), 422, "INVALID_REQUEST", "/payments/0/code_digest")


async def left_as_before(orders: Orders) -> None:
    """Have the rows hold the code, as earlier releases wrote them."""
    digest, token = f'"code_digest": "{code_digest(CODE)}"', f'"token": "{TYPED}"'
    for table, column in (("orders", "content"), ("order_revision", "proposed"), ("saga", "data")):
        changed = f"replace({column}::text, :digest, :token)::jsonb"
        statement = f"UPDATE {table} SET {column} = {changed} RETURNING 1"  # noqa: S608
        await orders.sql(statement, digest=digest, token=token)
    text = "replace(convert_from(body, 'UTF8'), :digest, :token)"
    statement = f"UPDATE outbox SET body = convert_to({text}, 'UTF8') RETURNING 1"  # noqa: S608
    await orders.sql(statement, digest=digest.replace(" ", ""), token=token)


@pytest.fixture
async def database(new_database: NewDatabase) -> str:
    """Address of a migrated database that is this test's alone."""
    await upgrade(MIGRATIONS, url := new_database())
    return url


@pytest.fixture
async def earlier(database: str) -> AsyncIterator[Orders]:
    """Orders that are drafts, submitted, revised and under way."""
    async with open_orders(database) as orders:
        site = await orders.site()
        gift, card = a_gift(amount=gbp(500)), {"method": "card", "token": "tok_ok"}
        await orders.full_draft(site, payments=[gift, {"method": "check"}])
        await orders.full_draft(site, payments=[card])
        await orders.full_draft(site)
        order = await orders.full_draft(site, payments=[gift, card], submit=True)
        await orders.carry()
        more = {"lines": [{"sku": "TEE", "units": 1}], "payments": [a_gift()]}
        await revised(orders, order, **more)
        await orders.full_draft(site, payments=[gift, card], submit=True)
        await orders.carry(hops=2)
        yield orders


KEPT = (
    "SELECT id, content FROM orders ORDER BY id",
    "SELECT revision_id, proposed FROM order_revision ORDER BY revision_id",
    "SELECT id, data FROM saga ORDER BY id",
    "SELECT id, convert_from(body, 'UTF8')::jsonb FROM outbox ORDER BY id",
)


async def test_codes_of_earlier_releases_are_digested_where_they_stand(
    earlier: Orders, database: str
) -> None:
    """PA-3: by the migration, in every table that has one; nothing else is touched."""
    new = [await earlier.sql(rows) for rows in KEPT]
    await left_as_before(earlier)
    assert await keeping(earlier) == ["order_revision", "orders", "outbox", "saga"]
    await earlier.sql("UPDATE alembic_version SET version_num = '0024' RETURNING 1")
    await upgrade(MIGRATIONS, database)
    assert await keeping(earlier) == []
    assert [await earlier.sql(rows) for rows in KEPT] == new


async def test_codes_of_earlier_releases_are_digested_on_reading(earlier: Orders) -> None:
    """PA-3: what a process that still runs in an earlier release writes meanwhile."""
    await left_as_before(earlier)
    await earlier.take("cmd.payments")  # sent again by the process, from its data
    earlier.shop.heard.clear()
    due = """regexp_replace(state::text, '("resend_at": ")20', '\\119')::jsonb"""
    await earlier.sql(f"UPDATE saga SET wake_at = now(), state = {due} RETURNING 1")  # noqa: S608
    await earlier.carry()
    drafts = (await earlier.done("GET", "?state=draft"))["items"]
    [draft] = [one for one in drafts if "gift-card" in one["payment_methods"]]
    await earlier.submit(draft)
    await earlier.carry()
    assert paid_with(earlier) == [(None, code_digest(CODE))] * 2
    query = "SELECT content FROM orders WHERE id = :id"
    [(content,)] = await earlier.sql(query, id=draft["id"])
    assert not told([content])
