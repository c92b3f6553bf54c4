from dataclasses import replace

import pytest
from customers.domain.addresses import MAX_ADDRESSES, Address, learned
from customers.domain.details import Consent
from customers.domain.findings import Findings
from customers.domain.notes import MAX_NOTE, check_note
from customers.domain.phones import MAX_PHONES, Phone, PhoneKind, with_phones
from customers.domain.search import order_key, prefix_of, terms_of, twin_terms
from customers.handlers.formats import FORMATS
from hypothesis import given
from hypothesis import strategies as st

from services.customers.tests.builders import NOON, a_customer, an_address


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("GB 980 7806 84", "GB", "GB980780684"),
        ("980780684", "GB", "GB980780684"),
        ("de136695976", "GB", "DE136695976"),
        ("094259216", "GR", "EL094259216"),
        ("EL 094259216", "DE", "EL094259216"),
        ("XI110305878", "GB", "XI110305878"),
        ("ATU13585627", "AT", "ATU13585627"),
        ("12-3456789", "US", "12-3456789"),
        ("12-3456789", None, "12-3456789"),
        ("GB980780685", "GB", None),
        ("980780684", "DE", None),
        ("GB", "GB", None),
        ("DE\uff11\uff13\uff16\uff16\uff19\uff15\uff19\uff17\uff16", "DE", None),
    ],
)
def test_a_tax_id_is_checked_where_it_is_known(
    typed: str, country: str | None, kept: str | None
) -> None:
    """CU-11: VAT numbers of the European Union and the United Kingdom, with their check digits."""
    assert FORMATS.tax_id(typed, country) == kept


@given(st.text(max_size=40), st.sampled_from(["GB", "DE", "FR", "GR", "US", "CH", None]))
def test_any_text_is_a_tax_id_or_none(typed: str, country: str | None) -> None:
    """CU-11: never a fault; what is kept is kept again."""
    kept = FORMATS.tax_id(typed, country)

    assert kept is None or FORMATS.tax_id(kept, country) == kept


def test_consent_that_is_said_again_is_no_news() -> None:
    """CU-11."""
    customer = a_customer()

    assert customer.agree(Consent(True, NOON, "phone"))
    assert not customer.agree(Consent(True, NOON.replace(hour=13), "phone"))
    assert customer.consent == Consent(True, NOON, "phone")
    assert customer.agree(Consent(False, NOON, "phone"))


@pytest.mark.parametrize(
    ("text", "kept", "code"),
    [
        (" One \n two  words ", "One\ntwo words", None),
        ("a\r\nb", "a\nb", None),
        ("\n ", "", "FIELD_REQUIRED"),
        ("x" * (MAX_NOTE + 1), "", "TOO_LONG"),
        ("x\n" * MAX_NOTE, "", "TOO_LONG"),
        ("card 4111-1111-1111-1111", None, "CARD_NUMBER_REFUSED"),
        ("card 4111 1111\n1111 1111", None, "CARD_NUMBER_REFUSED"),
    ],
)
def test_a_note_keeps_its_lines(text: str, kept: str | None, code: str | None) -> None:
    """CU-11, PA-2."""
    findings = Findings()

    noted = check_note(text, findings)

    assert kept is None or noted == kept
    assert [violation.code for violation in findings.violations] == ([code] if code else [])


books = st.lists(
    st.sampled_from(["London", "Leeds", "York"]).map(lambda c: replace(an_address(), city=c)),
    max_size=4,
)


@given(books, st.sampled_from(["London", "Leeds", "Hull"]), st.sampled_from(["London", "Bath"]))
def test_what_is_learned_stands_in_the_book_once(
    book: list[Address], billed: str, shipped: str
) -> None:
    """CU-10, CU-2: and there is one default of each kind, which stays what it was."""
    before = learned(book, replace(an_address(), city="York"), replace(an_address(), city="York"))
    new = (replace(an_address(), city=billed), replace(an_address(), city=shipped.upper()))

    after = learned(before, *new)
    again = learned(after, *(replace(each, lines=("12 EXAMPLE SQUARE",)) for each in new))

    assert again == after
    assert after[: len(before)] == before
    cities = [each.city.casefold() for each in after]
    assert {billed.casefold(), shipped.casefold()} <= set(cities)
    for use in ("billing", "shipping"):
        assert sum(use in each.default_uses for each in after) == 1


def test_a_full_book_lets_go_of_its_oldest_that_is_no_default() -> None:
    """CU-10, CU-2."""
    default = an_address("billing", "shipping")
    others = [replace(an_address(), city=f"City {n}") for n in range(MAX_ADDRESSES - 1)]
    new = (replace(an_address(), city="Bath"), replace(an_address(), city="Hull"))

    book = learned([default, *others], *new)

    assert len(book) == MAX_ADDRESSES
    assert book[0] == default
    assert [each.city for each in book[-2:]] == ["Bath", "Hull"]
    assert book[1] == others[2]


def test_a_phone_is_learned_once_and_the_newest_are_kept() -> None:
    """CU-10."""
    known = [Phone(PhoneKind.HOME, f"+4420794600{n:02}") for n in range(MAX_PHONES)]

    assert with_phones(known, [Phone(PhoneKind.WORK, known[0].number)]) == tuple(known)
    new = Phone(PhoneKind.MOBILE, "+447700900123")
    assert with_phones(known, [new]) == (*known[1:], new)


def test_addresses_that_stay_the_same_keep_their_ids() -> None:
    """CU-11: when a whole book is imported anew."""
    old, other = an_address("billing", "shipping"), replace(an_address(), city="Leeds")
    customer = a_customer(old, other)

    customer.replace_book(
        tuple(
            replace(each, address_id=an_address().address_id)
            for each in (other, old, replace(an_address(), city="York"))
        )
    )

    assert [each.address_id for each in customer.addresses[:2]] == [
        other.address_id,
        old.address_id,
    ]
    assert customer.changed


@pytest.mark.parametrize("text", ["UK-7F3K-29QO", "uk 7f3k 29q0", "uk7F3K29QO", "# UK-7F3K - 29QO"])
def test_an_order_number_is_one_however_it_is_written(text: str) -> None:
    """SE-2: letters that look like digits too."""
    assert order_key(text) == order_key("UK-7F3K-29Q0")


@given(st.text())
def test_any_text_can_be_looked_up_as_an_order_number(text: str) -> None:
    """SE-2."""
    order_key(text).encode()


def test_a_phone_is_found_in_any_writing() -> None:
    """SE-2."""
    terms = terms_of(a_customer(), FORMATS)

    for typed in ("+44 (0)20 7946 0000", "0044-20-7946.0000", "(020) 7946 0000", "20/79460000"):
        assert prefix_of(typed) in terms


def test_an_erased_customer_is_found_by_number_alone() -> None:
    """SE-5."""
    customer = a_customer(email="ann@example.com")
    customer.erase(NOON)

    assert terms_of(customer, FORMATS) == {"c-000123", "123"}
    assert twin_terms(customer) == frozenset()
    assert not customer.complete
