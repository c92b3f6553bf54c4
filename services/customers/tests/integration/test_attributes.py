from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.customers.tests.api import Api, a_customer_body, an_address_body, problem
from services.customers.tests.outbox import Sessions, told

DEFAULTS = {"default_billing": True, "default_shipping": True}
EXTRAS: dict[str, Any] = {
    "company": "Acme",
    "tax_id": "GB 980 7806 84",
    "tax_exempt": True,
    "attributes": {"account manager": "Eve", "segment": "B/C~1"},
    "marketing_consent": {"granted": True, "source": "phone"},
}


async def test_a_customer_has_more_than_a_name(api: Api) -> None:
    """CU-11: company, tax id, exemption, level, free attributes, consent."""
    site = await api.a_site()
    level = await api.a_level(await api.set_of(site))

    ann = await api.a_customer(site, level=level, **EXTRAS)

    assert (ann["company"], ann["level"], ann["tax_exempt"]) == ("Acme", "trade", True)
    assert ann["tax_id"] == "GB980780684"
    assert ann["attributes"] == EXTRAS["attributes"]
    said = ann["marketing_consent"]
    assert (said["granted"], said["source"]) == (True, "phone")
    assert datetime.now(UTC) - datetime.fromisoformat(said["at"]) < timedelta(minutes=5)
    assert await api.get(f"/customers/{ann['id']}") == ann


async def test_attributes_are_corrected_and_the_rest_stays(api: Api) -> None:
    """CU-11."""
    ann = await api.a_customer(await api.a_site(), **EXTRAS)

    changed = await api.patch(
        f"/customers/{ann['id']}", {"attributes": {"segment": "A"}, "tax_exempt": False}
    )

    assert changed.json() == {
        **ann,
        "attributes": {"segment": "A"},
        "tax_exempt": False,
        "version": 2,
    }
    none = await api.patch(f"/customers/{ann['id']}", {"tax_id": None, "attributes": {}})
    assert (none.json()["tax_id"], none.json()["attributes"]) == (None, {})


@pytest.mark.parametrize(
    ("field", "value", "pointer", "code"),
    [
        ("tax_id", "GB123", "/tax_id", "TAX_ID_FORMAT"),
        ("tax_id", "DE136695977", "/tax_id", "TAX_ID_FORMAT"),
        ("tax_id", "x" * 41, "/tax_id", "TOO_LONG"),
        ("attributes", {str(n): "x" for n in range(51)}, "/attributes", "TOO_MANY"),
        ("attributes", {"a/b": "x" * 501}, "/attributes/a~1b", "TOO_LONG"),
        ("attributes", {"": "x"}, "/attributes/", "FIELD_REQUIRED"),
        ("attributes", {"n" * 65: "x"}, f"/attributes/{'n' * 65}", "TOO_LONG"),
        ("attributes", {"card": "4111 1111 1111 1111"}, "/attributes/card", "CARD_NUMBER_REFUSED"),
        ("attributes", {"n": 1}, "/attributes/n", "WRONG_TYPE"),
        ("company", "4111111111111111", "/company", "CARD_NUMBER_REFUSED"),
        ("marketing_consent", {"granted": True}, "/marketing_consent/source", "FIELD_REQUIRED"),
        ("marketing_consent", {"source": "x"}, "/marketing_consent/granted", "FIELD_REQUIRED"),
    ],
)
async def test_what_breaks_a_rule_is_named(
    api: Api, field: str, value: object, pointer: str, code: str
) -> None:
    """CU-11, CU-3; PA-2: no card number is kept."""
    answer = await api.post("/customers", a_customer_body(await api.a_site(), **{field: value}))

    document = problem(answer, 422, "INVALID_REQUEST", pointer)
    assert document["errors"][0]["code"] == code


async def test_a_tax_id_is_looked_at_in_the_country_of_billing(api: Api) -> None:
    """CU-11: checked where a VAT number is known, taken as it is elsewhere."""
    site = await api.a_site()
    berlin = an_address_body(country="DE", city="Berlin", postal_code="10115", **DEFAULTS)
    tokyo = an_address_body(
        country="JP", city="Chiyoda", postal_code="100-0001", region="Tokyo", **DEFAULTS
    )

    german = await api.a_customer(site, addresses=[berlin], tax_id="136 695 976")
    japanese = await api.a_customer(site, addresses=[tokyo], tax_id="T1234567890123")

    assert german["tax_id"] == "DE136695976"
    assert japanese["tax_id"] == "T1234567890123"


async def test_the_history_of_consent_is_kept(api: Api) -> None:
    """CU-11: what was said, when, where, and who recorded it; the same again is not news."""
    ann = await api.a_customer(
        await api.a_site(), marketing_consent={"granted": True, "source": "phone"}
    )
    path = f"/customers/{ann['id']}"

    same = await api.patch(path, {"marketing_consent": {"granted": True, "source": "phone"}})
    assert same.json() == ann
    await api.patch(path, {"marketing_consent": {"granted": False, "source": "letter"}})

    history = await api.get(f"{path}/consents")
    assert [(c["granted"], c["source"], c["recorded_by"]) for c in history["items"]] == [
        (False, "letter", "clerk"),
        (True, "phone", "clerk"),
    ]
    assert (await api.get(path))["marketing_consent"]["granted"] is False


async def test_notes_are_kept_with_their_author_and_never_shown_elsewhere(
    api: Api, database: Sessions
) -> None:
    """CU-11: append-only, the newest first, paged."""
    ann = await api.a_customer(await api.a_site())
    path = f"/customers/{ann['id']}/notes"

    for text in ("Prefers calls after 5 pm", "Second line\nof a note", "Third"):
        made = await api.post(path, {"text": text})
        assert made.status_code == 201, made.text
        assert (made.json()["author"], made.json()["text"]) == ("clerk", text)

    first = await api.get(f"{path}?limit=2")
    rest = await api.get(f"{path}?limit=2&after={first['next']}")
    assert [note["text"] for note in first["items"] + rest["items"]] == [
        "Third",
        "Second line\nof a note",
        "Prefers calls after 5 pm",
    ]
    assert rest["next"] is None
    assert await api.get(f"/customers/{ann['id']}") == ann
    assert len(await told(database, ann["id"])) == 1


async def test_a_repeated_note_is_noted_once(api: Api) -> None:
    path = f"/customers/{(await api.a_customer(await api.a_site()))['id']}/notes"
    key = uuid4().hex

    first = await api.post(path, {"text": "Once"}, Idempotency_Key=key)
    again = await api.post(path, {"text": "Once"}, Idempotency_Key=key)

    assert first.json() == again.json()
    assert len((await api.get(path))["items"]) == 1


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 5001, "4111 1111 1111 1111", "a\x07b"])
async def test_what_is_no_note_is_refused(api: Api, text: str) -> None:
    """PA-2: nor is a card number noted."""
    ann = await api.a_customer(await api.a_site())

    answer = await api.post(f"/customers/{ann['id']}/notes", {"text": text})

    problem(answer, 422, "INVALID_REQUEST", "/text")


@pytest.mark.parametrize("part", ["notes", "consents", "duplicates"])
async def test_what_stands_beside_an_unseen_customer_is_not_there(api: Api, part: str) -> None:
    """SC-1."""
    ann = await api.a_customer(await api.a_site())
    clerk = api.staff(await api.a_site())
    path = f"/customers/{ann['id']}/{part}"

    problem(await clerk.call("GET", path), 404, "NOT_FOUND")
    if part == "notes":
        problem(await clerk.post(path, {"text": "x"}), 404, "NOT_FOUND")


async def test_who_may_be_the_same_person_is_offered(api: Api) -> None:
    """CU-13: the same phone, or the same name at the same postal code, in the same set."""
    site, other = await api.a_site(), await api.a_site()
    phones = [{"kind": "home", "number": "0113 496 0000"}]
    far = [an_address_body(city="Leeds", postal_code="LS1 1AA", **DEFAULTS)]
    ann = await api.a_customer(site)
    same_phone = await api.a_customer(site, first_name="Bob", addresses=far)
    same_home = await api.a_customer(site, first_name="ANN", phones=phones)
    await api.a_customer(site, phones=phones, addresses=far)
    await api.a_customer(other)

    found = await api.get(f"/customers/{ann['id']}/duplicates")

    assert [each["id"] for each in found["items"]] == [same_phone["id"], same_home["id"]]
