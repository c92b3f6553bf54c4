"""Made-up words: enough of them that a search has something to tell apart."""

from collections.abc import Sequence
from itertools import product

_ONSETS = ("b", "br", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t", "v")
_VOWELS = ("a", "e", "i", "o", "u", "ea")
_ENDS = ("n", "l", "r", "s", "m", "t", "nd", "rk")

WORDS = tuple(
    f"{onset}{vowel}{second}{end}"
    for onset, vowel, second, end in product(
        _ONSETS, _VOWELS, ("ba", "de", "ko", "li", "mu", "ra"), _ENDS
    )
)
"""4,896 words of four to eight letters; all of the alphabet's common beginnings."""


FEW_WORDS = WORDS[::51]
"""What a small shop uses: then a search of one word finds as full a page as in a large one."""


def word(number: int, words: Sequence[str] = WORDS) -> str:
    """Give the word of a number; neighbours in number are no neighbours in the alphabet."""
    return words[number * 2654435761 % 2**32 % len(words)]
