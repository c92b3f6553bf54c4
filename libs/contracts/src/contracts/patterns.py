"""Which events somebody wants: patterns over their types, as RabbitMQ's topic exchanges have them.

A pattern is words joined by dots, as a type is: ``orders.order-submitted.v1``. ``*`` stands for any
one word, ``#`` for any number of words: ``orders.#`` is everything about orders, ``#`` everything.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

MOST_PATTERNS = 50
"""Patterns that one endpoint may have."""
_LONGEST = 200
_WORDS = re.compile(r"([a-z0-9-]+|\*|#)(\.([a-z0-9-]+|\*|#)){0,7}")


class PatternMalformed(ValueError):
    """A text is not a pattern over event types."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern.

    Raises:
        PatternMalformed: The text is not words, ``*`` and ``#`` joined by dots, at most eight.
    """

    text: str

    def __post_init__(self) -> None:
        if len(self.text) > _LONGEST or not _WORDS.fullmatch(self.text):
            raise PatternMalformed(f"{self.text[:80]!r} is not like 'orders.order-submitted.v1'")

    def matches(self, kind: str) -> bool:
        """Tell whether events of this type are wanted."""
        return _matches(tuple(self.text.split(".")), tuple(kind.split(".")))


def wanted(patterns: Iterable[Pattern], kind: str) -> bool:
    """Tell whether any pattern lets a type through."""
    return any(pattern.matches(kind) for pattern in patterns)


@lru_cache(maxsize=4096)
def _matches(pattern: Sequence[str], words: Sequence[str]) -> bool:
    if not pattern:
        return not words
    first, rest = pattern[0], pattern[1:]
    if first == "#":
        return any(_matches(rest, words[taken:]) for taken in range(len(words) + 1))
    return bool(words) and first in {"*", words[0]} and _matches(rest, words[1:])
