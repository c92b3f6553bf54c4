"""The values that messages and rules speak of: ids, money, quantities.

Nothing here knows of messages, databases or HTTP, so a domain may import it.
"""

import re
from dataclasses import dataclass
from typing import Annotated, NewType
from uuid import UUID, uuid5

from pydantic import Strict
from uuid_utils.compat import uuid7

CustomerSetId = NewType("CustomerSetId", UUID)
SiteId = NewType("SiteId", UUID)
CustomerId = NewType("CustomerId", UUID)
OrderId = NewType("OrderId", UUID)
SubmissionId = NewType("SubmissionId", UUID)
"""One attempt to submit an order; a refused order that is submitted again gets a new one."""
PaymentId = NewType("PaymentId", UUID)
LocationId = NewType("LocationId", UUID)
StaffId = NewType("StaffId", str)
Sku = NewType("Sku", str)

MAX_MINOR = 2**63 - 1
"""The largest amount, in minor units, that fits every store and message (64 bits, signed)."""
MAX_UNITS = 10_000_000
"""The largest quantity of one order line."""

_CURRENCY = re.compile(r"[A-Z]{3}")


def new_id() -> UUID:
    """Give an id that is unique and, taken later, sorts later (UUID version 7)."""
    return uuid7()


def derived_id(parent: UUID, *parts: object) -> UUID:
    """Give the id that always follows from ``parent`` and ``parts`` (UUID version 5)."""
    return uuid5(parent, "/".join(str(part) for part in parts))


class AmountOutOfRange(ValueError):
    """An amount does not fit 64 bits of minor units."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in the minor unit of its currency: ``Money(1250, "EUR")`` is 12.50 euros.

    Attributes:
        minor: Whole minor units, never a fraction. Negative for a refund or a discount. Read from
            JSON it is a number: no text, and no ``true``.
        currency: ISO 4217 code, upper case.

    Raises:
        ValueError: The currency is not three capital letters.
        AmountOutOfRange: The amount does not fit 64 bits.
    """

    minor: Annotated[int, Strict()]
    currency: str

    def __post_init__(self) -> None:
        if not _CURRENCY.fullmatch(self.currency):
            raise ValueError(f"currency {self.currency!r} is not three capital letters")
        if not -MAX_MINOR <= self.minor <= MAX_MINOR:
            raise AmountOutOfRange(f"{self.minor} minor units do not fit 64 bits")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.minor * times, self.currency)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of one product.

    Attributes:
        sku: The product.
        units: At least 1, at most ``MAX_UNITS``.

    Raises:
        ValueError: The number of units is out of bounds.
    """

    sku: Sku
    units: int

    def __post_init__(self) -> None:
        if not 1 <= self.units <= MAX_UNITS:
            raise ValueError(f"{self.units} units of {self.sku} are not between 1 and {MAX_UNITS}")
