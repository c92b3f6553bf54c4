"""Finds what looks like a card number, so that no service ever keeps or logs one (PA-2)."""

import re
from collections.abc import Iterator

_LONGEST = 19
SHORTEST = 13
SHORTEST_BESIDE_GTIN = 15
"""Where article numbers (GTIN) of 13 or 14 digits stand, one in ten of which passes the check."""
_FIRST_DIGITS = frozenset("23456")
"""With which the numbers of the great networks begin."""
_DIGITS = re.compile(r"\d+")
_ENOUGH_DIGITS = re.compile(r"\d(?:[^0-9A-Za-z]{0,3}\d){12}")
"""Without this there is nothing to look for; most texts end here."""
_RANDOM = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    r"|\b(?=[0-9]*[a-f])[0-9a-f]{24,}\b",
    re.ASCII | re.IGNORECASE,
)
"""Ids and digests, which nobody types; of 350 ids, one passes."""
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212]{1,3}")
"""What people put between the groups of a card number: a few spaces or dashes."""


def holds_card_number(text: str, shortest: int = SHORTEST) -> bool:
    """Tell whether 13 to 19 digits in a row pass the Luhn check, spaces and dashes aside.

    A longer unbroken run of digits is no card number; a number that happens to pass is taken for
    one, since the harm of keeping a real one is greater. Ids and digests are none. Takes time in
    proportion to the text.
    """
    return any(len(one) >= shortest for one in _numbers(text))


def surely_holds_card_number(text: str) -> bool:
    """Tell whether a number passes that is as long, and begins, as those of the great networks.

    For codes, SKUs, barcodes and keys: article numbers pass, and so do times in microseconds, which
    begin with 1.
    """
    found = _numbers(text)
    return any(len(one) >= SHORTEST_BESIDE_GTIN and one[0] in _FIRST_DIGITS for one in found)


def _numbers(text: str) -> Iterator[str]:
    """Give what passes for a card number, without spaces and dashes."""
    if _ENOUGH_DIGITS.search(text) is None:
        return
    for groups in _chains(_RANDOM.sub("#", text)):
        for last in range(len(groups)):
            yield from _ending_with(groups, last)


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


def _ending_with(groups: list[str], last: int) -> Iterator[str]:
    """Give the card numbers that whole groups up to ``last`` make: Luhn goes right to left."""
    length = total = 0
    for first in range(last, max(-1, last - _LONGEST - 1), -1):
        group = groups[first]
        if length + len(group) > _LONGEST:
            return
        for digit in reversed(group):
            value = int(digit) * (1 + length % 2)
            total += value - 9 if value > 9 else value
            length += 1
        if length >= SHORTEST and total % 10 == 0 and int(group[0]) > 0:
            yield "".join(groups[first : last + 1])
