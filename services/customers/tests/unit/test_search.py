from typing import Any

import pytest
from customers.domain.phones import Phone, PhoneKind
from customers.domain.search import MAX_TERM, fold, prefix_of, terms_of
from customers.handlers.formats import FORMATS
from hypothesis import given
from hypothesis import strategies as st

from services.customers.tests.builders import a_customer


def found_by(query: str, **details: Any) -> bool:  # noqa: ANN401 - of Details
    terms = terms_of(a_customer(**details), FORMATS)
    return any(term.startswith(prefix_of(query)) for term in terms)


@pytest.mark.parametrize(
    "query",
    [
        *("a", "ANN", "smi", "ann smi", "smith  a", "ann.s", "ACME", "acme t"),
        *("c-000", "000123", "123", "020 7946", "2079", "44 20", "+44 20", "0044 (20) 79"),
    ],
)
def test_a_customer_is_found_by_the_beginning_of_what_they_are_known_by(query: str) -> None:
    """SE-1, SE-2: names, e-mail, company, phone and number; no case counts."""
    assert found_by(query, email="Ann.Smith@example.com", company="Acme Tools")


@pytest.mark.parametrize("query", ["nn", "mith", "example", "9460", "x", "***", "%", "_"])
def test_a_customer_is_not_found_by_the_middle(query: str) -> None:
    """SE-1."""
    assert not found_by(query, email="Ann.Smith@example.com")


@pytest.mark.parametrize("query", ["oberg", "Öberg", "ÖBERG", "o\u0308berg", "åsa", "asa o"])
def test_accents_do_not_count(query: str) -> None:
    """SE-1."""
    assert found_by(query, first_name="Åsa", last_name="Öberg")


@pytest.mark.parametrize("query", ["soren", "SØR", "lukas", "Łuk", "soren lu", "lukaszewski so"])
def test_letters_that_no_accent_can_be_taken_from_are_found_by_their_base(query: str) -> None:
    """SE-1: who has no Danish or Polish keyboard finds Danes and Poles, and who has finds them."""
    assert found_by(query, first_name="Søren", last_name="Łukaszewski")


@pytest.mark.parametrize(("name", "query"), [("Ægir", "aeg"), ("Þór", "thor"), ("Œuvre", "oeu")])
def test_letters_that_are_two_are_found_by_both(name: str, query: str) -> None:
    """SE-1."""
    assert found_by(query, last_name=name)


def test_a_number_of_a_country_with_leading_zeros_is_found() -> None:
    """SE-2."""
    rome = (Phone(PhoneKind.WORK, "+390612345678"),)

    assert found_by("06 1234", phones=rome)
    assert found_by("+39 06", phones=rome)


@given(st.text(max_size=100), st.text(max_size=100), st.integers(1, 20))
def test_any_beginning_of_a_name_finds_it(first: str, last: str, length: int) -> None:
    """SE-1, whatever people are called."""
    query = fold(last)[:length]

    assert not query or found_by_fold(query, first, last)


def found_by_fold(query: str, first: str, last: str) -> bool:
    terms = terms_of(a_customer(first_name=first, last_name=last), FORMATS)
    return any(term.startswith(query) for term in terms)


@given(st.text())
def test_folding_is_final_and_short_enough_for_an_index(text: str) -> None:
    folded = fold(text)

    assert len(folded) <= MAX_TERM
    assert "\0" not in folded
    assert fold(folded) == folded
    folded.encode()


@given(st.text())
def test_any_query_can_be_looked_up(query: str) -> None:
    prefix_of(query).encode()
