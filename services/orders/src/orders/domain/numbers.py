"""Order numbers that people can read to each other: ``UK-7F3K-29QX``.

Eight characters of Crockford's alphabet (no I, L, O, U) follow the site's prefix: seven are a count
of the site's own, spread so that neighbours look nothing alike, and the last is a check character
which betrays every single wrong character and most swapped neighbours.
"""

import re

from contracts.values import SiteId

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE = len(ALPHABET)
_DIGITS = 7
_NUMBERS = _BASE**_DIGITS
_STRIDE = 21_235_253_467
"""Odd, so that multiplying by it meets every number once before it meets one twice."""
_PREFIX = 4
_HEARD_AS = str.maketrans("ILOU", "110V")
_SPOKEN = re.compile(r"([A-Z0-9]{1,8})[ -]?([A-Z0-9]{4})[ -]?([A-Z0-9]{4})")


def order_number(site_code: str, site_id: SiteId, count: int) -> str:
    """Give the number of a site's order ``count``; different for each of 32^7 counts."""
    place = (count * _STRIDE + site_id.int) % _NUMBERS
    digits = ""
    for _ in range(_DIGITS):
        place, digit = divmod(place, _BASE)
        digits = ALPHABET[digit] + digits
    text = digits + _check(digits)
    return f"{prefix(site_code)}-{text[:4]}-{text[4:]}"


def prefix(site_code: str) -> str:
    """Give the site's letters: the initials of a code of several parts, else its beginning."""
    parts = [part for part in site_code.upper().split("-") if part]
    if len(parts) > 1:
        return "".join(part[0] for part in parts)[:_PREFIX]
    return parts[0][:_PREFIX]


def understood(spoken: str) -> str | None:
    """Give the order number that somebody has typed or said; none when it cannot be one.

    Case, spaces and dashes do not count, and letters that look like digits are taken for them.
    """
    found = _SPOKEN.fullmatch(spoken.strip().upper())
    if found is None:
        return None
    front, text = found[1], (found[2] + found[3]).translate(_HEARD_AS)
    if _check(text[:_DIGITS]) != text[_DIGITS]:
        return None
    return f"{front}-{text[:4]}-{text[4:]}"


def _check(digits: str) -> str:
    """Give the check character (Luhn's rule, modulo 32)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = ALPHABET.index(digit) * (1 + (place + 1) % 2)
        total += value // _BASE + value % _BASE
    return ALPHABET[-total % _BASE]
