"""Order numbers: unique, readable aloud, and a slip of the tongue is noticed."""

from itertools import pairwise
from uuid import UUID

import hypothesis.strategies as st
from contracts.values import SiteId
from hypothesis import given
from orders.domain.numbers import ALPHABET, order_number, prefix, understood

SITE = SiteId(UUID("01890a5d-ac96-774b-bcce-b302099a8057"))
counts = st.integers(1, 32**7)


def test_a_number_has_the_sites_letters_and_two_groups() -> None:
    number = order_number("uk", SITE, 1)
    letters, *groups = number.split("-")
    assert letters == "UK"
    assert [len(group) for group in groups] == [4, 4]
    assert set("".join(groups)) <= set(ALPHABET)


def test_neighbours_look_nothing_alike_and_none_comes_twice() -> None:
    numbers = [order_number("uk", SITE, count) for count in range(1, 20_001)]
    assert len(set(numbers)) == len(numbers)
    same = [sum(a == b for a, b in zip(*pair, strict=True)) for pair in pairwise(numbers)]
    assert sum(same) / len(same) < 6  # four characters are the letters and dashes


def test_the_letters_tell_sites_apart() -> None:
    assert [prefix(code) for code in ("uk", "channel-islands", "australia", "a-b-c-d-e")] == [
        "UK",
        "CI",
        "AUST",
        "ABCD",
    ]


@given(count=counts, data=st.data())
def test_one_wrong_character_is_noticed(count: int, data: st.DataObject) -> None:
    number = order_number("uk", SITE, count)
    place = data.draw(st.sampled_from([3, 4, 5, 6, 8, 9, 10, 11]))
    wrong = data.draw(st.sampled_from([one for one in ALPHABET if one != number[place]]))
    assert understood(number[:place] + wrong + number[place + 1 :]) is None


@given(count=counts)
def test_a_number_is_understood_as_people_type_it(count: int) -> None:
    number = order_number("uk", SITE, count)
    front, rest = number[:3], number[3:]
    slips = rest.replace("0", "o").replace("1", "l")
    for spoken in (number, number.lower(), number.replace("-", ""), f" {front}{slips} "):
        assert understood(spoken) == number


def test_what_is_no_number_is_not_understood() -> None:
    assert [understood(text) for text in ("", "byron", "UK-7F3K", "UK-7F3K-29Q*")] == [None] * 4
