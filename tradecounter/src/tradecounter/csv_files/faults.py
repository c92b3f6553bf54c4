"""What can be wrong with a file, and with one row of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.card_numbers import holds_card_number

SHOWN = 100
"""Characters of a value that an error report repeats."""
CARD = "(looks like a card number)"
"""Stands in a report for a value that it does not repeat."""


class BadFile(Exception):
    """The file cannot be read as what it is said to be; nothing of it was sent."""


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row was not taken; the other rows are.

    Attributes:
        line: The row's first line in the file, the header being line 1.
        column: As the header names it; empty when the row as a whole is meant.
        code: Why, as an upper-case name that programs can rely on.
        reason: Why, as a sentence for people.
        value: What the cell holds, shortened.
        cells: The row's cells by column, as far as they could be told apart.
    """

    line: int
    column: str
    code: str
    reason: str
    value: str = ""
    cells: Mapping[str, str] | None = field(default=None, compare=False, repr=False)


def shortened(value: str) -> str:
    """Give at most the first ``SHOWN`` characters of a value, on one line.

    A report is a file that stays: what looks like a card number is not repeated in it (PA-2).
    """
    if holds_card_number(value):
        return CARD
    start = value[: SHOWN + 1]
    text = "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in start)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
