import asyncio
from uuid import uuid4

import pytest
from customers.gateways.announcer import Announcer
from customers.storage.tables import site as sites
from sqlalchemy import update

from services.customers.tests.api import Api, a_customer_body, a_site_body, problem
from services.customers.tests.outbox import Sessions, told


async def test_a_set_is_made_renamed_and_told(api: Api, database: Sessions) -> None:
    """CS-4."""
    code = await api.a_set()
    again = await api.put(f"/customer-sets/{code}", {"name": "Retail"})
    renamed = await api.put(f"/customer-sets/{code}", {"name": " Shops "}, If_Match='"1"')

    assert (again.status_code, again.headers["ETag"]) == (200, '"1"')
    assert (renamed.status_code, renamed.headers["ETag"]) == (200, '"2"')
    found = await api.get(f"/customer-sets/{code}")
    assert found == renamed.json() == {**found, "code": code, "name": "Shops", "version": 2}
    events = await told(database, found["id"])
    assert [(e.type, e.sequence, e.data["name"]) for e in events] == [
        ("customers.customer-set-changed.v1", 1, "Retail"),
        ("customers.customer-set-changed.v1", 2, "Shops"),
    ]


async def test_a_site_is_made_changed_and_told_with_its_whole_state(
    api: Api, database: Sessions
) -> None:
    """CS-4: a site belongs to exactly one set, and can be moved."""
    code, other = await api.a_site(), await api.a_set()
    made = await api.get(f"/sites/{code}")

    moved = await api.put(f"/sites/{code}", a_site_body(other, active=False), If_Match='"1"')

    assert moved.json() == {**made, "customer_set": other, "active": False, "version": 2}
    assert await api.get(f"/sites/{code}") == moved.json()
    first, second = await told(database, made["id"])
    assert (first.type, first.sequence) == ("customers.site-changed.v1", 1)
    assert second.data == {
        "site_id": made["id"],
        "version": 2,
        "code": code,
        "name": "Shop",
        "customer_set_id": (await api.get(f"/customer-sets/{other}"))["id"],
        "country": "GB",
        "currency": "GBP",
        "time_zone": "Europe/London",
        "active": False,
    }


async def test_everything_wrong_with_a_site_is_told_at_once(api: Api) -> None:
    body = a_site_body("no-such-set", name=" ", country="UK", currency="POUND", time_zone="London")

    answer = await api.put("/sites/uk", body)

    fields = ("/name", "/customer_set", "/country", "/currency", "/time_zone")
    problem(answer, 422, "INVALID_REQUEST", *fields)


async def test_a_sites_currency_cannot_be_changed(api: Api) -> None:
    code = await api.a_site()
    of_set = (await api.get(f"/sites/{code}"))["customer_set"]

    answer = await api.put(f"/sites/{code}", a_site_body(of_set, currency="EUR"))

    problem(answer, 409, "SITE_CURRENCY_FIXED", "/currency")


async def test_a_stale_change_is_refused_with_the_current_state(api: Api) -> None:
    code = await api.a_set()
    await api.put(f"/customer-sets/{code}", {"name": "Shops"})

    stale = await api.put(f"/customer-sets/{code}", {"name": "Mine"}, If_Match='"1"')

    document = problem(stale, 412, "STALE")
    assert document["current"] == await api.get(f"/customer-sets/{code}")
    assert stale.headers["ETag"] == '"2"'
    site = await api.a_site(code)
    body = a_site_body(code, name="Other")
    document = problem(await api.put(f"/sites/{site}", body, If_Match='"7"'), 412, "STALE")
    assert document["current"]["version"] == 1


async def test_a_version_of_what_is_not_there_cannot_be_changed(api: Api) -> None:
    code = f"new-{uuid4().hex}"
    of_set = await api.a_set()

    answer = await api.put(f"/customer-sets/{code}", {"name": "X"}, If_Match='"1"')
    problem(answer, 404, "NOT_FOUND")
    answer = await api.put(f"/sites/{code}", a_site_body(of_set), If_Match='"1"')
    problem(answer, 404, "NOT_FOUND")


async def test_staff_see_and_change_only_their_sites_and_those_sites_sets(api: Api) -> None:
    """SC-1."""
    mine, other = await api.a_site(), await api.a_site()
    my_set = (await api.get(f"/sites/{mine}"))["customer_set"]
    other_set = (await api.get(f"/sites/{other}"))["customer_set"]
    clerk = api.staff(mine)

    assert [site["code"] for site in (await clerk.get("/sites"))["items"]] == [mine]
    assert [one["code"] for one in (await clerk.get("/customer-sets"))["items"]] == [my_set]
    problem(await clerk.call("GET", f"/sites/{other}"), 404, "NOT_FOUND")
    problem(await clerk.call("GET", f"/customer-sets/{other_set}"), 404, "NOT_FOUND")
    problem(await clerk.put(f"/sites/{other}", a_site_body(my_set)), 404, "NOT_FOUND")
    problem(await clerk.put(f"/customer-sets/{other_set}", {"name": "X"}), 404, "NOT_FOUND")
    problem(await clerk.put("/customer-sets/new", {"name": "X"}), 404, "NOT_FOUND")
    answer = await clerk.put(f"/sites/{mine}", a_site_body(other_set))
    problem(answer, 422, "INVALID_REQUEST", "/customer_set")
    assert (await clerk.put(f"/sites/{mine}", a_site_body(my_set))).status_code == 200


async def test_lists_are_paged_by_code(api: Api) -> None:
    """CS-1: the sites of which one is chosen."""
    of_set = await api.a_set()
    codes = sorted([await api.a_site(of_set) for _ in range(3)])
    clerk = api.staff(*codes)

    first = await clerk.get("/sites?limit=2")
    rest = await clerk.get(f"/sites?limit=2&after={first['next']}")

    assert [site["code"] for site in first["items"] + rest["items"]] == codes
    assert rest["next"] is None
    problem(await api.call("GET", "/sites?after=nonsense"), 422, "INVALID_CURSOR")
    problem(await api.call("GET", "/customer-sets?after=nonsense"), 422, "INVALID_CURSOR")


@pytest.mark.parametrize("code", ["UK", "-uk", "u_k", "x" * 65, "%00"])
async def test_a_code_of_another_form_is_refused(api: Api, code: str) -> None:
    problem(await api.put(f"/customer-sets/{code}", {"name": "X"}), 422, "INVALID_REQUEST")


async def test_each_action_needs_its_permission(api: Api) -> None:
    """SC-3."""
    reader = api.staff("uk", permissions=["customers.read"])

    for path, body in (("/customer-sets/uk", {"name": "X"}), ("/sites/uk", a_site_body("uk"))):
        answer = await reader.put(path, body)
        assert problem(answer, 403, "PERMISSION_DENIED")["permission"] == "sites.write"
    answer = await api.staff("uk", permissions=[]).call("GET", "/sites")
    assert problem(answer, 403, "PERMISSION_DENIED")["permission"] == "customers.read"


async def test_of_many_who_make_a_site_at_once_one_makes_it(api: Api, database: Sessions) -> None:
    """CS-4: and it is told once."""
    of_set, code = await api.a_set(), f"site-{uuid4().hex}"

    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(api.put(f"/sites/{code}", a_site_body(of_set))) for _ in range(4)
        ]

    assert sorted(task.result().status_code for task in running) == [200, 200, 200, 201]
    assert len(await told(database, running[0].result().json()["id"])) == 1


async def test_the_only_site_is_chosen_silently(api: Api) -> None:
    """CS-1: whoever works on one need not name it; inactive ones do not count."""
    mine = await api.a_site()
    closed = await api.a_site(active=False)
    body = a_customer_body("")
    body.pop("site")

    made = await api.staff(mine, closed).post("/customers", body)

    assert made.status_code == 201, made.text
    assert made.json()["customer_set"] == await api.set_of(mine)


async def test_of_several_sites_one_must_be_chosen(api: Api) -> None:
    """CS-9: the message says so; CS-1."""
    two = api.staff(await api.a_site(), await api.a_site())

    answer = await two.post("/customers", a_customer_body(""))

    document = problem(answer, 422, "INVALID_REQUEST", "/site", "/phones/0/number")
    assert "select one" in document["errors"][0]["detail"]
    nowhere = await api.staff().post("/customers", a_customer_body(""))
    problem(nowhere, 422, "INVALID_REQUEST", "/site", "/phones/0/number")


async def test_a_site_leads_to_its_storefront(api: Api) -> None:
    """CU-9: where invitations lead; without a slash at the end."""
    of_set = await api.a_set()
    code = await api.a_site(of_set, storefront_url="https://shop.example/en/")
    assert (await api.get(f"/sites/{code}"))["storefront_url"] == "https://shop.example/en"
    bare = await api.put(f"/sites/{code}", a_site_body(of_set))
    assert bare.json()["storefront_url"] is None

    for url in ("shop.example", "ftp://x.example", "https://", "https://x.example/?a", "//x", "x"):
        answer = await api.put(f"/sites/{code}", a_site_body(of_set, storefront_url=url))
        document = problem(answer, 422, "INVALID_REQUEST", "/storefront_url")
        assert document["errors"][0]["code"] == "URL_FORMAT"


async def test_a_moved_site_keeps_its_customers_where_they_are(api: Api) -> None:
    """CS-4: customers belong to the set, not to the site; another site's e-mails do not matter."""
    site = await api.a_site()
    ann = await api.a_customer(site, email="ann@example.com")
    other = await api.a_site()
    twin = await api.a_customer(other, email="ann@example.com")
    to = await api.set_of(other)

    moved = await api.put(f"/sites/{site}", a_site_body(to))

    assert moved.json()["customer_set"] == to
    assert (await api.get(f"/customers/{ann['id']}"))["customer_set"] == ann["customer_set"]
    listed = (await api.get(f"/customers?site={site}&q=ann"))["items"]
    assert [line["id"] for line in listed] == [twin["id"]]


async def test_a_field_that_events_have_gained_reaches_the_copies(
    api: Api, database: Sessions
) -> None:
    """CS-4: a site that was told as less is told once more; copies take what is newer."""
    shop = "https://shop.example"
    code, other = await api.a_site(storefront_url=shop), await api.a_site()
    before = await api.get(f"/sites/{code}")
    async with database.begin() as session:
        await session.execute(update(sites).values(told_as=2))
        await session.execute(update(sites).where(sites.c.code == code).values(told_as=1))
    for _ in range(2):
        await Announcer(database).run()
    after = await api.get(f"/sites/{code}")
    assert after == {**before, "version": 2}
    first, again = await told(database, before["id"])
    assert (first.sequence, again.sequence) == (1, 2)
    assert again.data == {**first.data, "version": 2}
    assert again.data["storefront_url"] == shop
    assert (await api.get(f"/sites/{other}"))["version"] == 1
    changed = await api.put(
        f"/sites/{code}", {**a_site_body(before["customer_set"])}, If_Match='"2"'
    )
    assert changed.json()["version"] == 3


async def test_a_site_is_announced_by_staff(api: Api, database: Sessions) -> None:
    """CS-4, SC-1, SC-3: for services that were upgraded later."""
    code = await api.a_site()
    told_again = await api.post(f"/sites/{code}/announcement", {})
    assert (told_again.status_code, told_again.json()["version"]) == (200, 2)
    assert len(await told(database, told_again.json()["id"])) == 2
    elsewhere = api.staff(await api.a_site())
    assert (await elsewhere.post(f"/sites/{code}/announcement", {})).status_code == 404
    assert (await api.post("/sites/none/announcement", {})).status_code == 404
    reader = api.staff(code, permissions=["customers.read"])
    assert (await reader.post(f"/sites/{code}/announcement", {})).status_code == 403
