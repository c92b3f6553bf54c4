"""What the fields of this service's requests may hold.

Every text that people type is checked for card numbers (PA-2). Codes and SKUs, which must be ones
of the catalog's, are only refused where they are longer than any barcode.
"""

import re
from typing import Annotated

from chassis.http import NO_CARD, Body, Units
from contracts.card_numbers import holds_card_number
from contracts.values import MAX_MINOR, Money, Sku
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from orders.domain.parts import Address

_PHONE = re.compile(r"\+[\d\s().\-/]{6,30}")
_PHONE_DIGITS = 15
"""Digits of the longest number in international form; short of most cards."""


def _no_card(text: str) -> str:
    if holds_card_number(text):
        raise PydanticCustomError("card_number_refused", "the text looks like a card number")
    return text


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError(
            "invalid_text", "the text must be one line of printable characters"
        )
    return text


def _sku(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        message = "a SKU has 1 to 64 printable characters and no space at its ends"
        raise PydanticCustomError("invalid_sku", message)
    return text


def _phone(text: str) -> str:
    digits = sum(character.isdigit() for character in text)
    if _PHONE.fullmatch(text) and digits <= _PHONE_DIGITS:
        return text
    return _no_card(text)


def _minor(minor: int) -> int:
    if not -MAX_MINOR <= minor <= MAX_MINOR:
        raise PydanticCustomError("amount_out_of_range", "the amount does not fit 64 bits")
    return minor


SiteCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$"), NO_CARD]
LocationCode = SiteCode
SkuText = Annotated[
    Sku, StringConstraints(min_length=1, max_length=64), AfterValidator(_sku), NO_CARD
]
LineUnits = Annotated[Units, Field(strict=True)]
# The lengths come first: they count what is left when spaces at the ends are stripped.
Text40 = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40),
    AfterValidator(_one_line),
    AfterValidator(_no_card),
]
Text200 = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_one_line),
    AfterValidator(_no_card),
]
Token = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255),
    AfterValidator(_one_line),
    AfterValidator(_no_card),
]
Note = Annotated[str, StringConstraints(min_length=1, max_length=4000), AfterValidator(_no_card)]
Phone = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40),
    AfterValidator(_one_line),
    AfterValidator(_phone),
]
GiftMessage = Annotated[
    str, StringConstraints(min_length=1, max_length=1000), AfterValidator(_no_card)
]
CouponCode = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40),
    AfterValidator(_one_line),
    AfterValidator(_no_card),
]
ListCode = SiteCode
ShippingCode = SiteCode
BasisPoints = Annotated[int, Field(strict=True, ge=-10_000, le=1_000_000)]
"""Hundredths of a percent: -10,000 is 100 % off."""
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
MethodCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Terms = Annotated[dict[Text40, Text200], Field(max_length=10)]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""Number of a line or payment within its order, in a path."""


class Amount(Body):
    """An amount in minor units of an ISO 4217 currency."""

    minor: Annotated[int, Field(strict=True), AfterValidator(_minor)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]

    @property
    def money(self) -> Money:
        """Give the amount as the domain knows it."""
        return Money(self.minor, self.currency)


class AddressBody(Body):
    """A postal address for this order."""

    name: Text200
    company: Text200 | None = None
    lines: Annotated[tuple[Text200, ...], Field(min_length=1, max_length=4)]
    city: Text200
    region: Text200 | None = None
    postal_code: Text40 | None = None
    country: Country
    phone: Phone | None = None

    @property
    def address(self) -> Address:
        """Give the address as the domain knows it."""
        return Address(**self.model_dump())
