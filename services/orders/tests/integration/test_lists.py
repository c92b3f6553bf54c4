"""Orders listed and found; only those of the caller's sites."""

import re
import runpy
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from orders.main import MIGRATIONS
from orders.storage import tables
from orders.storage.list_statements import FILTERS, FURTHER, Shape, statement
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import asyncpg

from services.orders.tests.driving import Orders, gbp, problem
from services.orders.tests.integration.test_revision import revised, submitted


async def test_staff_see_only_their_sites(orders: Orders) -> None:
    """SC-1: lists, searches and look-ups by id alike; out of scope is not there."""
    mine, other = await orders.site(), await orders.site()
    seen, hidden = await orders.draft(mine), await orders.draft(other, external_reference="X-1")
    clerk = orders.staff(mine.site_id)
    assert [one["id"] for one in (await clerk.done("GET", ""))["items"]] == [seen["id"]]
    assert (await clerk.done("GET", f"?q={hidden['number']}"))["items"] == []
    listed = (await clerk.done("GET", f"?site={mine.code}"))["items"]
    assert [one["id"] for one in listed] == [seen["id"]]
    for query in (f"?site={other.code}", f"?site={other.code}&q={hidden['number']}"):
        problem(await clerk.call("GET", query), 404, "UNKNOWN_SITE")
    path = f"/{hidden['id']}"
    for method, part, body in (
        ("GET", "", None),
        ("GET", "/submission", None),
        ("GET", "/progress", None),
        ("GET", "/changes", None),
        ("PUT", "/notes", {"staff_note": "x"}),
        ("POST", "/lines", {"sku": "MUG", "units": 1}),
        ("PATCH", "/lines/1", {"location": "soho"}),
        ("POST", "/cancellation", None),
    ):
        problem(await clerk.call(method, path + part, body), 404, "NOT_FOUND")
    assert await orders.get(hidden) == hidden


async def test_a_list_is_paged_the_newest_first(orders: Orders) -> None:
    """SN-5: every order once, however many pages."""
    site = await orders.site()
    made = [(await orders.draft(site))["id"] for _ in range(5)]
    found: list[str] = []
    query = f"?site={site.code}&limit=2"
    page = await orders.done("GET", query)
    while True:
        found += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        page = await orders.done("GET", f"{query}&after={page['next']}")
    assert found == made[::-1]
    problem(await orders.call("GET", f"{query}&after=rubbish"), 422, "INVALID_CURSOR")


async def test_orders_are_found_by_number_name_reference_and_state(orders: Orders) -> None:
    """SE-2, SN-5: first letters of words; a number as it is said; no wildcards."""
    site = await orders.site()
    ada = await orders.draft(
        site, customer_id=orders.shop.customer("Ada Byron"), external_reference="PO 50%-A"
    )
    grace = await orders.draft(site, customer_id=orders.shop.customer("Grace Byrne"))
    await orders.done("POST", f"/{grace['id']}/cancellation")

    async def found(query: str) -> set[str]:
        page = await orders.done("GET", f"?site={site.code}&{query}")
        return {one["id"] for one in page["items"]}

    number = ada["number"]
    assert await found(f"q={number}") == {ada["id"]}
    assert await found(f"q={number.lower().replace('-', ' ')}") == {ada["id"]}
    assert await found(f"q={number[:-2].lower()}") == {ada["id"]}
    assert await found("q=byr") == {ada["id"], grace["id"]}
    assert await found("q=BYRON ad") == {ada["id"]}
    assert await found("q=yron") == set()
    assert await found("q=50%25-a") == {ada["id"]}
    assert await found("q=5%25A") == set()
    assert await found("external_reference=PO 50%25-A") == {ada["id"]}
    assert await found("state=cancelled") == {grace["id"]}
    assert await found("state=draft&q=byrne") == set()
    problem(await orders.call("GET", "?state=lost"), 422, "INVALID_REQUEST")


async def test_the_longest_names_and_references_are_found_too(orders: Orders) -> None:
    """SE-2, SN-5: an index keeps them whole, and an entry of one has a greatest size."""
    site, letters = await orders.site(), Random(5)
    first, last, reference, mailbox = (
        "".join(chr(letters.randrange(0x20000, 0x2A000)) for _ in range(length))
        for length in (100, 100, 200, 60)
    )
    email = f"{mailbox}@{'.'.join(['x' * 60] * 3)}.example"
    customer = orders.shop.customer(f"{first} {last}", email=email)
    long = await orders.draft(site, customer_id=customer, external_reference=reference)
    for said in (first, last[:5], reference, email[:30]):
        page = await orders.done("GET", f"?q={said}")
        assert [one["id"] for one in page["items"]] == [long["id"]]


WITH_COLUMNS = "0024_lists_show_where_to_and_how_paid.py"


async def test_a_row_tells_where_to_how_paid_and_by_whom(orders: Orders) -> None:
    """SN-5: what a list is read for, without opening the orders."""
    site = await orders.site()
    payments = [
        {"method": "check", "amount": gbp(100)},
        {"method": "bank-transfer", "amount": gbp(100)},
        {"method": "check"},
    ]
    order = await orders.full_draft(site, submit=True, payments=payments)
    await orders.carry()
    draft = await orders.draft(site)
    newest, oldest = (await orders.done("GET", f"?site={site.code}"))["items"]
    assert (newest["id"], oldest["id"]) == (draft["id"], order["id"])
    assert (oldest["ships_to"], oldest["payment_methods"]) == ("GB", ["check", "bank-transfer"])
    assert oldest["submitted_by"] == (await orders.get(order))["submitted_by"] == "clerk"
    assert (newest["submitted_by"], newest["payment_methods"]) == (None, [])
    migration = runpy.run_path(str(MIGRATIONS / "versions" / WITH_COLUMNS))
    async with orders.runtime.sessions.begin() as session:
        await session.execute(text("UPDATE orders SET ships_to = NULL, payment_methods = NULL"))
        await session.execute(text(migration["KNOWN"]))
    assert (await orders.done("GET", f"?site={site.code}"))["items"] == [newest, oldest]


async def test_orders_are_found_by_what_became_of_them(orders: Orders) -> None:
    """SN-5, SU-11: revised or not, and why; each reason that was given, not only the last."""
    twice, never, dropped = [await submitted(orders) for _ in range(3)]
    reasons = ["wrong-price", "changed-mind", "changed-mind"]
    for units, reason in zip((3, 4, 3), reasons, strict=True):
        lines = [{"line_id": 1, "units": units}]
        await revised(orders, twice, lines=lines, reason={"code": reason})
    because = {"reason": {"code": "ordered-twice"}}
    await orders.done("POST", f"/{dropped['id']}/cancellation", because)

    async def found(query: str) -> set[str]:
        return {one["id"] for one in (await orders.done("GET", f"?{query}"))["items"]}

    async def of_site(order: dict[str, Any], query: str) -> set[str]:
        return await found(f"site={order['site']}&{query}")

    assert await of_site(twice, "revised=true") == {twice["id"]}
    assert await of_site(never, "revised=true") == set()
    assert await of_site(never, "revised=false&state=submitted") == {never["id"]}
    assert await of_site(twice, "revised=false") == set()
    for reason in reasons:
        assert await of_site(twice, f"revision_reason={reason}") == {twice["id"]}
        assert twice["id"] in await found(f"revision_reason={reason}")
    assert await of_site(twice, "revision_reason=not-paid") == set()
    assert await of_site(dropped, "cancel_reason=ordered-twice") == {dropped["id"]}
    assert dropped["id"] in await found("cancel_reason=ordered-twice&state=cancelled")
    assert await of_site(dropped, "cancel_reason=other") == set()
    text_too = f"revision_reason=wrong-price&q={twice['number']}"
    assert await found(text_too) == {twice["id"]}
    problem(await orders.call("GET", "?cancel_reason=whim"), 422, "INVALID_REQUEST")
    problem(await orders.call("GET", "?revised=perhaps"), 422, "INVALID_REQUEST")


COPIES = """
    INSERT INTO orders (id, number, search_text, customer_name, {others})
    SELECT
        -- Newer ones, in order: an id begins with its time.
        overlay(id::text PLACING 'ffffffff-' || lpad(to_hex(n), 4, '0') FROM 1 FOR 13)::uuid,
        'UK-' || n, ' uk-' || n || ' ' || :word, :word, {others}
    FROM orders, generate_series(1, :copies) AS n WHERE id = :id
"""
OWN = {"id", "number", "search_text", "customer_name"}
MANY = FURTHER + 100


async def test_a_text_that_few_orders_have_is_found_behind_many_others(orders: Orders) -> None:
    """SN-5: all pages of what many have, and the one old order that has another text."""
    site, rare, common = await orders.site(), f"r{uuid4().hex}", f"c{uuid4().hex}"
    old = await orders.draft(site, customer_id=orders.shop.customer(f"Ada {rare}"))
    others = ", ".join(column.name for column in tables.orders.c if column.name not in OWN)
    async with orders.runtime.sessions.begin() as session:
        copied = text(COPIES.format(others=others))
        await session.execute(copied, {"copies": MANY, "id": old["id"], "word": common})

    async def found(query: str, limit: int = 200) -> list[str]:
        page = await orders.done("GET", f"?limit={limit}&{query}")
        numbers = [one["number"] for one in page["items"]]
        while page["next"] is not None:
            page = await orders.done("GET", f"?limit={limit}&{query}&after={page['next']}")
            numbers += [one["number"] for one in page["items"]]
        return numbers

    newest_first = [f"UK-{number}" for number in range(MANY, 0, -1)]
    frequent, rare_ones = (
        [number for number in newest_first if number.startswith(start)]
        for start in ("UK-400", "UK-77")
    )
    for where in (f"site={site.code}&", "", f"site={site.code}&state=draft&"):
        assert await found(f"{where}q={rare[:20]}%20ada") == [old["number"]]
        assert await found(f"{where}q={common[:20]}") == newest_first
        assert await found(f"{where}q=uk-400%20{common[:20]}", limit=10) == frequent
        assert await found(f"{where}q=uk-77%20{common[:20]}") == rare_ones
    assert await found(f"site={site.code}&state=cancelled&q={common[:20]}") == []
    async with orders.runtime.sessions.begin() as session:
        await session.execute(text("DELETE FROM orders WHERE id::text LIKE 'ffffffff-%'"))


SHAPES = {
    "of all sites": Shape(everywhere=True, filters=frozenset()),
    "of some sites": Shape(everywhere=False, filters=frozenset({"before"})),
    **{f"by {name}": Shape(everywhere=True, filters=frozenset({name})) for name in FILTERS},
    "by state on some sites": Shape(everywhere=False, filters=frozenset({"state"})),
    **{
        f"by {name} on some sites": Shape(everywhere=False, filters=frozenset({name}))
        for name in ("revised", "cancel_reason", "revision_reason")
    },
    "by text": Shape(everywhere=True, filters=frozenset(), words=2),
    "by text on some sites": Shape(everywhere=False, filters=frozenset({"state"}), words=1),
    "by text on a site": Shape(everywhere=True, filters=frozenset({"site"}), words=1),
}


@pytest.mark.parametrize("name", SHAPES)
async def test_a_list_finds_its_orders_by_an_index(orders: Orders, name: str) -> None:
    """SN-5: planned for any parameters; however many orders there are."""
    query = str(statement(SHAPES[name]).compile(dialect=asyncpg.dialect()))
    count = max(int(number) for number in re.findall(r"\$(\d+)", query))
    async with orders.runtime.sessions.begin() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        await session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        connection = await session.connection()
        await connection.exec_driver_sql(f"PREPARE planned AS {query}")
        nulls = ", ".join(["NULL"] * count)
        found = await connection.exec_driver_sql(f"EXPLAIN EXECUTE planned({nulls})")
        plan = "\n".join(row[0] for row in found)
        await connection.exec_driver_sql("DEALLOCATE planned")

    assert "Scan" in plan
    assert "Seq Scan on orders" not in plan, plan
    assert "orders_by_site_and_words" in plan or name != "by text", plan
