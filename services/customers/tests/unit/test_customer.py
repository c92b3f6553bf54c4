from typing import Any
from uuid import UUID

import pytest
from contracts.values import CustomerSetId
from customers.domain.customer import check_customer
from customers.domain.details import Details
from customers.domain.findings import Findings
from customers.handlers.formats import FORMATS

from services.customers.tests.builders import LONDON, a_customer, an_address, an_entry


def checked(**details: Any) -> tuple[Details, dict[str, str]]:  # noqa: ANN401 - of DetailsEntry
    findings = Findings()
    found, _ = check_customer(an_entry(**details), "GB", FORMATS, findings)
    return found, {v.pointer: v.code for v in findings.violations}


def test_all_violations_are_told_at_once_each_at_its_field() -> None:
    """CU-3."""
    findings = Findings()
    other = type(LONDON)(name="Ann", lines=("1",), city="Berlin", postal_code="1", country="DE")
    entry = an_entry(other, phones=("12",), last_name=" ", email="nobody")

    check_customer(entry, "GB", FORMATS, findings)

    assert {v.pointer: v.code for v in findings.violations} == {
        "/last_name": "FIELD_REQUIRED",
        "/email": "EMAIL_FORMAT",
        "/phones/0/number": "PHONE_IMPOSSIBLE",
        "/addresses/0/default_billing": "DEFAULT_BILLING_REQUIRED",
        "/addresses/0/default_shipping": "DEFAULT_SHIPPING_REQUIRED",
        "/addresses/0/postal_code": "POSTAL_CODE_FORMAT",
    }
    assert len({v.pointer for v in findings.violations}) == len(findings.violations)


@pytest.mark.parametrize("field", ["first_name", "last_name"])
@pytest.mark.parametrize("typed", [None, "", "  \t ", "\u200b", "\ufeff \u200d", "\u2066\u2069"])
def test_names_are_mandatory(field: str, typed: str | None) -> None:
    """CU-4."""
    assert checked(**{field: typed})[1] == {f"/{field}": "FIELD_REQUIRED"}


@pytest.mark.parametrize("email", ["ann@example.com", "Ann.Smith@EXAMPLE.com", "ann@shop.test"])
def test_an_email_is_kept_as_typed_but_for_its_domain(email: str) -> None:
    """CU-4."""
    name, _, domain = email.partition("@")

    assert checked(email=f" {email} ")[0].email == f"{name}@{domain.lower()}"


@pytest.mark.parametrize("email", ["ann", "ann@", "@example.com", "a b@example.com", "ann@local"])
def test_what_is_no_email_is_refused(email: str) -> None:
    """CU-4."""
    assert checked(email=email)[1] == {"/email": "EMAIL_FORMAT"}


def test_an_email_may_be_left_out() -> None:
    assert checked(email=" ") == (checked()[0], {})


def test_text_is_limited_and_printable() -> None:
    assert checked(company="x" * 201)[1] == {"/company": "TOO_LONG"}
    assert checked(company="a\x07b")[1] == {"/company": "UNPRINTABLE"}


def test_a_card_number_is_refused_in_an_email_too() -> None:
    """PA-2: as in every other text of a customer."""
    assert checked(email="4111111111111111@example.com")[1] == {"/email": "CARD_NUMBER_REFUSED"}


def test_what_shapes_letters_stays_with_them() -> None:
    """CU-4: names of some scripts hold characters that cannot be seen."""
    found, wrong = checked(last_name="a\u200cb")

    assert (found.last_name, wrong) == ("a\u200cb", {})


def test_of_two_attributes_of_one_name_none_is_lost_silently() -> None:
    """CU-11."""
    assert checked(attributes={"size": "9", " size": "10"})[1] == {
        "/attributes/ size": "DUPLICATE_ATTRIBUTE"
    }


def test_a_customer_is_complete_with_a_phone_and_both_defaults() -> None:
    """CU-1, CU-2: what an import may leave out, an order asks for."""
    assert a_customer().complete
    assert not a_customer(phones=()).complete
    assert not a_customer(an_address("billing")).complete


def test_a_customer_moves_to_another_set_under_a_new_number() -> None:
    """CS-4."""
    customer = a_customer()
    other = CustomerSetId(UUID(int=2))

    customer.move(other, "C-000001", level=None)

    assert (customer.customer_set_id, customer.number) == (other, "C-000001")
    assert customer.changed


def test_saying_the_same_again_changes_nothing() -> None:
    customer = a_customer()

    customer.correct(customer.details)
    customer.disable(disabled=False)

    assert not customer.changed
