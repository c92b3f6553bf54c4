from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from services.customers.tests.api import Api, problem
from services.customers.tests.outbox import Sessions, told


async def found(api: Api, site: str, query: str, **more: object) -> list[str]:
    """Give the first names found."""
    extra = "".join(f"&{name}={value}" for name, value in more.items())
    page = await api.get(f"/customers?site={site}&q={quote(query)}{extra}")
    return [line["first_name"] for line in page["items"]]


async def test_the_beginning_of_a_name_email_phone_or_number_finds(api: Api) -> None:
    """SE-1, SE-2."""
    site = await api.a_site()
    phones = [{"kind": "mobile", "number": "07700 900123"}]
    await api.a_customer(site, first_name="Åsa", last_name="Öberg", email="asa@example.com")
    await api.a_customer(site, first_name="Bob", last_name="Asaro", phones=phones, company="Zet")

    assert await found(api, site, "asa") == ["Åsa", "Bob"]
    assert await found(api, site, "asa ob") == await found(api, site, "OBERG") == ["Åsa"]
    assert await found(api, site, "asa@") == ["Åsa"]
    assert await found(api, site, "zet") == ["Bob"]
    assert await found(api, site, "07700 9") == await found(api, site, "+44 77") == ["Bob"]
    assert await found(api, site, "c-000002") == ["Bob"]
    assert await found(api, site, "000001") == ["Åsa"]
    assert await found(api, site, "nobody") == await found(api, site, "%") == []


async def test_search_on_a_site_finds_customers_of_its_set_only(api: Api) -> None:
    """CS-2: and of the other set's customer nothing is revealed."""
    here, there = await api.a_site(), await api.a_site()
    await api.a_customer(there, email="ann@example.com")

    assert await found(api, here, "ann") == []
    assert await found(api, there, "ann") == ["Ann"]
    sister = await api.a_site((await api.get(f"/sites/{there}"))["customer_set"])
    assert await found(api, sister, "ann") == ["Ann"]


async def test_staff_find_and_see_only_customers_of_their_sites_sets(api: Api) -> None:
    """SC-1: in lists, searches and look-ups by id alike."""
    mine, other = await api.a_site(), await api.a_site()
    ann, bob = await api.a_customer(mine), await api.a_customer(other, first_name="Bob")
    clerk = api.staff(mine)

    for path in ("/customers", "/customers?q=smith", f"/customers?site={mine}"):
        assert [line["id"] for line in (await clerk.get(path))["items"]] == [ann["id"]]
    assert (await clerk.get(f"/customers/{ann['id']}"))["id"] == ann["id"]
    problem(await clerk.call("GET", f"/customers/{bob['id']}"), 404, "NOT_FOUND")
    for site in (other, "no-such-site", "\u2028"):
        answer = await clerk.call("GET", f"/customers?site={quote(site)}")
        problem(answer, 404, "UNKNOWN_SITE", "query: site")
    assert (await api.staff().get("/customers"))["items"] == []


async def test_a_staff_account_is_shown_with_the_reason(api: Api) -> None:
    """CU-7."""
    site = await api.a_site()
    await api.a_customer(site, is_staff=True)

    (line,) = (await api.get(f"/customers?site={site}&q=ann"))["items"]

    assert (line["is_staff"], line["blocked"]) == (True, "CUSTOMER_IS_STAFF")


async def test_who_cannot_be_chosen_is_shown_with_a_mark(api: Api) -> None:
    """SE-5: disabled, incomplete, staff; who can be has none."""
    site = await api.a_site()
    await api.a_customer(site, first_name="Smith 1")
    disabled = await api.a_customer(site, first_name="Smith 2")
    await api.call("POST", f"/customers/{disabled['id']}/disabling", {"disabled": True})
    await api.a_customer(site, first_name="Smith 3", is_staff=True)
    lacks = {"site": site, "external_reference": "4", "first_name": "Smith 4", "last_name": "X"}
    body = {"rows": [{"line": 1, "customer": lacks}]}
    await api.call("POST", "/imports/customers?incomplete=true", body)

    lines = (await api.get(f"/customers?site={site}&q=smith"))["items"]

    marks = {line["first_name"]: (line["blocked"], line["choosable"]) for line in lines}
    assert marks == {
        "Smith 1": (None, True),
        "Smith 2": ("CUSTOMER_DISABLED", False),
        "Smith 3": ("CUSTOMER_IS_STAFF", False),
        "Smith 4": ("CUSTOMER_INCOMPLETE", False),
    }


async def test_details_are_shown_without_choosing(api: Api, database: Sessions) -> None:
    """SE-3: looking leaves no trace."""
    ann = await api.a_customer(await api.a_site())

    first, again = [await api.get(f"/customers/{ann['id']}") for _ in range(2)]

    assert first == again == ann
    assert len(await told(database, ann["id"])) == 1


async def test_a_customer_is_found_by_external_reference(api: Api) -> None:
    site = await api.a_site()
    await api.a_customer(site, external_reference="17850")
    await api.a_customer(site, first_name="Bob")

    assert await found(api, site, "", external_reference="17850") == ["Ann"]
    assert await found(api, site, "smith", external_reference="17850") == ["Ann"]
    assert await found(api, site, "", external_reference="1785") == []


@pytest.mark.parametrize("query", ["", "q=smith"])
async def test_every_customer_is_on_one_page_of_the_list(api: Api, query: str) -> None:
    """CU-12: paged by key; of several sets as of one."""
    sites = [await api.a_site(), await api.a_site()]
    made = [
        await api.a_customer(sites[n % 2], first_name=f"Smith {n}", email=f"smith{n}@x.test")
        for n in range(7)
    ]
    ids = [customer["id"] for customer in made]
    clerk = api.staff(*sites)

    seen: list[Any] = []
    page = await clerk.get(f"/customers?limit=2&{query}")
    while True:
        seen += [line["id"] for line in page["items"]]
        if page["next"] is None:
            break
        page = await clerk.get(f"/customers?limit=2&{query}&after={page['next']}")

    assert sorted(seen) == sorted(ids)
    if not query:
        assert seen == ids[::-1]


async def test_a_customer_who_was_just_made_is_listed_at_once(api: Api) -> None:
    """CU-10."""
    site = await api.a_site()
    for n in range(3):
        await api.a_customer(site, first_name=f"Ann {n}")
        assert len(await found(api, site, "")) == len(await found(api, site, "ann")) == n + 1


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "INVALID_REQUEST"),
        ("limit=201", "INVALID_REQUEST"),
        ("after=nonsense", "INVALID_CURSOR"),
        ("q=ann&after=WyJhIl0", "INVALID_CURSOR"),
        (f"q={'a' * 201}", "INVALID_REQUEST"),
        (f"site={'a' * 65}", "INVALID_REQUEST"),
    ],
)
async def test_a_query_that_is_none_is_refused(api: Api, query: str, code: str) -> None:
    problem(await api.call("GET", f"/customers?{query}"), 422, code)


@pytest.mark.parametrize("query", ["%F4%8F%BF%BF", "%ED%A0%80", "%5C%25", "%C2%85", "+"])
async def test_any_text_can_be_searched_for(api: Api, query: str) -> None:
    site = await api.a_site()

    assert (await api.get(f"/customers?site={site}&q={query}"))["items"] == []


@pytest.mark.parametrize("query", ["q=%00", "q=a%00b", "external_reference=%00", "site=%00"])
async def test_what_no_text_can_hold_is_refused(api: Api, query: str) -> None:
    problem(await api.call("GET", f"/customers?{query}"), 422, "INVALID_REQUEST")


async def test_an_unknown_customer_is_not_found(api: Api) -> None:
    problem(await api.call("GET", f"/customers/{uuid4()}"), 404, "NOT_FOUND")
    problem(await api.call("GET", "/customers/nobody"), 422, "INVALID_REQUEST")
