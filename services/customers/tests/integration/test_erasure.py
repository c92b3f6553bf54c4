from typing import Any
from uuid import uuid4

from chassis.database import create_engine, sessions
from chassis.migrations import upgrade
from customers.main import MIGRATIONS
from customers.storage.tables import metadata
from sqlalchemy import cast, select
from sqlalchemy.dialects.postgresql import TEXT

from services.customers.tests.api import (
    Api,
    a_customer_body,
    an_address_body,
    open_api,
    problem,
)
from services.customers.tests.outbox import Sessions, told
from tests.servers import NewDatabase

PERSONAL = ("Zaphod", "Beeblebrox", "zb42@", "2079460042", "Betelgeuse", "N1 9GU", "ERP-42")


async def a_known_customer(api: Api) -> dict[str, Any]:
    """Zaphod, of whom much is known."""
    site = await api.a_site(storefront_url="https://shop.example")
    home = an_address_body(
        name="Zaphod Beeblebrox", lines=["5 Betelgeuse Row"], postal_code="N1 9GU"
    )
    zaphod = await api.a_customer(
        site,
        first_name="Zaphod",
        last_name="Beeblebrox",
        email="zb42@example.com",
        company="Betelgeuse Ltd",
        phones=[{"kind": "home", "number": "020 7946 0042"}],
        addresses=[{**home, "default_billing": True, "default_shipping": True}],
        external_reference="ERP-42",
        attributes={"head": "Zaphod has two"},
        marketing_consent={"granted": True, "source": "Betelgeuse fair"},
    )
    path = f"/customers/{zaphod['id']}"
    assert (await api.post(f"{path}/notes", {"text": "Call Zaphod"})).status_code == 201
    assert (await api.post(f"{path}/addresses", {**home, "city": "Leeds"})).status_code == 201
    assert (await api.post(f"{path}/invitation", {})).status_code == 202
    return await api.get(path)


async def rows_with(sessions: Sessions, word: str) -> list[str]:
    """Name the tables in which some row holds a word, in whatever column."""
    found: list[str] = []
    async with sessions() as session:
        for table in metadata.tables.values():
            rows = await session.execute(select(*(cast(c, TEXT) for c in table.columns)))
            texts = (" ".join(map(str, row)).casefold() for row in rows)
            if any(word.casefold() in text for text in texts):
                found.append(table.name)
    return found


async def test_nothing_personal_is_left_anywhere(new_database: NewDatabase) -> None:
    """Erasure: looked for in every table, search terms, notes, mails and kept answers too."""
    url = new_database()
    await upgrade(MIGRATIONS, url)
    engine = create_engine(url)
    try:
        async with open_api(url) as api:
            await nothing_is_left(api, sessions(engine))
    finally:
        await engine.dispose()


async def nothing_is_left(api: Api, database: Sessions) -> None:
    zaphod = await a_known_customer(api)
    for word in PERSONAL:
        assert await rows_with(database, word), word

    erased = await api.call("POST", f"/customers/{zaphod['id']}/erasure")

    assert erased.status_code == 200, erased.text
    for word in PERSONAL:
        assert await rows_with(database, word) == [], word
        assert word.casefold() not in erased.text.casefold()


async def test_id_and_number_stay_so_that_orders_can_be_read(api: Api, database: Sessions) -> None:
    """Erasure; everybody is told, so that they forget as well."""
    zaphod = await a_known_customer(api)

    erased = (await api.call("POST", f"/customers/{zaphod['id']}/erasure")).json()

    assert (erased["id"], erased["number"]) == (zaphod["id"], zaphod["number"])
    assert (erased["erased"], erased["version"]) == (True, zaphod["version"] + 1)
    assert (erased["first_name"], erased["phones"], erased["addresses"]) == ("", [], [])
    changed, event = (await told(database, zaphod["id"]))[-2:]
    assert (changed.type, changed.data["erased"]) == ("customers.customer-changed.v1", True)
    assert event.type == "customers.customer-erased.v1"
    assert event.data == {
        "customer_id": zaphod["id"],
        "version": erased["version"],
        "customer_set_id": event.data["customer_set_id"],
        "number": zaphod["number"],
    }


async def test_an_erased_customer_is_shown_with_a_mark_and_cannot_be_chosen(api: Api) -> None:
    """SE-5: found by number alone."""
    zaphod = await a_known_customer(api)
    await api.call("POST", f"/customers/{zaphod['id']}/erasure")
    here = f"/customers?customer_set={zaphod['customer_set']}"

    (line,) = (await api.get(f"{here}&q={zaphod['number']}"))["items"]
    assert (line["erased"], line["blocked"], line["choosable"]) == (True, "CUSTOMER_ERASED", False)
    assert (await api.get(f"{here}&q=zaphod"))["items"] == []
    assert (await api.get(f"{here}&q=n1"))["items"] == []


async def test_erasure_is_for_good_and_harmless_again(api: Api, database: Sessions) -> None:
    zaphod = await a_known_customer(api)
    path = f"/customers/{zaphod['id']}"
    first = await api.call("POST", f"{path}/erasure")

    again = await api.call("POST", f"{path}/erasure")

    assert again.json() == first.json()
    kinds = [event.type for event in await told(database, zaphod["id"])]
    assert kinds.count("customers.customer-erased.v1") == 1
    address = zaphod["addresses"][0]["id"]
    for answer in (
        await api.patch(path, {"first_name": "Ann"}),
        await api.call("POST", f"{path}/disabling", {"disabled": True}),
        await api.post(f"{path}/addresses", an_address_body()),
        await api.put(f"{path}/addresses/{address}", an_address_body()),
        await api.delete(f"{path}/addresses/{address}"),
        await api.post(f"{path}/notes", {"text": "x"}),
        await api.post(f"{path}/invitation", {}),
    ):
        problem(answer, 409, "CUSTOMER_ERASED")


async def test_a_request_that_is_repeated_after_an_erasure_makes_nobody_anew(api: Api) -> None:
    """The kept answer was personal: it is forgotten, not the request."""
    body = a_customer_body(await api.a_site(), email="zb@example.com")
    key = uuid4().hex
    made = await api.post("/customers", body, Idempotency_Key=key)
    await api.call("POST", f"/customers/{made.json()['id']}/erasure")

    again = await api.post("/customers", body, Idempotency_Key=key)

    problem(again, 409, "CUSTOMER_ERASED")
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_email_and_reference_become_free(api: Api) -> None:
    """CS-6: nobody has them any more."""
    site = await api.a_site()
    known = {"email": "zb@example.com", "external_reference": "ERP-42"}
    old = await api.a_customer(site, **known)
    await api.call("POST", f"/customers/{old['id']}/erasure")

    new = await api.a_customer(site, **known)

    assert new["id"] != old["id"]
    assert new["number"] == "C-000002"


async def test_erasing_needs_its_own_permission_and_a_customer_in_reach(api: Api) -> None:
    """SC-1, SC-3."""
    site = await api.a_site()
    path = f"/customers/{(await api.a_customer(site))['id']}/erasure"
    writer = api.staff(site, permissions=["customers.read", "customers.write"])

    answer = await writer.call("POST", path)
    assert problem(answer, 403, "PERMISSION_DENIED")["permission"] == "customers.erase"
    problem(await api.staff(await api.a_site()).call("POST", path), 404, "NOT_FOUND")
    problem(await api.call("POST", f"/customers/{uuid4()}/erasure"), 404, "NOT_FOUND")
    stale = await api.call("POST", path, None, If_Match='"9"')
    assert problem(stale, 412, "STALE")["current"]["erased"] is False


async def test_the_answers_to_others_are_kept(api: Api) -> None:
    site = await api.a_site()
    body, key = a_customer_body(site), uuid4().hex
    ann = await api.post("/customers", body, Idempotency_Key=key)
    bob = await api.a_customer(site)

    await api.call("POST", f"/customers/{bob['id']}/erasure")

    again = await api.post("/customers", body, Idempotency_Key=key)
    assert again.json() == ann.json()
