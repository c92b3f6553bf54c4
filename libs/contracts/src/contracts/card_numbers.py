"""Finds what looks like a card number, so that no service ever keeps or logs one (PA-2)."""

import re
from collections.abc import Iterator

_LONGEST = 19
SHORTEST = 13
SHORTEST_BESIDE_GTIN = 15
"""Where article numbers (GTIN) of 13 or 14 digits stand, one in ten of which passes the check."""
_DIGITS = re.compile(r"\d+")
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212]{1,3}")
"""What people put between the groups of a card number: a few spaces or dashes."""


def holds_card_number(text: str, shortest: int = SHORTEST) -> bool:
    """Tell whether 13 to 19 digits in a row pass the Luhn check, spaces and dashes aside.

    A longer unbroken run of digits is no card number; a number that happens to pass is taken for
    one, since the harm of keeping a real one is greater. Takes time in proportion to the text.
    """
    return any(_chain_holds_one(groups, shortest) for groups in _chains(text))


def _chains(text: str) -> Iterator[list[str]]:
    """Give the groups of digits that stand together, with only separators between them."""
    chain: list[str] = []
    end = 0
    for match in _DIGITS.finditer(text):
        if chain and not _BETWEEN.fullmatch(text, end, match.start()):
            yield chain
            chain = []
        chain.append(match.group())
        end = match.end()
    if chain:
        yield chain


def _chain_holds_one(groups: list[str], shortest: int) -> bool:
    return any(_one_ends_with(groups, last, shortest) for last in range(len(groups)))


def _one_ends_with(groups: list[str], last: int, shortest: int) -> bool:
    """Tell whether whole groups up to ``last`` make a card number: Luhn goes right to left."""
    length = total = 0
    for group in reversed(groups[max(0, last - _LONGEST) : last + 1]):
        if length + len(group) > _LONGEST:
            return False
        for digit in reversed(group):
            value = int(digit) * (1 + length % 2)
            total += value - 9 if value > 9 else value
            length += 1
        if length >= shortest and total % 10 == 0 and int(group[0]) > 0:
            return True
    return False
