"""What the fields of this service's requests may hold."""

from typing import Annotated

from contracts.values import Money, Sku
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


Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
"""Code of a site or location."""
SkuText = Annotated[Sku, AfterValidator(_sku)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_printable)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_printable)]
Price = Annotated[Money, AfterValidator(_price)]
Change = Annotated[int, Field(strict=True), AfterValidator(_change)]
"""Units more or, negative, fewer."""
Priority = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
ShortText = Annotated[
    str, StringConstraints(min_length=1, max_length=64), AfterValidator(_printable)
]
LongText = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_text)]
Barcode = ShortText
Weight = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000, description="Of one, grams.")]
SearchText = Annotated[str, StringConstraints(max_length=200)]
