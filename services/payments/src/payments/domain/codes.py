"""Codes of gift cards: letters only, so that none can look like a card number or a word."""

import secrets

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_GROUPS, _LENGTH = 4, 4


def new_code() -> str:
    """Give a code that nobody can guess (69 bits), as ``BCDF-GHJK-LMNP-QRST``."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(_GROUPS))
    return "-".join(groups)
