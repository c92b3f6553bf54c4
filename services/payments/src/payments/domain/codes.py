"""Codes of gift cards: letters only, so that none can look like a card number or a word."""

import hashlib
import secrets

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_GROUPS, _LENGTH = 4, 4


def new_code() -> str:
    """Give a code that nobody can guess (69 bits), as ``BCDF-GHJK-LMNP-QRST``."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(_GROUPS))
    return "-".join(groups)


def code_digest(code: str) -> str:
    """Give the digest by which a code is found; case, spaces and dashes do not matter.

    A code has too many bits for its digest to be tried out, so no salt is needed.
    """
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()
