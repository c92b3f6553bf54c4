import itertools
from typing import Any
from uuid import uuid4

import pytest
from chassis.http import cursor_encode

from services.customers.tests.api import Api, problem

PEOPLE = [
    ("Ann", "Öberg", "Zet", "ann@example.com"),
    ("bob", "Adams", None, "Bob@example.com"),
    ("Cyd", "adams", "acme", None),
    ("Åsa", "Zorn", "Acme", "cyd@example.com"),
]
COLUMNS = {"company", "last_name", "first_name", "email", "created_at", "is_registered"}


async def people(api: Api, site: str) -> list[dict[str, Any]]:
    return [
        await api.a_customer(site, first_name=first, last_name=last, company=company, email=email)
        for first, last, company, email in PEOPLE
    ]


async def register(api: Api, site: str, *those: dict[str, Any]) -> None:
    """Have customers sign up, as the system that brings them tells."""
    rows: list[dict[str, Any]] = []
    for line, each in enumerate(those, 1):
        reference = f"of {each['number']}"
        await api.patch(f"/customers/{each['id']}", {"external_reference": reference})
        told = {"site": site, "external_reference": reference, "is_registered": True}
        rows.append({"line": line, "customer": told})
    report = await api.call("POST", "/imports/customers", {"rows": rows})
    assert report.json()["changed"] == len(rows), report.text


async def walked(api: Api, path: str) -> list[dict[str, Any]]:
    """Give all that a list has, page by page."""
    page = await api.get(path)
    seen = list(page["items"])
    while page["next"] is not None:
        page = await api.get(f"{path}&after={page['next']}")
        seen += page["items"]
    return seen


async def test_a_list_shows_what_staff_look_for(api: Api) -> None:
    """CU-12."""
    site = await api.a_site()
    await api.a_customer(site)

    (line,) = (await api.get(f"/customers?site={site}"))["items"]

    assert line.keys() >= COLUMNS


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [
        ("created", [1, 2, 3, 4]),
        ("last_name", [2, 3, 1, 4]),
        ("first_name", [1, 4, 2, 3]),
        ("company", [2, 3, 4, 1]),
        ("email", [3, 1, 2, 4]),
        ("registered", [1, 4, 2, 3]),
    ],
)
@pytest.mark.parametrize("limit", [1, 3, 50])
async def test_a_list_is_sorted_up_and_down_whatever_the_page(
    api: Api, sort: str, numbers: list[int], limit: int
) -> None:
    """CU-12: neither case nor accents count; who has none comes first; equals by age."""
    site = await api.a_site()
    _, bob, cyd, _ = await people(api, site)
    await register(api, site, bob, cyd)
    path = f"/customers?site={site}&limit={limit}"

    up = await walked(api, f"{path}&sort={sort}")
    down = await walked(api, f"{path}&sort=-{sort}")

    assert [int(line["number"][2:]) for line in up] == numbers
    assert [int(line["number"][2:]) for line in down] == numbers[::-1]
    assert await walked(api, f"{path}&sort=%2B{sort}") == up


async def test_lists_of_several_sets_are_merged_in_order(api: Api) -> None:
    """CU-12, SC-1."""
    sites = [await api.a_site(), await api.a_site()]
    for site in sites:
        await people(api, site)

    seen = await walked(api.staff(*sites), "/customers?sort=last_name&limit=3")

    names = [line["last_name"].casefold() for line in seen]
    assert names == ["adams"] * 4 + ["öberg"] * 2 + ["zorn"] * 2
    assert len({line["id"] for line in seen}) == 8


async def test_a_list_is_filtered(api: Api) -> None:
    """CU-12: by set, level, sign-in account and state, with a search and without."""
    site, other = await api.a_site(), await api.a_site()
    level = await api.a_level(await api.set_of(site))
    ann, bob, cyd, asa = await people(api, site)
    await api.a_customer(other)
    await api.patch(f"/customers/{ann['id']}", {"level": level})
    await api.call("POST", f"/customers/{bob['id']}/disabling", {"disabled": True})
    await register(api, site, cyd)

    async def ids(query: str) -> list[str]:
        return [line["id"] for line in await walked(api, f"/customers?sort=created&{query}")]

    here = f"customer_set={await api.set_of(site)}"
    assert await ids(here) == [each["id"] for each in (ann, bob, cyd, asa)]
    assert await ids(f"{here}&level=trade") == [ann["id"]]
    assert await ids(f"{here}&disabled=true") == [bob["id"]]
    assert await ids(f"{here}&registered=true") == [cyd["id"]]
    assert await ids(f"{here}&registered=false&disabled=false") == [ann["id"], asa["id"]]
    assert await ids(f"{here}&q=adams&registered=true") == [cyd["id"]]
    assert await ids(f"{here}&site={other}") == []
    problem(await api.call("GET", "/customers?customer_set=none"), 404, "UNKNOWN_CUSTOMER_SET")
    problem(await api.staff(other).call("GET", f"/customers?{here}"), 404, "UNKNOWN_CUSTOMER_SET")


async def test_a_filter_does_not_shorten_pages_of_a_search(api: Api) -> None:
    """SE-1: those who do not pass are skipped, and do not end the list."""
    site = await api.a_site()
    everybody = [await api.a_customer(site) for _ in range(5)]
    for each in everybody[:3]:
        await api.call("POST", f"/customers/{each['id']}/disabling", {"disabled": True})

    page = await api.get(f"/customers?site={site}&q=ann&disabled=false&limit=2")

    assert [line["id"] for line in page["items"]] == [each["id"] for each in everybody[3:]]


@pytest.mark.parametrize("query", ["sort=age", "sort=--created", "registered=perhaps", "sort="])
async def test_a_list_that_there_is_not_is_refused(api: Api, query: str) -> None:
    problem(await api.call("GET", f"/customers?{query}"), 422, "INVALID_REQUEST")


async def test_a_cursor_belongs_to_its_sort(api: Api) -> None:
    site = await api.a_site()
    await people(api, site)
    path = f"/customers?site={site}&limit=1"
    cursors = {
        sort: (await api.get(f"{path}&sort={sort}"))["next"]
        for sort in ("created", "last_name", "email", "registered")
    }

    for of, to in itertools.permutations(cursors, 2):
        answer = await api.call("GET", f"{path}&sort={to}&after={cursors[of]}")
        problem(answer, 422, "INVALID_CURSOR", "query: after")
    forged = cursor_encode("registered", "yes", uuid4())
    answer = await api.call("GET", f"{path}&sort=registered&after={forged}")
    problem(answer, 422, "INVALID_CURSOR", "query: after")


async def test_everything_can_be_read_page_by_page(api: Api) -> None:
    """CU-12: for an export, the oldest first, each as they are shown alone."""
    site = await api.a_site()
    everybody = await people(api, site)

    records = await walked(api, f"/customers/records?site={site}&limit=3")

    assert records == everybody
    clerk = api.staff(await api.a_site())
    assert (await clerk.get("/customers/records"))["items"] == []
