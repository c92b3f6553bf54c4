from typing import Any
from uuid import uuid4

import pytest

from services.customers.tests.api import Api, an_address_body, problem
from services.customers.tests.outbox import Sessions, told


async def test_details_are_corrected_and_the_rest_stays(api: Api) -> None:
    """CU-6."""
    site = await api.a_site()
    ann = await api.a_customer(site, email="ann@example.com", company="Acme")

    answer = await api.patch(
        f"/customers/{ann['id']}", {"last_name": "Jones", "company": None}, If_Match='"1"'
    )

    assert answer.status_code == 200
    assert answer.json() == {**ann, "last_name": "Jones", "company": None, "version": 2}
    assert answer.headers["ETag"] == '"2"'
    assert [c["id"] for c in (await api.get(f"/customers?site={site}&q=jon"))["items"]] == [
        ann["id"]
    ]
    assert (await api.get(f"/customers?site={site}&q=smi"))["items"] == []


async def test_the_same_again_is_no_new_version(api: Api, database: Sessions) -> None:
    ann = await api.a_customer(await api.a_site())

    answer = await api.patch(f"/customers/{ann['id']}", {"last_name": " Smith"})

    assert answer.json() == ann
    assert len(await told(database, ann["id"])) == 1


async def test_violations_of_a_correction_are_told_at_once(api: Api) -> None:
    """CU-3."""
    ann = await api.a_customer(await api.a_site())
    body: dict[str, Any] = {"first_name": "", "email": "x", "phones": []}
    body["customer_set"] = "no-such-set"

    answer = await api.patch(f"/customers/{ann['id']}", body)

    fields = ("/first_name", "/email", "/phones", "/customer_set")
    problem(answer, 422, "INVALID_REQUEST", *fields)
    assert await api.get(f"/customers/{ann['id']}") == ann


async def test_new_phones_are_read_at_home_or_where_the_site_is(api: Api) -> None:
    """CU-1."""
    site, berlin = await api.a_site(), await api.a_site(country="DE")
    ann = await api.a_customer(site)
    phones = [{"kind": "work", "number": "030 1234567"}]

    at_home = await api.patch(f"/customers/{ann['id']}", {"phones": phones})
    there = await api.patch(f"/customers/{ann['id']}", {"phones": phones, "site": berlin})

    assert at_home.json()["phones"] == [{"kind": "work", "number": "+44301234567"}]
    assert there.json()["phones"] == [{"kind": "work", "number": "+49301234567"}]


async def test_an_email_taken_meanwhile_is_refused(api: Api) -> None:
    """CS-6, CU-13."""
    site = await api.a_site()
    ann = await api.a_customer(site, email="ann@example.com", external_reference="1")
    bob = await api.a_customer(site, email="bob@example.com", external_reference="2")

    taken = await api.patch(f"/customers/{bob['id']}", {"email": "ANN@example.com"})
    assert problem(taken, 409, "EMAIL_TAKEN")["customer_id"] == ann["id"]
    taken = await api.patch(f"/customers/{bob['id']}", {"external_reference": "1"})
    assert problem(taken, 409, "EXTERNAL_REFERENCE_TAKEN")["customer_id"] == ann["id"]
    own = await api.patch(f"/customers/{bob['id']}", {"email": "BOB@example.com"})
    assert own.status_code == 200


async def test_a_customer_moves_to_another_set(api: Api) -> None:
    """CS-4: found there and no longer here, under a number of that set."""
    here, there = await api.a_site(), await api.a_site()
    other_set = (await api.get(f"/sites/{there}"))["customer_set"]
    await api.a_customer(there)
    ann = await api.a_customer(here, email="ann@example.com")

    moved = await api.patch(f"/customers/{ann['id']}", {"customer_set": other_set})

    assert moved.json() == {**ann, "customer_set": other_set, "number": "C-000002", "version": 2}
    assert (await api.get(f"/customers?site={here}&q=ann"))["items"] == []
    assert len((await api.get(f"/customers?site={there}&q=ann@"))["items"]) == 1


async def test_a_customer_cannot_move_to_where_the_email_is_taken(api: Api) -> None:
    """CS-4, CS-6."""
    here, there = await api.a_site(), await api.a_site()
    other_set = (await api.get(f"/sites/{there}"))["customer_set"]
    twin = await api.a_customer(there, email="ann@example.com")
    ann = await api.a_customer(here, email="Ann@example.com")

    answer = await api.patch(f"/customers/{ann['id']}", {"customer_set": other_set})

    assert problem(answer, 409, "EMAIL_TAKEN")["customer_id"] == twin["id"]


async def test_addresses_are_added_replaced_and_removed(api: Api) -> None:
    """CU-2."""
    ann = await api.a_customer(await api.a_site())
    path = f"/customers/{ann['id']}/addresses"

    added = await api.post(path, an_address_body(city="Leeds", default_shipping=True))
    assert added.status_code == 201
    first, second = added.json()["addresses"]
    assert added.headers["Location"].endswith(f"/addresses/{second['id']}")
    assert (first["default_billing"], first["default_shipping"]) == (True, False)
    assert (second["default_billing"], second["default_shipping"]) == (False, True)

    body = an_address_body(city="York", default_billing=True, default_shipping=True)
    replaced = await api.put(f"{path}/{second['id']}", body, If_Match='"2"')
    assert replaced.json()["addresses"][1]["city"] == "York"
    assert not replaced.json()["addresses"][0]["default_billing"]

    removed = await api.delete(f"{path}/{first['id']}")
    assert [each["id"] for each in removed.json()["addresses"]] == [second["id"]]
    assert removed.headers["ETag"] == '"4"'


async def test_the_last_default_cannot_be_removed_or_given_up(api: Api) -> None:
    """CU-2."""
    ann = await api.a_customer(await api.a_site())
    path = f"/customers/{ann['id']}/addresses/{ann['addresses'][0]['id']}"

    refused = problem(await api.delete(path), 409, "ADDRESS_IS_DEFAULT")
    assert refused["uses"] == ["billing", "shipping"]
    answer = await api.put(path, an_address_body(default_billing=True))
    assert problem(answer, 409, "ADDRESS_IS_DEFAULT")["uses"] == ["shipping"]
    assert await api.get(f"/customers/{ann['id']}") == ann


async def test_an_address_is_checked_by_its_country(api: Api) -> None:
    """CU-4: every field at fault in one answer."""
    ann = await api.a_customer(await api.a_site())
    body = {"country": "US", "postal_code": "1", "phone": "1"}
    fields = ("/name", "/lines", "/city", "/region", "/postal_code", "/phone")

    answer = await api.post(f"/customers/{ann['id']}/addresses", body)
    problem(answer, 422, "INVALID_REQUEST", *fields)
    answer = await api.put(f"/customers/{ann['id']}/addresses/{ann['addresses'][0]['id']}", body)
    problem(answer, 422, "INVALID_REQUEST", *fields)


async def test_an_unknown_address_is_not_found(api: Api) -> None:
    ann = await api.a_customer(await api.a_site())
    path = f"/customers/{ann['id']}/addresses/{uuid4()}"

    problem(await api.delete(path), 404, "NOT_FOUND")
    problem(await api.put(path, an_address_body()), 404, "NOT_FOUND")


async def test_a_customer_is_disabled_and_enabled(api: Api, database: Sessions) -> None:
    """SE-5: shown with the reason."""
    site = await api.a_site()
    ann = await api.a_customer(site)
    path = f"/customers/{ann['id']}/disabling"

    off = await api.call("POST", path, {"disabled": True})
    again = await api.call("POST", path, {"disabled": True})

    assert (off.json()["disabled"], off.json()["blocked"]) == (True, "CUSTOMER_DISABLED")
    assert again.json()["version"] == off.json()["version"] == 2
    (listed,) = (await api.get(f"/customers?site={site}"))["items"]
    assert listed["blocked"] == "CUSTOMER_DISABLED"
    assert (await told(database, ann["id"]))[-1].data["disabled"] is True
    on = await api.call("POST", path, {"disabled": False})
    assert on.json()["blocked"] is None


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"first_name": "Anne"}),
        ("POST", "/disabling", {"disabled": True}),
        ("POST", "/addresses", an_address_body()),
        ("PUT", "/addresses/{address}", an_address_body()),
        ("DELETE", "/addresses/{address}", None),
    ],
)
async def test_a_stale_change_is_refused_and_an_unseen_customer_not_found(
    api: Api, method: str, path: str, body: dict[str, Any] | None
) -> None:
    """SN-4, SC-1."""
    ann = await api.a_customer(await api.a_site())
    path = f"/customers/{ann['id']}{path.format(address=ann['addresses'][0]['id'])}"
    key = {"Idempotency_Key": uuid4().hex}

    stale = await api.call(method, path, body, If_Match='"9"', **key)
    assert problem(stale, 412, "STALE")["current"] == ann

    stranger = api.staff(await api.a_site())
    problem(await stranger.call(method, path, body, **key), 404, "NOT_FOUND")
    reader = api.staff(permissions=["customers.read"])
    problem(await reader.call(method, path, body, **key), 403, "PERMISSION_DENIED")
