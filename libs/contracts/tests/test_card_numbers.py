from collections.abc import Iterable
from itertools import product
from uuid import UUID

import pytest
from contracts.card_numbers import (
    SHORTEST_BESIDE_GTIN,
    holds_card_number,
    surely_holds_card_number,
)
from hypothesis import given
from hypothesis import strategies as st


def _between(first: str, last: str) -> list[str]:
    return [str(number) for number in range(int(first), int(last) + 1)]


def _luhn_digit(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


LONG = range(16, 20)
NETWORKS: dict[str, tuple[list[str], Iterable[int]]] = {
    "Visa": (["4"], (13, *LONG)),
    "Mastercard": ([*_between("51", "55"), *_between("2221", "2720")], [16]),
    "American Express": (["34", "37"], [15]),
    "Diners": ([*_between("300", "305"), "309", "36", "38", "39"], (14, *LONG)),
    "Discover": (["6011", *_between("644", "649"), "65"], LONG),
    "JCB": (_between("3528", "3589"), LONG),
    "JCB of old": (["2131", "1800"], [15]),
    "UnionPay": (["62", "81"], LONG),
    "Maestro": (["5018", "5020", "5038", "5893", "6304", "639", "6759", "6763"], range(13, 20)),
    "Mir": (_between("2200", "2204"), LONG),
    "RuPay": (["60", "65", "81", "82", "508", "353", "356"], [16]),
    "Elo": (["401178", "438935", "509", "6277", "6362", "6500"], [16]),
    "Hipercard": (["606282", "637095"], LONG),
    "Troy": (["65", "9792"], [16]),
    "Verve": (_between("506099", "506198"), (16, 18, 19)),
    "Dankort": (["5019", "4571"], [16]),
    "InterPayment": (["636"], LONG),
    "UATP": (["1"], [15]),
    "UzCard and Humo": (["8600", "9860"], [16]),
    "Napas": (["9704"], (16, 19)),
}
"""Beginnings and lengths of the networks' cards."""


@st.composite
def card_bodies(draw: st.DrawFn) -> str:
    """Give a card's number without its check digit."""
    beginnings, lengths = NETWORKS[draw(st.sampled_from(sorted(NETWORKS)))]
    beginning, length = draw(st.sampled_from(beginnings)), draw(st.sampled_from(list(lengths)))
    left = length - len(beginning) - 1
    return beginning + draw(st.text("0123456789", min_size=left, max_size=left))


bodies = st.from_regex(r"[1-9][0-9]{14,17}", fullmatch=True) | card_bodies()
separators = st.sampled_from(["", " ", "-", " - ", "\N{NO-BREAK SPACE}", "\N{EN DASH}"])


@given(body=bodies, between=separators, before=st.sampled_from(["", "card ", "no. 7: "]))
def test_a_number_with_its_check_digit_is_found_however_it_is_grouped(
    body: str, between: str, before: str
) -> None:
    """PA-2: of any network, and of 16 digits on whoever's; spaces and dashes do not hide it."""
    number = body + _luhn_digit(body)
    grouped = between.join(number[at : at + 4] for at in range(0, len(number), 4))

    assert holds_card_number(f"{before}{grouped}, thank you")


@given(body=bodies)
def test_a_wrong_check_digit_is_no_card_number(body: str) -> None:
    """PA-2: a purchase order's number may be long."""
    wrong = str((int(_luhn_digit(body)) + 1) % 10)

    assert not holds_card_number(body + wrong)


@pytest.mark.parametrize("network", NETWORKS)
def test_every_beginning_and_length_of_a_network_is_found(network: str) -> None:
    """PA-2: with any rest of the number."""
    beginnings, lengths = NETWORKS[network]
    for beginning, length in product(beginnings, lengths):
        for rest in ("0", "9", "4"):
            body = beginning + rest * (length - len(beginning) - 1)
            number = body + _luhn_digit(body)
            assert holds_card_number(f"the card {number}"), number


countries = st.sampled_from(["49151", "4367", "5511", "861", "62812", "91", "8801", "234", "351"])


@given(country=countries, length=st.integers(13, 15), data=st.data())
def test_a_telephone_number_is_no_card(country: str, length: int, data: st.DataObject) -> None:
    """PA-2: one in ten passes the check; typed into a note, it is told by its + or 00."""
    left = length - len(country) - 1
    body = country + data.draw(st.text("0123456789", min_size=left, max_size=left))
    number = body + _luhn_digit(body)
    grouped = f"{number[:2]} {number[2:5]} {number[5:]}"
    for said in (f"+{number}", f"00{number}", f"call +{grouped}, please", f"00 {grouped}"):
        assert not holds_card_number(said), said


@given(start=st.sampled_from(["5511", "5521", "8613", "8619", "62812", "8801", "998", "5215"]))
def test_a_mobile_number_without_a_plus_is_no_card_where_none_begins_so(start: str) -> None:
    """PA-2: 13 digits in Brazil, China, Indonesia, Bangladesh, Mexico."""
    body = start + "98765432100"[: 12 - len(start)]
    assert not holds_card_number(f"ring {body}{_luhn_digit(body)} after 5")


@pytest.mark.parametrize(
    "text",
    [
        "+4111 1111 1111 1111",
        "004111111111111111 or 4111111111111111",
        "+378282246310005",
        "00 378282246310005",
        "+30569309025904",
        "call +49 151 23456784 or pay 4222222222222",
        "+49 151 4111 1111 1111 1111",
        "\N{FULLWIDTH DIGIT FOUR}222222222222",
    ],
)
def test_a_plus_hides_no_card(text: str) -> None:
    """PA-2: most cards are longer than any telephone number; of the others none begins so."""
    assert holds_card_number(text)


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
    ("body", "is_one"),
    [
        ("400638133393", True),
        ("0001234560001", False),
        ("173219999999", False),
        ("173219999999999", True),
    ],
)
def test_what_numbers_goods_and_times_is_no_card_of_a_network(body: str, *, is_one: bool) -> None:
    """PA-2: barcodes, milliseconds and microseconds, though their check digits fit."""
    number = body + _luhn_digit(body)

    assert not surely_holds_card_number(number)
    assert holds_card_number(number) == is_one


@pytest.mark.parametrize(
    "text", ["4111111111111111", "key-4111-1111-1111-1111", "378282246310005", "x 2223003122003222"]
)
def test_a_card_of_a_network_is_found_in_any_place(text: str) -> None:
    """PA-2: in keys, codes and addresses too."""
    assert surely_holds_card_number(text)
