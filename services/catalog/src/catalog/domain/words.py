"""How text is folded to be found: case and accents do not count (SE-4)."""

import unicodedata

MAX_WORD = 255
"""Characters of a word that count; folding may make a sign many letters long."""


def folded(text: str) -> str:
    """Give a text without case and accents, as words are kept and looked up."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def search_words(text: str) -> list[str]:
    """Give the folded words of a text: runs of letters and digits, in order."""
    words = "".join(c if c.isalnum() else " " for c in folded(text)).split()
    return [word[:MAX_WORD] for word in words]


def search_terms(text: str) -> list[str]:
    """Give what to look for: the words of a text or, when it has none, its signs as they are.

    Nothing is found by a text with unprintable characters; it has no terms.
    """
    if not text.isprintable():
        return []
    return search_words(text) or [term for term in [folded(text.strip())[:MAX_WORD]] if term]
