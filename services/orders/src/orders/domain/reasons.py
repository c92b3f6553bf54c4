"""Why an order was cancelled or revised, as staff say it."""

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """What a reason comes down to, so that reasons can be counted."""

    CHANGED_MIND = "changed-mind"
    ORDERED_BY_MISTAKE = "ordered-by-mistake"
    ORDERED_TWICE = "ordered-twice"
    OUT_OF_STOCK = "out-of-stock"
    TOO_LATE = "too-late"
    WRONG_PRICE = "wrong-price"
    WRONG_ADDRESS = "wrong-address"
    NOT_PAID = "not-paid"
    SUSPECTED_FRAUD = "suspected-fraud"
    ENTRY_ERROR = "entry-error"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason; ``text`` is staff's own words, and stays with staff."""

    code: Why
    text: str | None = None
