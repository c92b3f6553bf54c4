"""Finds what looks like a card number, so that no service ever keeps or logs one (PA-2).

A number of 16 to 19 digits that passes the Luhn check is taken for one, whoever may have issued it:
there are national networks in every range, and new ones. Shorter ones only where a network has
cards that begin so and are as long: one mobile number in ten passes the check, and with its country
it may have 13 digits or more. A telephone number with + or 00 before its country is no card, unless
no country's numbers begin so and are as long. No card's number begins with 0.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LONGEST = 19
SHORTEST = 13
SHORTEST_BESIDE_GTIN = 15
"""Where article numbers (GTIN) of 13 or 14 digits stand, one in ten of which passes the check."""
_FIRST_DIGITS = frozenset("23456")
"""With which the numbers of the great networks begin."""
_ANY_ISSUER = 16
"""From so many digits on, whatever a number begins with."""
_VISA_AND_MAESTRO = ("4", "50", "56", "57", "58", "6304", "639", "67")
"""13 to 19 digits: those of Visa and Maestro. Mobile numbers of some countries begin so too."""
_DINERS = ("300", "301", "302", "303", "304", "305", "309", "36", "38", "39")
_AMEX_AND_OTHERS = ("34", "37", "1", "2131", "2014", "2149")
"""American Express, the airlines' UATP, and the old cards of JCB and Diners enRoute."""
_NO_PHONES = {14: _DINERS, 15: _AMEX_AND_OTHERS}
"""Beginnings by length, of which no country has telephone numbers of that length."""
_LONGEST_PHONE = 15
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
    """Tell whether 13 to 19 digits in a row may be a card's, spaces and dashes aside; see above.

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


@dataclass(frozen=True, slots=True)
class _Chain:
    """Groups of digits that stand together, with only separators between them.

    Attributes:
        dialled: A + stands before the first: they are a telephone number.
    """

    groups: list[str]
    dialled: bool

    def is_dialled(self, first: int, last: int) -> bool:
        """Tell whether these groups end a telephone number that has its country before it."""
        length = sum(map(len, self.groups[first : last + 1]))
        while length <= _LONGEST_PHONE:
            if first == 0:
                return self.dialled
            first -= 1
            if self.groups[first] == "00":
                return True
            length += len(self.groups[first])
        return False


def _numbers(text: str) -> Iterator[str]:
    """Give what passes for a card number, without spaces and dashes."""
    if _ENOUGH_DIGITS.search(text) is None:
        return
    for chain in _chains(_RANDOM.sub("#", text)):
        for last in range(len(chain.groups)):
            yield from _ending_with(chain, last)


def _chains(text: str) -> Iterator[_Chain]:
    """Give the chains of a text, in its order."""
    chain: _Chain | None = None
    end = 0
    for match in _DIGITS.finditer(text):
        if chain is not None and not _BETWEEN.fullmatch(text, end, match.start()):
            yield chain
            chain = None
        if chain is None:
            chain = _Chain([], text[: match.start()].endswith("+"))
        chain.groups.append(match.group())
        end = match.end()
    if chain is not None:
        yield chain


def _ending_with(chain: _Chain, last: int) -> Iterator[str]:
    """Give the card numbers that whole groups up to ``last`` make: Luhn goes right to left."""
    length = total = 0
    groups = chain.groups
    for first in range(last, max(-1, last - _LONGEST - 1), -1):
        group = groups[first]
        if length + len(group) > _LONGEST:
            return
        for digit in reversed(group):
            value = int(digit) * (1 + length % 2)
            total += value - 9 if value > 9 else value
            length += 1
        if length >= SHORTEST and total % 10 == 0 and int(group[0]) > 0:
            number = str(int("".join(groups[first : last + 1])))
            if _may_be_a_card(number, dialled=chain.is_dialled(first, last)):
                yield number


def _may_be_a_card(number: str, *, dialled: bool) -> bool:
    """Tell whether some network has cards that begin so and are as long; see above."""
    length = len(number)
    if number.startswith(_NO_PHONES.get(length, ())):
        return True
    if dialled and length <= _LONGEST_PHONE:
        return False
    return length >= _ANY_ISSUER or number.startswith(_VISA_AND_MAESTRO)
