"""What is wrong with what was entered: gathered field by field, told in one answer."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from contracts.card_numbers import holds_card_number


class Violation(NamedTuple):
    """One rule broken by one field.

    Attributes:
        pointer: The field, as a JSON pointer into the request: ``/phones/0/number``.
        code: Upper-case name of what is wrong, for programs.
        detail: The same as a sentence.
    """

    pointer: str
    code: str
    detail: str


def tidy(text: str | None) -> str:
    """Give the text in composed form with single spaces; blank, or nothing to be seen, is ""."""
    tidied = " ".join((text or "").split())
    if all(char == " " or unicodedata.category(char) == "Cf" for char in tidied):
        return ""
    return unicodedata.normalize("NFC", tidied)


def pointer_in(pointer: str, name: str) -> str:
    """Give the pointer to what stands at ``pointer`` under a name of any kind (RFC 6901)."""
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"


def printable(text: str) -> bool:
    """Tell whether the text is free of control characters and of broken Unicode."""
    return not any(unicodedata.category(char) in {"Cc", "Cs"} for char in text)


@dataclass(slots=True)
class Findings:
    """Gathers violations; the first one of a field stands."""

    found: dict[str, Violation] = field(default_factory=dict[str, Violation])

    def add(self, pointer: str, code: str, detail: str) -> None:
        self.found.setdefault(pointer, Violation(pointer, code, detail))

    def missing(self, pointer: str, detail: str = "this must be given") -> None:
        self.add(pointer, "FIELD_REQUIRED", detail)

    def text(self, pointer: str, entered: str | None, *, limit: int, required: bool = False) -> str:
        """Give the text tidied; "" when it is blank.

        Notes it missing, too long or unprintable, or that it looks like a card number (PA-2).
        """
        text = tidy(entered)
        if not text and required:
            self.missing(pointer)
        elif len(text) > limit:
            self.add(pointer, "TOO_LONG", f"this has more than {limit} characters")
        elif not printable(text):
            self.add(pointer, "UNPRINTABLE", "this has control characters")
        elif holds_card_number(text):
            self.add(pointer, "CARD_NUMBER_REFUSED", "this looks like a card number")
        return text

    def forgive(self, *codes: str) -> None:
        """Forget what was found under these codes: it may be so here."""
        self.found = {at: each for at, each in self.found.items() if each.code not in codes}

    def take(self, others: "Findings", *, below: Collection[str]) -> None:
        """Note what others found at these fields of the request, or within them."""
        for each in others.violations:
            if each.pointer.split("/")[1] in below:
                self.add(*each)

    @property
    def violations(self) -> tuple[Violation, ...]:
        return tuple(self.found.values())
