import asyncio
from typing import Any

import pytest

from services.customers.tests.api import Api, a_customer_body, an_address_body, problem
from services.customers.tests.outbox import Sessions, told
from tests.planted import refusing_rows


def rows(*customers: dict[str, Any]) -> dict[str, Any]:
    return {"rows": [{"line": n, "customer": each} for n, each in enumerate(customers, 2)]}


def known(site: str, reference: str, **fields: object) -> dict[str, Any]:
    return a_customer_body(site, external_reference=reference, **fields)


async def imported(api: Api, body: dict[str, Any], query: str = "") -> dict[str, Any]:
    answer = await api.call("POST", f"/imports/customers{query}", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_rows_are_made_changed_or_left(api: Api, database: Sessions) -> None:
    """OB-1, CU-11: external reference, else e-mail, tells who it is; again changes nothing."""
    site = await api.a_site()
    ann = await api.a_customer(site, email="ann@example.com")
    first = rows(known(site, "1"), a_customer_body(site, email="ANN@example.com"))

    report = await imported(api, first)
    assert report == {"created": 1, "changed": 1, "unchanged": 0, "errors": []}
    again = await imported(api, first)
    assert again == {"created": 0, "changed": 0, "unchanged": 2, "errors": []}

    assert (await api.get(f"/customers/{ann['id']}"))["email"] == "ANN@example.com"
    assert len(await told(database, ann["id"])) == 2
    (made,) = (await api.get(f"/customers?site={site}&external_reference=1"))["items"]
    assert len(await told(database, made["id"])) == 1


async def test_the_same_rows_at_the_same_time_make_each_customer_once(api: Api) -> None:
    """OB-1: an import that was cut off and is begun again may meet its own last request."""
    site = await api.a_site()
    body = rows(*(known(site, f"{n}", email=f"n{n}@example.com") for n in range(20)))
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(imported(api, body)) for _ in range(3)]
    reports = [task.result() for task in running]
    assert [report["errors"] for report in reports] == [[], [], []]
    assert sorted(report["created"] for report in reports) == [0, 0, 20]
    assert sorted(report["unchanged"] for report in reports) == [0, 20, 20]


async def test_a_bad_row_does_not_stop_the_others(api: Api) -> None:
    """OB-1: each says what is wrong with it, at its line and field."""
    site = await api.a_site()
    await api.a_site()  # a row that names none would mean the only one
    await api.a_customer(site, email="ann@example.com", external_reference="9")
    bad = [
        known(site, "1", last_name="", email="nobody"),
        known(site, "2", first_name=7, nickname="x"),
        known("none", "3", phones=[{"kind": "home", "number": "+442079460000"}]),
        a_customer_body(site),
        known(site, "4", email="ann@example.com"),
        known(site, "5", level="gold"),
        known(site, "6", company="4111 1111 1111 1111"),
        {},
    ]

    report = await imported(api, rows(known(site, "0"), *bad, known(site, "7")))

    assert report["created"] == 2
    found = {(error["line"], error["pointer"], error["code"]) for error in report["errors"]}
    assert found == {
        (3, "/last_name", "FIELD_REQUIRED"),
        (3, "/email", "EMAIL_FORMAT"),
        (4, "/first_name", "WRONG_TYPE"),
        (4, "/nickname", "UNKNOWN_FIELD"),
        (5, "/site", "UNKNOWN_SITE"),
        (6, "/external_reference", "FIELD_REQUIRED"),
        (7, "/email", "EMAIL_TAKEN"),
        (8, "/level", "UNKNOWN_LEVEL"),
        (9, "/company", "CARD_NUMBER_REFUSED"),
        *((10, f"/{name}", "FIELD_REQUIRED") for name in ("site", "first_name", "last_name")),
        (10, "/external_reference", "FIELD_REQUIRED"),
        (10, "/phones", "PHONE_REQUIRED"),
        (10, "/addresses", "ADDRESS_REQUIRED"),
    }
    assert all(error["detail"] for error in report["errors"])
    listed = (await api.get(f"/customers?site={site}&sort=created"))["items"]
    assert [line["external_reference"] for line in listed] == ["9", "0", "7"]
    assert [line["number"] for line in listed] == ["C-000001", "C-000002", "C-000003"]


async def test_a_row_that_the_database_cannot_take_stops_no_other(
    api: Api, database: Sessions
) -> None:
    """OB-1, EV-4: whatever goes wrong with one row, the others are kept."""
    site = await api.a_site()
    body = rows(*(known(site, f"row-{n}") for n in range(3)))

    async with refusing_rows(database, "customer", "NEW.external_reference = 'row-1'"):
        report = await imported(api, body)

    assert report["created"] == 2
    (error,) = report["errors"]
    assert (error["line"], error["code"]) == (3, "INTERNAL")
    assert "planted" not in error["detail"]
    assert (await imported(api, body))["created"] == 1


async def test_a_dry_run_tells_all_and_keeps_nothing(api: Api, database: Sessions) -> None:
    """OB-1."""
    site = await api.a_site()
    ann = await api.a_customer(site, external_reference="1")
    body = rows(known(site, "1", last_name="Jones"), known(site, "2"), known(site, "3", email="x"))

    dry = await imported(api, body, "?dry_run=true")

    assert (await api.get(f"/customers?site={site}"))["items"][0]["last_name"] == "Smith"
    assert len((await api.get(f"/customers?site={site}"))["items"]) == 1
    assert len(await told(database, ann["id"])) == 1
    assert await imported(api, body) == dry
    assert (dry["created"], dry["changed"], len(dry["errors"])) == (1, 1, 1)
    assert (await api.a_customer(site))["number"] == "C-000003"


async def test_what_a_row_does_not_name_stays(api: Api) -> None:
    """CU-11: phones, addresses and attributes that are named take the place of all."""
    site = await api.a_site()
    ann = await api.a_customer(site, external_reference="1", company="Acme")
    await api.post(f"/customers/{ann['id']}/addresses", an_address_body(city="Leeds"))
    before = await api.get(f"/customers/{ann['id']}")

    row = {"site": site, "external_reference": "1", "attributes": {"a": "1"}}
    assert (await imported(api, rows(row)))["changed"] == 1
    after = await api.get(f"/customers/{ann['id']}")
    assert after == {**before, "attributes": {"a": "1"}, "version": 3}

    book = [an_address_body(default_billing=True, default_shipping=True)]
    assert (await imported(api, rows({**row, "addresses": book})))["changed"] == 1
    assert (await api.get(f"/customers/{ann['id']}"))["addresses"] == before["addresses"][:1]


async def test_incomplete_customers_are_taken_only_if_asked_for(api: Api) -> None:
    """CU-1, CU-2, SE-5: they are marked, and nobody can order for them."""
    site = await api.a_site()
    row = {"site": site, "external_reference": "1", "first_name": "Ann", "last_name": "Smith"}

    refused = await imported(api, rows(row))
    taken = await imported(api, rows(row), "?incomplete=true")

    assert {error["code"] for error in refused["errors"]} == {"PHONE_REQUIRED", "ADDRESS_REQUIRED"}
    assert taken["created"] == 1
    (line,) = (await api.get(f"/customers?site={site}&q=ann"))["items"]
    assert (line["blocked"], line["choosable"]) == ("CUSTOMER_INCOMPLETE", False)
    assert (await imported(api, rows(row), "?incomplete=true"))["unchanged"] == 1


async def test_who_can_sign_in_elsewhere_is_kept(api: Api) -> None:
    """CU-9."""
    site = await api.a_site()

    await imported(api, rows(known(site, "1", is_registered=True)))

    (line,) = (await api.get(f"/customers?site={site}&registered=true"))["items"]
    assert line["external_reference"] == "1"


async def test_what_was_exported_can_be_imported(api: Api) -> None:
    """OB-1, CU-12: and changes nothing."""
    site = await api.a_site()
    level = await api.a_level(await api.set_of(site))
    await api.a_customer(
        site,
        email="ann@example.com",
        external_reference="1",
        level=level,
        tax_id="GB980780684",
        attributes={"a": "1"},
        marketing_consent={"granted": True, "source": "fair"},
    )
    (record,) = (await api.get(f"/customers/records?site={site}"))["items"]

    named = ("first_name", "last_name", "email", "company", "external_reference", "level")
    more = ("tax_id", "tax_exempt", "attributes", "phones", "is_staff", "is_registered")
    row: dict[str, Any] = {name: record[name] for name in (*named, *more)}
    book: list[dict[str, Any]] = record["addresses"]
    row["addresses"] = [
        {name: value for name, value in each.items() if name != "id"} for each in book
    ]
    said = record["marketing_consent"]
    row["marketing_consent"] = {"granted": said["granted"], "source": said["source"]}

    assert (await imported(api, rows({**row, "site": site})))["unchanged"] == 1


async def test_staff_import_into_their_sites_only(api: Api) -> None:
    """SC-1, SC-3."""
    mine, other = await api.a_site(), await api.a_site()
    clerk = api.staff(mine)

    report = await imported(clerk, rows(known(mine, "1"), known(other, "2")))

    assert report["created"] == 1
    pointers = {error["pointer"] for error in report["errors"]}
    assert pointers == {"/site", "/phones/0/number"}
    reader = api.staff(mine, permissions=["customers.read"])
    answer = await reader.call("POST", "/imports/customers", rows(known(mine, "3")))
    problem(answer, 403, "PERMISSION_DENIED")


NO_CUSTOMER: dict[str, Any] = {}
NO_LIST: list[object] = []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "/rows"),
        ({"rows": NO_LIST}, "/rows"),
        ({"rows": [{"line": 0, "customer": NO_CUSTOMER}]}, "/rows/0/line"),
        ({"rows": [{"line": 1}]}, "/rows/0/customer"),
        ({"rows": [{"line": 1, "customer": NO_LIST}]}, "/rows/0/customer"),
        ({"rows": [{"line": n + 1, "customer": NO_CUSTOMER} for n in range(101)]}, "/rows"),
    ],
)
async def test_what_is_no_batch_is_refused(api: Api, body: dict[str, Any], field: str) -> None:
    answer = await api.call("POST", "/imports/customers", body)

    problem(answer, 422, "INVALID_REQUEST", field)


async def test_another_order_of_phones_and_addresses_is_no_change(api: Api) -> None:
    """OB-1: a file has its columns in an order of its own; what was exported changes nothing."""
    site = await api.a_site()
    phones = [
        {"kind": "mobile", "number": "+442079460018"},
        {"kind": "home", "number": "+442079460019"},
    ]
    addresses = [
        an_address_body(name="Other", default_billing=False, default_shipping=False),
        an_address_body(name="Ship", default_billing=False, default_shipping=True),
        an_address_body(name="Bill", default_billing=True, default_shipping=False),
    ]
    await imported(api, rows(known(site, "1", phones=phones, addresses=addresses)))
    other = known(site, "1", phones=phones[::-1], addresses=addresses[::-1])
    report = await imported(api, rows(other))
    assert (report["changed"], report["unchanged"]) == (0, 1)
    fewer = known(site, "1", phones=phones[1:], addresses=addresses[:0:-1])
    report = await imported(api, rows(fewer))
    assert (report["changed"], report["unchanged"]) == (1, 0)
