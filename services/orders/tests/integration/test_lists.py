"""Orders listed and found; only those of the caller's sites."""

from sqlalchemy import text

from services.orders.tests.driving import Orders, problem


async def test_staff_see_only_their_sites(orders: Orders) -> None:
    """SC-1: lists, searches and look-ups by id alike; out of scope is not there."""
    mine, other = await orders.site(), await orders.site()
    seen, hidden = await orders.draft(mine), await orders.draft(other, external_reference="X-1")
    clerk = orders.staff(mine.site_id)
    assert [one["id"] for one in (await clerk.done("GET", ""))["items"]] == [seen["id"]]
    assert (await clerk.done("GET", f"?q={hidden['number']}"))["items"] == []
    problem(await clerk.call("GET", f"?site={other.code}"), 404, "UNKNOWN_SITE")
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


async def test_the_search_uses_its_index(orders: Orders) -> None:
    """A search stays flat however many orders there are."""
    async with orders.runtime.sessions() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await session.execute(
            text("EXPLAIN SELECT id FROM orders WHERE search_text LIKE '% byron%'")
        )
        assert "orders_by_search" in str(plan.all())
