"""What the fields of this service's requests may hold."""

from typing import Annotated

from chassis.http import NO_CARD
from contracts.card_numbers import SHORTEST, SHORTEST_BESIDE_GTIN, holds_card_number
from contracts.values import MAX_UNITS, Money, Sku
from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from catalog.domain.products import is_sku

MAX_CHANGE = 1_000_000_000
"""Units that one line of a stock adjustment may add or take."""


def _sku(text: str) -> str:
    if not is_sku(text):
        message = "a SKU has 1 to 64 printable characters and no space at its ends"
        raise PydanticCustomError("invalid_sku", message)
    return text


def _printable(text: str) -> str:
    if not text.isprintable() or not text.strip():
        raise PydanticCustomError(
            "invalid_text", "the text must be one line of printable characters"
        )
    return text


def _text(text: str) -> str:
    if not all(c.isprintable() or c in "\n\r\t" for c in text):
        message = "the text must hold printable characters, line ends and tabs only"
        raise PydanticCustomError("invalid_text", message)
    return text


def _about_goods(text: str) -> str:
    return _no_card(text, SHORTEST_BESIDE_GTIN)


def _no_card(text: str, shortest: int = SHORTEST) -> str:
    if holds_card_number(text, shortest):
        raise PydanticCustomError("card_number_refused", "the text looks like a card number")
    return text


def _units(units: int) -> int:
    if not 1 <= units <= MAX_UNITS:
        message = "the quantity must be between 1 and {most}"
        raise PydanticCustomError("quantity_out_of_range", message, {"most": MAX_UNITS})
    return units


def _price(price: Money) -> Money:
    if price.minor < 0:
        raise PydanticCustomError("amount_out_of_range", "a price cannot be negative")
    return price


def _change(units: int) -> int:
    if units == 0 or abs(units) > MAX_CHANGE:
        message = "the change must be between {least} and {most} units, and not 0"
        limits = {"least": -MAX_CHANGE, "most": MAX_CHANGE}
        raise PydanticCustomError("quantity_out_of_range", message, limits)
    return units


Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$"), NO_CARD]
"""Code of a site or location."""
SkuText = Annotated[Sku, AfterValidator(_sku), NO_CARD]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255),
    AfterValidator(_printable),
    AfterValidator(_about_goods),
]
Reason = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500),
    AfterValidator(_printable),
    AfterValidator(_no_card),
]
Price = Annotated[Money, AfterValidator(_price)]
Flag = Annotated[bool, Field(strict=True)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Units = Annotated[
    int,
    Field(strict=True, json_schema_extra={"minimum": 1, "maximum": MAX_UNITS}),
    AfterValidator(_units),
]
Change = Annotated[int, Field(strict=True), AfterValidator(_change)]
"""Units more or, negative, fewer."""
Counted = Annotated[int, Field(strict=True, ge=0, le=MAX_CHANGE)]
"""Units that lie somewhere, or are kept back there."""
Priority = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
ShortText = Annotated[
    str, StringConstraints(min_length=1, max_length=64), AfterValidator(_printable), NO_CARD
]
LongText = Annotated[
    str,
    StringConstraints(max_length=20_000),
    AfterValidator(_text),
    AfterValidator(_about_goods),
]
Barcode = ShortText
"""Like a SKU it may be 13 or 14 digits that pass a card number's check."""
VoucherText = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{3,40}$"), AfterValidator(_no_card)
]
"""3 to 40 letters, digits, - and _; compared without case."""
Weight = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000, description="Of one, grams.")]
SearchText = Annotated[str, StringConstraints(max_length=200)]
