"""The ways to pay, and what each asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from contracts.card_numbers import holds_card_number
from contracts.values import Money


class Method(StrEnum):
    """A way to pay; its value is its code in messages and in the API."""

    CARD = "card"
    BANK_TRANSFER = "bank-transfer"
    CHECK = "check"
    PURCHASE_ORDER = "purchase-order"
    CASH_ON_DELIVERY = "cash-on-delivery"

    @property
    def offline(self) -> bool:
        """Tell whether the money comes outside of this system, later."""
        return self is not Method.CARD


@dataclass(frozen=True, slots=True)
class No:
    """Why a payment is not taken.

    Attributes:
        code: Upper-case name that programs can rely on.
        detail: The reason as a sentence; never quotes what was typed.
    """

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What a site says to one method.

    Attributes:
        currency: ISO 4217 code; the site takes no other.
        enabled: Whether the site offers the method.
    """

    currency: str
    enabled: bool


def card_number_in(*texts: str | None, terms: Mapping[str, str] | None) -> No | None:
    """Refuse a card number, wherever it stands (PA-2)."""
    said = [text for text in texts if text is not None]
    for name, value in (terms or {}).items():
        said += [name, value]
    if any(holds_card_number(text) for text in said):
        return No(
            "CARD_NUMBER_REFUSED",
            "a card number was sent; only a token of the gateway's own field is taken",
        )
    return None


def objection(
    method: str, amount: Money, token: str | None, terms: Mapping[str, str] | None, offer: Offer
) -> No | None:
    """Give why the site does not take such a payment; none when it does."""
    if method not in set(Method) or not offer.enabled:
        return No("UNKNOWN_PAYMENT_METHOD", "the site does not offer this payment method")
    if amount.currency != offer.currency:
        return No("CURRENCY_MISMATCH", f"the site takes {offer.currency}, not {amount.currency}")
    if amount.minor <= 0:
        return No("AMOUNT_OUT_OF_RANGE", "a payment is more than nothing")
    if method == Method.CARD and not token:
        return No("PAYMENT_TOKEN_MISSING", "a card payment needs the gateway's token")
    if method == Method.PURCHASE_ORDER and not (terms or {}).get("number", "").strip():
        return No("PAYMENT_TERMS_MISSING", "a purchase order needs terms.number")
    return None
