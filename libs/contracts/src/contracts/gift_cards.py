"""A gift card's code pays for whoever knows it: services keep, and tell each other, its digest.

The code is digested where it is read, and found again by the digest; see docs/decisions/0018.
"""

import hashlib
from typing import NewType

CodeDigest = NewType("CodeDigest", str)
"""Of a gift card's code: SHA-256 of its letters and digits, in hexadecimal."""


def code_digest(code: str) -> CodeDigest:
    """Give the digest by which a code is found; case, spaces and dashes do not matter.

    A code has too many bits for its digest to be tried out, so no salt is needed.
    """
    return CodeDigest(hashlib.sha256(_read(code).encode()).hexdigest())


def code_ending(code: str) -> str:
    """Give the last four letters of a code, by which those who have the card know it again."""
    return _read(code)[-4:]


def _read(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())
