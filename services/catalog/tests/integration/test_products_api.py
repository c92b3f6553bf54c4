"""Products over HTTP."""

import asyncio
from uuid import uuid4

import pytest

from services.catalog.tests.api import Api, problem
from services.catalog.tests.driving import Catalog, a_site


def a_code() -> str:
    return f"c{uuid4().hex}"


def pounds(minor: int) -> dict[str, object]:
    return {"minor": minor, "currency": "GBP"}


async def test_a_product_is_made_changed_and_told_of_once_per_change(
    api: Api, catalog: Catalog
) -> None:
    """CP-1, CP-8: one price per site, in minor units of its currency."""
    code, sku = a_code(), uuid4().hex
    await catalog.site(code)
    body = {"name": "Oak chair", "prices": {code: pounds(1250)}}

    made = await api.put(f"/products/{sku}", body)
    again = await api.put(f"/products/{sku}", body)
    changed = await api.put(f"/products/{sku}", {**body, "name": "Ash chair"})

    assert (made.status_code, again.status_code, changed.status_code) == (201, 200, 200)
    assert [a.headers["etag"] for a in (made, again, changed)] == ['"1"', '"1"', '"2"']
    shown = await api.get(f"/products/{sku}")
    assert (shown["code"], shown["name"], shown["version"]) == (sku, "Ash chair", 2)
    assert shown["prices"] == shown["variants"][0]["prices"] == {code: pounds(1250)}
    assert shown["variants"][0]["sku"] == sku
    assert [event["version"] for event in await catalog.events(made.json()["product_id"])] == [1, 2]


async def test_a_stale_change_is_refused_with_the_current_state(api: Api, catalog: Catalog) -> None:
    """SN-4's rule, for products."""
    code, sku = a_code(), uuid4().hex
    await catalog.site(code)
    await api.put(f"/products/{sku}", {"name": "Chair", "prices": {code: pounds(1)}})
    await api.put(f"/products/{sku}", {"name": "Stool", "prices": {code: pounds(1)}})

    stale = await api.put(f"/products/{sku}", {"name": "Sofa", "prices": {}}, If_Match='"1"')
    fresh = await api.put(f"/products/{sku}", {"name": "Sofa", "prices": {}}, If_Match='"2"')

    assert problem(stale, 412, "STALE")["current"]["name"] == "Stool"
    assert fresh.status_code == 200


async def test_a_price_for_an_unknown_site_or_in_another_currency_is_refused(
    api: Api, catalog: Catalog
) -> None:
    """CP-8: the site's currency is the price's."""
    code, sku = a_code(), uuid4().hex
    await catalog.site(code)

    unknown = await api.put(f"/products/{sku}", {"name": "A", "prices": {"nowhere": pounds(1)}})
    euros = {"minor": 1, "currency": "EUR"}
    foreign = await api.put(f"/products/{sku}", {"name": "A", "prices": {code: euros}})

    problem(unknown, 422, "UNKNOWN_SITE", "/prices/nowhere")
    problem(foreign, 422, "CURRENCY_MISMATCH", f"/prices/{code}/currency")
    assert (await api.call("GET", f"/products/{sku}")).status_code == 404


async def test_the_highest_version_of_a_site_is_kept(api: Api, catalog: Catalog) -> None:
    """CP-8: sites arrive as events, in any order; a price left in the old currency is none."""
    code, sku = a_code(), uuid4().hex
    site = await catalog.site(code)
    await api.put(f"/products/{sku}", {"name": "A", "prices": {code: pounds(1)}})

    await catalog.handle(a_site(code, site_id=site, currency="EUR", version=3))
    await catalog.handle(a_site(code, site_id=site, currency="USD", version=2))

    price = {"minor": 1, "currency": "USD"}
    wrong = await api.put(f"/products/{sku}", {"name": "A", "prices": {code: price}})
    assert "EUR" in problem(wrong, 422, "CURRENCY_MISMATCH")["detail"]
    assert (await api.get(f"/products?site={code}"))["items"] == []


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"prices": {}}, "FIELD_REQUIRED", "/name"),
        ({"name": "", "prices": {}}, "TOO_SHORT", "/name"),
        ({"name": "a\x07b", "prices": {}}, "INVALID_TEXT", "/name"),
        ({"name": 7, "prices": {}}, "WRONG_TYPE", "/name"),
        ({"name": "A", "prices": {}, "colour": "red"}, "UNKNOWN_FIELD", "/colour"),
        ({"name": "A", "prices": {"uk": 7}}, "WRONG_TYPE", "/prices/uk"),
        ({"name": "A", "prices": {"uk": pounds(-1)}}, "AMOUNT_OUT_OF_RANGE", "/prices/uk"),
        ({"name": "A", "prices": {"uk": pounds(2**63)}}, "AMOUNT_OUT_OF_RANGE", "/prices/uk"),
        (
            {"name": "A", "prices": {"uk": pounds(1) | {"minor": True}}},
            "WRONG_TYPE",
            "/prices/uk/minor",
        ),
        (
            {"name": "A", "prices": {"uk": pounds(1) | {"minor": "1"}}},
            "WRONG_TYPE",
            "/prices/uk/minor",
        ),
        ({"name": "card 4111 1111 1111 1111"}, "CARD_NUMBER_REFUSED", "/name"),
        (
            {"name": "A", "description": "4111-1111-1111-1111"},
            "CARD_NUMBER_REFUSED",
            "/description",
        ),
        ({"name": "A", "prices": {"uk": pounds(10**400)}}, "AMOUNT_OUT_OF_RANGE", "/prices/uk"),
        ({"name": "A", "prices": {"uk": {"minor": 1, "currency": "pounds"}}}, None, "/prices/uk"),
        (
            {"name": "A", "prices": {"uk": {**pounds(1), "cents": 1}}},
            None,
            "/prices/uk/cents",
        ),
    ],
)
async def test_bad_input_is_refused_with_the_field_named(
    api: Api, body: object, code: str | None, pointer: str
) -> None:
    """CU-3's rule, for products: one entry per field. CP-8, PA-2."""
    refused = problem(await api.put("/products/A", body), 422, "INVALID_REQUEST", pointer)

    assert code in {None, refused["errors"][0]["code"]}


async def test_a_sku_is_printable_without_spaces_at_its_ends(api: Api) -> None:
    body: dict[str, object] = {"name": "A", "prices": {}}

    for sku in ("%20A", "A%20", "A%07", "A" * 65):
        problem(await api.put(f"/products/{sku}", body), 422, "INVALID_REQUEST", "path: code")
    for sku in ("B 1/2\N{QUOTATION MARK}", "\N{GREEK SMALL LETTER PI}"):
        made = await api.put(f"/products/{sku}", body)
        assert made.json()["code"] == sku


async def test_search_finds_first_letters_of_name_words_and_skus_on_this_site_only(
    api: Api, catalog: Catalog
) -> None:
    """SE-4, IN-1, IN-13: only what the site sells, with price and stock."""
    here, there, mark = a_code(), a_code(), f"m{uuid4().hex[:8]}"
    await catalog.site(here)
    await catalog.site(there)

    async def sell(sku: str, name: str, *codes: str) -> None:
        prices = {code: pounds(100) for code in codes}
        await api.put(f"/products/{mark}-{sku}", {"name": name, "prices": prices})

    await sell("1", "Crème brûlée set", here)
    await sell("2", "Set of brushes for brass", here, there)
    await sell("3", "Brush", there)
    await sell("4", "Umbrella", here)

    async def found(q: str) -> list[str]:
        page = await api.get(f"/products?site={here}&q={q}")
        assert page["as_of"].endswith("Z")
        return [item["code"].removeprefix(f"{mark}-") for item in page["items"]]

    assert await found("bru") == ["1", "2"]
    assert await found("BR") == ["2", "1"]
    assert await found("Brûl") == ["1"]
    assert await found("set bru") == ["1", "2"]
    assert await found("bras bru se") == ["2"]
    assert await found("rella") == []
    assert await found(f"{mark}-4") == ["4"]
    assert sorted(await found(mark)) == ["1", "2", "4"]
    assert await found("") == ["1", "2", "4"]
    assert await found("%25") == await found("%07x") == await found("_") == []


async def test_pages_of_a_search_hold_each_product_once(api: Api, catalog: Catalog) -> None:
    """SE-4: paged by key."""
    code = a_code()
    site = await catalog.site(code)
    skus = {await catalog.product(site, name=f"Red rack {n} reed") for n in range(7)}

    for q in ("", "re"):
        seen, after = list[str](), ""
        while True:
            page = await api.get(f"/products?site={code}&q={q}&limit=3{after}")
            seen += [item["code"] for item in page["items"]]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        assert (len(seen), set(seen)) == (7, skus)
    answer = await api.call("GET", f"/products?site={code}&after=zzz")
    problem(answer, 422, "INVALID_CURSOR", "query: after")


async def test_stock_is_the_sum_of_what_ships_and_each_place_of_its_own(
    api: Api, catalog: Catalog
) -> None:
    """IN-1, IN-2, IN-4, IN-13."""
    code = a_code()
    site = await catalog.site(code)
    chair = await catalog.product(site)
    far, shop = a_code(), a_code()
    for place, ships in ((far, True), (shop, False)):
        await catalog.location(site, code=place, ships=ships, pickup=not ships)
        await api.adjust(place, [{"sku": chair, "change": 5}])
    await catalog.reserve(site, (chair, 2, None))

    stock = await api.get(f"/products/{chair}/stock?site={code}")
    listed = (await api.get(f"/products?site={code}"))["items"][0]["variants"][0]

    assert (stock["available"], listed["stock"]["current"]) == (3, 3)
    assert stock["price"] == listed["price"] == pounds(1250)
    assert {p["code"]: (p["available"], p["pickup"]) for p in stock["locations"]} == {
        far: (3, False),
        shop: (5, True),
    }
    assert stock["as_of"].endswith("Z")


async def test_staff_see_and_change_only_what_their_sites_sell(api: Api, catalog: Catalog) -> None:
    """SC-1: lists, searches and look-ups alike; other sites' prices stay as they are."""
    mine, other = a_code(), a_code()
    my_site, other_site = await catalog.site(mine), await catalog.site(other)
    both, theirs = uuid4().hex, await catalog.product(other_site)
    prices = {mine: pounds(1), other: pounds(2)}
    await api.put(f"/products/{both}", {"name": "Both", "prices": prices})
    staff = api.staff(my_site)

    assert (await staff.get(f"/products/{both}"))["prices"] == {mine: pounds(1)}
    problem(await staff.call("GET", f"/products/{theirs}"), 404, "NOT_FOUND")
    problem(await staff.call("GET", f"/products?site={other}"), 404, "UNKNOWN_SITE")
    problem(await staff.call("GET", f"/products/{both}/stock?site={other}"), 404, "UNKNOWN_SITE")
    refused = await staff.put(f"/products/{both}", {"name": "Both", "prices": {other: pounds(3)}})
    problem(refused, 422, "UNKNOWN_SITE", f"/prices/{other}")
    await staff.put(f"/products/{both}", {"name": "Both", "prices": {mine: pounds(9)}})
    assert (await api.get(f"/products/{both}"))["prices"] == {mine: pounds(9), other: pounds(2)}


@pytest.mark.parametrize("changed", [{"name": "B"}, {"active": False}, {"weight_grams": 5}])
async def test_what_holds_on_every_site_is_changed_by_who_sees_all_that_sell_it(
    api: Api, catalog: Catalog, changed: dict[str, object]
) -> None:
    """SC-1: else staff of one shop could take a product out of every other."""
    mine, other, sku = a_code(), a_code(), uuid4().hex
    my_site, other_site = await catalog.site(mine), await catalog.site(other)
    body = {"name": "A", "prices": {mine: pounds(1), other: pounds(2)}}
    await api.put(f"/products/{sku}", body)
    theirs = {**body, "prices": {mine: pounds(1)}, **changed}

    problem(await api.staff(my_site).put(f"/products/{sku}", theirs), 403, "PRODUCT_SHARED")
    assert (await api.get(f"/products/{sku}"))["version"] == 1
    both = api.staff(my_site, other_site)
    assert (await both.put(f"/products/{sku}", {**body, **changed})).status_code == 200


async def test_a_variant_taken_off_one_site_stays_where_it_is_on_the_others(
    api: Api, catalog: Catalog
) -> None:
    """SC-1, CP-2: also when those after it stand at other places of the request then."""
    mine, other, code = a_code(), a_code(), uuid4().hex
    my_site, _ = await catalog.site(mine), await catalog.site(other)
    variants = [
        {
            "sku": f"{code}-{size}",
            "options": {"Size": size},
            "prices": {mine: pounds(1), other: pounds(2)},
        }
        for size in ("S", "M", "L")
    ]
    body = {"name": "A", "options": [{"name": "Size", "values": ["S", "M", "L"]}]}
    made = await api.put(f"/products/{code}", {**body, "variants": variants})
    assert made.status_code == 201, made.text

    small, _, large = variants
    left = [{**one, "prices": {mine: pounds(1)}} for one in (small, large)]
    kept = await api.staff(my_site).put(f"/products/{code}", {**body, "variants": left})

    assert kept.status_code == 200, kept.text
    [seen] = (await api.get(f"/products?site={other}"))["items"]
    assert [one["sku"] for one in seen["variants"]] == [one["sku"] for one in variants]
    [seen] = (await api.get(f"/products?site={mine}"))["items"]
    assert [one["sku"] for one in seen["variants"]] == [small["sku"], large["sku"]]


async def test_each_action_needs_its_permission(api: Api) -> None:
    """SC-3."""
    reader = api.staff(permissions=["catalog.read"])
    nobody = api.staff(permissions=[])

    problem(await reader.put("/products/A", {"name": "A", "prices": {}}), 403, "PERMISSION_DENIED")
    problem(await reader.adjust("a", [{"sku": "A", "change": 1}]), 403, "PERMISSION_DENIED")
    problem(await nobody.call("GET", "/products/A"), 403, "PERMISSION_DENIED")
    problem(await Api(api.client, api.levels, "").call("GET", "/products/A"), 401, "TOKEN_MISSING")


async def test_of_products_made_at_once_one_gets_the_sku(api: Api, catalog: Catalog) -> None:
    """CP-2: a variant belongs to one product, also when two products ask for it at once."""
    site, sku, codes = a_code(), uuid4().hex, [a_code() for _ in range(6)]
    await catalog.site(site)

    async with asyncio.TaskGroup() as group:
        puts = [
            group.create_task(
                api.put(
                    f"/products/{code}",
                    {
                        "name": code,
                        "options": [{"name": "Size", "values": [code]}],
                        "variants": [
                            {"sku": sku, "options": {"Size": code}, "prices": {site: pounds(1)}}
                        ],
                    },
                )
            )
            for code in codes
        ]

    made = [code for code, put in zip(codes, puts, strict=True) if put.result().status_code == 201]
    refused = {put.result().json()["code"] for put in puts if put.result().status_code != 201}
    assert len(made) == 1
    assert refused <= {"ALREADY_EXISTS", "SKU_TAKEN"}
    sold = await api.get(f"/variants/{sku}?site={site}")
    assert (sold["product"], sold["options"]) == (made[0], {"Size": made[0]})
    for code in set(codes) - set(made):
        problem(await api.call("GET", f"/products/{code}"), 404, "NOT_FOUND")
