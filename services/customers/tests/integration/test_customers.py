import asyncio
from typing import Any
from uuid import uuid4

import pytest

from services.customers.tests.api import Api, a_customer_body, an_address_body, problem
from services.customers.tests.outbox import Sessions, told

PERSONAL = ("Ann", "Smith", "ann.smith", "2079460000", "Example Square", "SW1Y", "Acme", "ERP-1")


async def test_a_customer_is_made_with_phones_and_addresses(api: Api) -> None:
    """CU-1, CU-2, CS-7: of the set of the site."""
    site = await api.a_site()
    body = a_customer_body(
        site,
        email="Ann.Smith@Example.com",
        company="Acme",
        external_reference="ERP-1",
        phones=[{"kind": "home", "number": " "}, {"kind": "mobile", "number": "07700 900123"}],
    )

    made = await api.post("/customers", body)

    assert made.status_code == 201
    assert made.headers["ETag"] == '"1"'
    customer = made.json()
    assert made.headers["Location"] == f"/api/customers/v1/customers/{customer['id']}"
    assert customer["number"] == "C-000001"
    assert customer["customer_set"] == (await api.get(f"/sites/{site}"))["customer_set"]
    assert customer["email"] == "Ann.Smith@example.com"
    assert customer["phones"] == [{"kind": "mobile", "number": "+447700900123"}]
    (address,) = customer["addresses"]
    assert address == {
        **an_address_body(default_billing=True, default_shipping=True),
        "id": address["id"],
        "company": None,
        "region": None,
        "phone": None,
    }
    assert customer["blocked"] is None
    assert await api.get(f"/customers/{customer['id']}") == customer


async def test_events_hold_nothing_personal(api: Api, database: Sessions) -> None:
    """CustomerChanged is told with every version, and nobody can be known by it."""
    site = await api.a_site()
    customer = await api.a_customer(
        site, email="ann.smith@example.com", company="Acme", external_reference="ERP-1"
    )
    await api.patch(f"/customers/{customer['id']}", {"is_staff": True})

    events = await told(database, customer["id"])

    assert [(event.type, event.sequence) for event in events] == [
        ("customers.customer-changed.v1", 1),
        ("customers.customer-changed.v1", 2),
    ]
    assert events[-1].staffid == "clerk"
    assert events[-1].data == {
        "customer_id": customer["id"],
        "version": 2,
        "customer_set_id": events[0].data["customer_set_id"],
        "number": "C-000001",
        "is_staff": True,
        "disabled": False,
        "is_registered": False,
        "erased": False,
    }
    for event in events:
        text = event.encode().decode()
        assert not [word for word in PERSONAL if word.casefold() in text.casefold()]


async def test_all_that_is_wrong_is_told_in_one_answer(api: Api) -> None:
    """CU-3: of CU-1, CU-2 and CU-4, one entry for each field."""
    site = await api.a_site()
    no_lines: list[str] = []
    body = {
        "site": site,
        "first_name": " ",
        "email": "nobody",
        "phones": [{"number": "12"}, {"kind": "home", "number": ""}],
        "addresses": [
            an_address_body(postal_code="12345", default_billing=True),
            {"lines": no_lines, "default_billing": True},
        ],
    }

    document = problem(
        await api.post("/customers", body),
        422,
        "INVALID_REQUEST",
        "/first_name",
        "/last_name",
        "/email",
        "/phones/0/number",
        "/phones/0/kind",
        "/addresses/0/postal_code",
        "/addresses/0/default_shipping",
        "/addresses/1/default_billing",
        "/addresses/1/name",
        "/addresses/1/lines",
        "/addresses/1/country",
    )

    codes = {error["pointer"]: error["code"] for error in document["errors"]}
    assert codes["/phones/0/number"] == "PHONE_IMPOSSIBLE"
    assert codes["/addresses/0/postal_code"] == "POSTAL_CODE_FORMAT"


async def test_an_empty_request_is_told_everything_too(api: Api) -> None:
    """CU-3, CU-4."""
    answer = await api.post("/customers", {})

    fields = ("/site", "/first_name", "/last_name", "/phones", "/addresses")
    problem(answer, 422, "INVALID_REQUEST", *fields)


@pytest.mark.parametrize("field", ["password", "new_password"])
async def test_no_password_is_taken_or_shown(api: Api, field: str) -> None:
    """CU-8."""
    site = await api.a_site()
    body = a_customer_body(site, **{field: "secret"})

    problem(await api.post("/customers", body), 422, "INVALID_REQUEST", f"/{field}")
    customer = await api.a_customer(site)
    assert not [name for name in customer if "password" in name]
    answer = await api.patch(f"/customers/{customer['id']}", {field: "secret"})
    problem(answer, 422, "INVALID_REQUEST", f"/{field}")


async def test_mandatory_fields_are_marked_in_the_description(api: Api) -> None:
    """CU-4."""
    answer = await api.client.get("http://customers/api/customers/v1/openapi.json")

    schemas: dict[str, Any] = answer.json()["components"]["schemas"]
    assert set(schemas["CustomerBody"]["required"]) == {
        *("site", "first_name", "last_name", "phones", "addresses")
    }
    assert set(schemas["AddressBody"]["required"]) == {"name", "lines", "country"}
    assert set(schemas["PhoneBody"]["required"]) == {"kind", "number"}


async def test_an_email_is_taken_once_in_a_set_whatever_its_case(api: Api) -> None:
    """CS-6, CU-13: the one who has it is offered."""
    site = await api.a_site()
    ann = await api.a_customer(site, email="Ann@Example.com")

    answer = await api.post("/customers", a_customer_body(site, email="aNN@EXAMPLE.COM"))

    document = problem(answer, 409, "EMAIL_TAKEN", "/email")
    assert document["customer_id"] == ann["id"]
    number = (await api.a_customer(site))["number"]
    assert number == "C-000002"


async def test_one_person_may_have_an_account_in_each_set(api: Api) -> None:
    """CS-6."""
    here, there = await api.a_site(), await api.a_site()

    first = await api.a_customer(here, email="ann@example.com")
    second = await api.a_customer(there, email="ann@example.com")

    assert first["id"] != second["id"]
    assert first["number"] == second["number"] == "C-000001"


async def test_an_external_reference_is_taken_once_in_a_set(api: Api) -> None:
    site = await api.a_site()
    ann = await api.a_customer(site, external_reference="17850")

    answer = await api.post("/customers", a_customer_body(site, external_reference="17850"))

    document = problem(answer, 409, "EXTERNAL_REFERENCE_TAKEN", "/external_reference")
    assert document["customer_id"] == ann["id"]


async def test_of_many_who_want_an_email_at_once_one_gets_it(api: Api) -> None:
    """CS-6, CU-13; and the numbers of a set have no gap and no double."""
    site = await api.a_site()
    bodies = [a_customer_body(site, email="ann@example.com") for _ in range(5)]
    bodies += [a_customer_body(site) for _ in range(5)]

    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(api.post("/customers", body)) for body in bodies]

    answers = [task.result() for task in running]
    assert sorted(answer.status_code for answer in answers) == [201] * 6 + [409] * 4
    made = [answer.json()["number"] for answer in answers if answer.status_code == 201]
    assert sorted(made) == [f"C-00000{n}" for n in range(1, 7)]


async def test_a_repeated_request_makes_one_customer(api: Api) -> None:
    body = a_customer_body(await api.a_site(), email="ann@example.com")
    key = uuid4().hex

    first = await api.post("/customers", body, Idempotency_Key=key)
    again = await api.post("/customers", body, Idempotency_Key=key)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await api.post("/customers", {**body, "last_name": "Jones"}, Idempotency_Key=key)
    problem(other, 422, "IDEMPOTENCY_KEY_REUSED")


async def test_an_unknown_site_is_named_and_looks_like_one_out_of_scope(api: Api) -> None:
    """SC-1."""
    mine, other = await api.a_site(), await api.a_site()

    for site in ("no-such-site", "\u2028", other):
        answer = await api.staff(mine).post("/customers", a_customer_body(site))
        document = problem(answer, 422, "INVALID_REQUEST", "/site", "/phones/0/number")
        assert document["errors"][0]["code"] == "UNKNOWN_SITE"


async def test_an_order_desk_needs_permission_to_write(api: Api) -> None:
    """SC-3."""
    site = await api.a_site()
    reader = api.staff(site, permissions=["customers.read"])

    answer = await reader.post("/customers", a_customer_body(site))

    assert problem(answer, 403, "PERMISSION_DENIED")["permission"] == "customers.write"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"first_name": 1}, "/first_name"),
        ({"phones": {}}, "/phones"),
        ({"phones": [{"kind": "fax", "number": "1"}]}, "/phones/0/kind"),
        ({"addresses": [{"lines": [1]}]}, "/addresses/0/lines/0"),
        ({"is_staff": "yes"}, "/is_staff"),
        ({"last_name": "Sm\0ith"}, "/last_name"),
        ({"nickname": "Annie"}, "/nickname"),
        ({"site": "x" * 65}, "/site"),
    ],
)
async def test_a_malformed_request_names_the_field(
    api: Api, change: dict[str, Any], field: str
) -> None:
    body = a_customer_body(await api.a_site())

    problem(await api.post("/customers", body | change), 422, "INVALID_REQUEST", field)
