from uuid import UUID

import pytest
from contracts.card_numbers import (
    SHORTEST_BESIDE_GTIN,
    holds_card_number,
    surely_holds_card_number,
)
from hypothesis import given
from hypothesis import strategies as st


def _luhn_digit(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


bodies = st.from_regex(r"[1-9][0-9]{11,17}", fullmatch=True)
separators = st.sampled_from(["", " ", "-", " - ", "\N{NO-BREAK SPACE}", "\N{EN DASH}"])


@given(body=bodies, between=separators, before=st.sampled_from(["", "card ", "no. 7: "]))
def test_a_number_with_its_check_digit_is_found_however_it_is_grouped(
    body: str, between: str, before: str
) -> None:
    """PA-2: spaces and dashes do not hide a card number."""
    number = body + _luhn_digit(body)
    grouped = between.join(number[at : at + 4] for at in range(0, len(number), 4))

    assert holds_card_number(f"{before}{grouped}, thank you")


@given(body=bodies)
def test_a_wrong_check_digit_is_no_card_number(body: str) -> None:
    """PA-2: a purchase order's number may be long."""
    wrong = str((int(_luhn_digit(body)) + 1) % 10)

    assert not holds_card_number(body + wrong)


def test_what_is_near_a_card_number_is_not_one() -> None:
    """PA-2: tokens, phone numbers and long references pass."""
    for text in (
        "",
        "tok_ok",
        "+44 20 7946 0018",
        "4111.1111.1111.1111x",
        "0000000000000000",
        "98765432104111111111111111",
        "2026-11-21",
    ):
        assert not holds_card_number(text), text


def test_article_numbers_may_be_let_pass() -> None:
    """PA-2: one in ten of them passes the check; those that are as long do not hide a card."""
    for text in ("4006381333932", "GTIN 10012345000007"):
        assert not holds_card_number(text, SHORTEST_BESIDE_GTIN), text
    for text in ("4111 1111 1111 1111", "378282246310005", "4006381333932 4111-1111-1111-1111"):
        assert holds_card_number(text, SHORTEST_BESIDE_GTIN), text


def test_a_number_after_another_one_is_found() -> None:
    """PA-2: the groups before a card number do not hide it."""
    assert holds_card_number("12 4111 1111 1111 1111")
    assert holds_card_number("x" * 100_000 + " 5555-5555-5555-4444")


@given(id_=st.uuids(), start=st.sampled_from(["", "order ", "erp/"]))
def test_an_id_is_no_card_number(id_: UUID, start: str) -> None:
    """PA-2: of 350 ids one would pass, and its order would be refused."""
    assert not holds_card_number(f"{start}{id_}")
    assert not holds_card_number(f"{start}{id_.hex}")


def test_ids_that_pass_the_check_are_no_card_numbers() -> None:
    """PA-2: and they hide none that stands beside them."""
    for text in ("41111111-1111-1111-8111-111111111111", "a" + "4111111111111111" * 2):
        assert not holds_card_number(text), text
        assert holds_card_number(f"{text} 4111 1111 1111 1111")


@pytest.mark.parametrize(
    "body", ["400638133393", "0001234560001", "173219999999", "173219999999999"]
)
def test_what_numbers_goods_and_times_is_no_card_of_a_network(body: str) -> None:
    """PA-2: barcodes, milliseconds and microseconds, though their check digits fit."""
    number = body + _luhn_digit(body)

    assert not surely_holds_card_number(number)
    assert holds_card_number(number) == (body[0] != "0")


@pytest.mark.parametrize(
    "text", ["4111111111111111", "key-4111-1111-1111-1111", "378282246310005", "x 2223003122003222"]
)
def test_a_card_of_a_network_is_found_in_any_place(text: str) -> None:
    """PA-2: in keys, codes and addresses too."""
    assert surely_holds_card_number(text)
