import pytest
from customers.domain.findings import Findings
from customers.domain.phones import MAX_PHONES, Phone, PhoneEntry, PhoneKind, check_phones
from customers.handlers.formats import FORMATS


def checked(
    *numbers: str | None, region: str | None = "GB", kind: PhoneKind | None = PhoneKind.HOME
) -> tuple[list[str], dict[str, str]]:
    """Give the numbers kept, and the code at each field at fault."""
    findings = Findings()
    entries = [PhoneEntry(kind, number) for number in numbers]
    phones = check_phones(entries, region, FORMATS, findings)
    return [phone.number for phone in phones], {v.pointer: v.code for v in findings.violations}


@pytest.mark.parametrize("numbers", [(), ("",), ("   ", None)])
def test_a_customer_needs_a_phone_and_blanks_do_not_count(numbers: tuple[str | None, ...]) -> None:
    """CU-1."""
    assert checked(*numbers) == ([], {"/phones": "PHONE_REQUIRED"})


@pytest.mark.parametrize("kind", list(PhoneKind))
def test_one_phone_of_any_kind_is_enough(kind: PhoneKind) -> None:
    """CU-1."""
    findings = Findings()

    phones = check_phones([PhoneEntry(kind, "+442079460000")], None, FORMATS, findings)

    assert phones == (Phone(kind, "+442079460000"),)
    assert not findings.found


def test_numbers_are_read_in_the_country_of_the_site_and_kept_in_e164() -> None:
    """CU-1."""
    assert checked("(020) 7946 0000", region="GB") == (["+442079460000"], {})
    assert checked("030 123456", region="DE") == (["+4930123456"], {})
    assert checked("+44 20 7946-0000", region="DE") == (["+442079460000"], {})


@pytest.mark.parametrize(
    ("number", "region"), [("253-0000", "US"), ("7946 0000", "GB"), ("+1 253-0000", None)]
)
def test_a_number_that_only_neighbours_can_dial_is_refused(number: str, region: str | None) -> None:
    """CU-1: without its area code it would be kept as a number that nobody can call."""
    assert checked(number, region=region) == ([], {"/phones/0/number": "PHONE_IMPOSSIBLE"})


@pytest.mark.parametrize("number", ["12", "no phone", "+44 1", "+999 1234567", "02079460000 x12"])
def test_an_impossible_number_is_refused_at_its_field(number: str) -> None:
    """CU-1: the rows are counted as they were typed, blanks included."""
    kept, wrong = checked("", number, "+442079460000")

    assert kept == ["+442079460000"]
    assert wrong == {"/phones/1/number": "PHONE_IMPOSSIBLE"}


def test_a_national_number_needs_a_known_country() -> None:
    """CU-1."""
    assert checked("020 7946 0000", region=None)[1] == {"/phones/0/number": "PHONE_IMPOSSIBLE"}


def test_a_number_that_cannot_be_read_is_not_called_impossible() -> None:
    """CU-1: who forgot the site is not sent to look for a fault in the number."""
    findings = Findings()

    check_phones([PhoneEntry(PhoneKind.HOME, "020 7946 0000")], None, FORMATS, findings)

    (wrong,) = findings.violations
    assert wrong.detail == "without a known country it must begin with + and the country's code"


def test_the_kind_must_be_given() -> None:
    """CU-4."""
    assert checked("+442079460000", kind=None) == ([], {"/phones/0/kind": "FIELD_REQUIRED"})


def test_the_same_phone_twice_is_one() -> None:
    assert checked("020 7946 0000", "+442079460000") == (["+442079460000"], {})


def test_there_is_an_end_to_phones() -> None:
    assert checked(*["+442079460000"] * (MAX_PHONES + 1)) == ([], {"/phones": "TOO_MANY"})
