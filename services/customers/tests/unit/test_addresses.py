from dataclasses import replace
from typing import Any

import pytest
from contracts.values import new_id
from customers.domain.addresses import (
    MAX_ADDRESSES,
    Address,
    AddressEntry,
    AddressId,
    check_address,
    check_addresses,
)
from customers.domain.errors import AddressIsDefault, UnknownAddress
from customers.domain.findings import Findings
from customers.handlers.formats import FORMATS

from services.customers.tests.builders import LONDON, a_customer, an_address

PARIS = AddressEntry(
    name="Ann Smith", lines=("1 rue Exemple",), city="Paris", postal_code="75001", country="FR"
)


def checked(**typed: Any) -> tuple[Address, dict[str, str]]:  # noqa: ANN401 - of AddressEntry
    """Check the London address with other fields; give the code at each field at fault."""
    findings = Findings()
    address = check_address("", replace(LONDON, **typed), FORMATS, findings)
    return address, {v.pointer: v.code for v in findings.violations}


def wrong_with(*entries: AddressEntry) -> dict[str, str]:
    findings = Findings()
    check_addresses(entries, FORMATS, findings)
    return {v.pointer: v.code for v in findings.violations}


def test_one_address_may_be_both_defaults() -> None:
    """CU-2."""
    assert wrong_with(LONDON) == {}


def test_two_addresses_may_be_one_default_each() -> None:
    """CU-2."""
    assert (
        wrong_with(replace(LONDON, default_shipping=False), replace(PARIS, default_shipping=True))
        == {}
    )


def test_no_address_is_refused() -> None:
    """CU-2."""
    assert wrong_with() == {"/addresses": "ADDRESS_REQUIRED"}


def test_each_default_that_is_missing_is_named() -> None:
    """CU-2."""
    assert wrong_with(PARIS) == {
        "/addresses/0/default_billing": "DEFAULT_BILLING_REQUIRED",
        "/addresses/0/default_shipping": "DEFAULT_SHIPPING_REQUIRED",
    }


def test_two_addresses_cannot_be_the_same_default() -> None:
    """CU-2."""
    assert wrong_with(LONDON, replace(PARIS, default_billing=True)) == {
        "/addresses/1/default_billing": "DEFAULT_TWICE"
    }


def test_there_is_an_end_to_addresses() -> None:
    assert wrong_with(*[LONDON] * (MAX_ADDRESSES + 1)) == {"/addresses": "TOO_MANY"}


@pytest.mark.parametrize("use", ["billing", "shipping"])
def test_removing_the_last_default_is_refused(use: str) -> None:
    """CU-2."""
    default, other = an_address(use), an_address()
    customer = a_customer(default, other)

    with pytest.raises(AddressIsDefault) as refused:
        customer.remove_address(default.address_id)

    assert refused.value.uses == (use,)
    assert customer.addresses == (default, other)
    assert not customer.changed


def test_an_address_that_is_no_default_can_be_removed() -> None:
    """CU-2."""
    default, other = an_address("billing", "shipping"), an_address()
    customer = a_customer(default, other)

    customer.remove_address(other.address_id)

    assert customer.addresses == (default,)


def test_a_full_book_takes_no_more() -> None:
    findings = Findings()
    full = [an_address("billing", "shipping"), *(an_address() for _ in range(MAX_ADDRESSES - 1))]

    a_customer().check_room(findings)
    assert not findings.found

    a_customer(*full).check_room(findings)
    assert [violation.code for violation in findings.violations] == ["TOO_MANY"]


def test_a_default_passes_to_the_address_that_claims_it() -> None:
    """CU-2."""
    customer = a_customer(an_address("billing", "shipping"))

    customer.put_address(an_address("shipping"))

    assert [each.default_uses for each in customer.addresses] == [("billing",), ("shipping",)]


def test_an_address_cannot_give_up_being_the_default() -> None:
    """CU-2."""
    default = an_address("billing", "shipping")
    customer = a_customer(default)

    with pytest.raises(AddressIsDefault):
        customer.put_address(replace(default, default_shipping=False))


def test_the_same_address_again_changes_nothing() -> None:
    default = an_address("billing", "shipping")
    customer = a_customer(default)

    customer.put_address(default)

    assert not customer.changed


def test_what_is_not_in_the_book_is_not_removed() -> None:
    with pytest.raises(UnknownAddress):
        a_customer().remove_address(AddressId(new_id()))


def test_every_mandatory_field_is_named() -> None:
    """CU-4."""
    _, wrong = checked(name=" ", lines=("", " "), city=None, postal_code="", country="GB")

    assert wrong == dict.fromkeys(["/name", "/lines", "/city", "/postal_code"], "FIELD_REQUIRED")


def test_a_country_is_needed_and_must_be_one() -> None:
    """CU-4."""
    assert checked(country=None)[1] == {"/country": "FIELD_REQUIRED"}
    assert checked(country="XX")[1] == {"/country": "UNKNOWN_COUNTRY"}
    assert checked(country="England")[1] == {"/country": "UNKNOWN_COUNTRY"}
    assert checked(country="../GB")[1] == {"/country": "UNKNOWN_COUNTRY"}


@pytest.mark.parametrize(
    ("country", "code", "kept"),
    [
        ("GB", "sw1y 4lb", "SW1Y 4LB"),
        ("GB", "SW1Y4LB", "SW1Y4LB"),
        ("DE", "10115", "10115"),
        ("NL", "1012 ab", "1012 AB"),
        ("IE", "D02 AF30", "D02 AF30"),
        ("IE", None, None),
        ("HK", None, None),
    ],
)
def test_postal_codes_follow_the_country(country: str, code: str | None, kept: str | None) -> None:
    """CU-4."""
    region = "Kowloon" if country == "HK" else None

    address, wrong = checked(country=country, postal_code=code, region=region)

    assert wrong == {}
    assert address.postal_code == kept


@pytest.mark.parametrize(
    ("country", "code"),
    [("GB", "12345"), ("GB", "GIR 0AA-and-more"), ("DE", "1011"), ("US", "ABCDE"), ("FR", "7500")],
)
def test_a_postal_code_of_another_form_is_refused(country: str, code: str) -> None:
    """CU-4."""
    region = "NY" if country == "US" else None

    assert checked(country=country, postal_code=code, region=region)[1] == {
        "/postal_code": "POSTAL_CODE_FORMAT"
    }


def test_a_region_is_kept_by_its_key_and_must_be_one_of_the_country() -> None:
    """CU-4."""
    address, wrong = checked(country="US", region="california", postal_code="90210")
    assert wrong == {}
    assert address.region == "CA"

    assert checked(country="US", region="Bavaria", postal_code="90210")[1] == {
        "/region": "UNKNOWN_REGION"
    }
    assert checked(country="US", region=None, postal_code="90210")[1] == {
        "/region": "FIELD_REQUIRED"
    }


def test_a_postal_code_must_be_of_the_region() -> None:
    """CU-4."""
    assert checked(country="US", region="NY", postal_code="90210")[1] == {
        "/postal_code": "POSTAL_CODE_REGION"
    }


def test_a_city_is_not_asked_for_where_addresses_have_none() -> None:
    """CU-4."""
    address, wrong = checked(country="AE", region="Dubai", city=None, postal_code=None)

    assert wrong == {}
    assert address.city == ""


def test_a_county_is_kept_though_the_country_does_without() -> None:
    """CU-4."""
    assert checked(region="Kent")[0].region == "Kent"


def test_the_phone_of_an_address_is_read_in_its_country() -> None:
    """CU-1."""
    assert checked(phone="020 7946 0000")[0].phone == "+442079460000"
    assert checked(phone="12")[1] == {"/phone": "PHONE_IMPOSSIBLE"}


def test_lines_are_one_to_four_and_blank_ones_do_not_count() -> None:
    """CU-4."""
    assert checked(lines=("", "Flat 1", " ", "2 Road"))[0].lines == ("Flat 1", "2 Road")
    assert checked(lines=("1", "2", "3", "4", "5"))[1] == {"/lines": "TOO_MANY"}
