"""The ways to pay, and what each asks for."""

import re
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
    STORE_CREDIT = "store-credit"
    GIFT_CARD = "gift-card"

    @property
    def offline(self) -> bool:
        """Tell whether the money comes outside of this system, later."""
        return self not in {Method.CARD, Method.STORE_CREDIT, Method.GIFT_CARD}


class GatewayName(StrEnum):
    """A gateway that payments may go through."""

    TEST = "test"
    STRIPE = "stripe"
    CREDIT = "credit"


OFFLINE = frozenset(method.value for method in Method if method.offline)
"""Codes of the methods whose money comes outside of this system."""
TEST_CARDS: Mapping[str, str] = {
    "tok_ok": "a card that is taken",
    "tok_decline": "a card that is declined",
    "tok_slow": "a card that takes its time",
    "tok_action": "a card whose bank asks first whether it is you",
}
"""Tokens of the test gateway to choose from, where people try the system out."""
_TERMS = re.compile(r"NET[0-9]{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class No:
    """Why a payment is not taken.

    Attributes:
        code: Upper-case name that programs can rely on.
        detail: The reason as a sentence; never quotes what was typed.
        limit: What the customer may have open, where that is the reason; and what is
            (``open_sum``).
    """

    code: str
    detail: str
    limit: Money | None = None
    open_sum: Money | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a site says to one method.

    Attributes:
        currency: ISO 4217 code; the site takes no other.
        enabled: Whether the site offers the method.
        card_gateway: Which gateway the site's cards go through.
    """

    currency: str
    enabled: bool
    card_gateway: GatewayName = GatewayName.TEST

    def gateway(self, method: str) -> GatewayName | None:
        """Give the gateway of a method; none for money from outside."""
        if method == Method.CARD:
            return self.card_gateway
        return None if method in OFFLINE else GatewayName.CREDIT


def gateway_refused(reason: str) -> No:
    """Say that a gateway refuses an operation for good, and why, in its own words."""
    return No("GATEWAY_REFUSED", f"refused by the gateway: {reason}")


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


@dataclass(frozen=True, slots=True)
class Wish:
    """How someone wants to pay.

    Attributes:
        token: The gateway's token, or the digest of a gift card's code.
        by_customer: Whether it is known whose payment it is.
    """

    method: str
    amount: Money
    token: str | None = None
    terms: Mapping[str, str] | None = None
    by_customer: bool = False


def objection(wish: Wish, offer: Offer) -> No | None:
    """Give why the site does not take such a payment; none when it does."""
    if wish.method not in set(Method) or not offer.enabled:
        return No("UNKNOWN_PAYMENT_METHOD", "the site does not offer this payment method")
    if wish.amount.currency != offer.currency:
        detail = f"the site takes {offer.currency}, not {wish.amount.currency}"
        return No("CURRENCY_MISMATCH", detail)
    if wish.amount.minor <= 0:
        return No("AMOUNT_OUT_OF_RANGE", "a payment is more than nothing")
    return _lacking(wish)


def _lacking(wish: Wish) -> No | None:
    """Give what the method asks for beyond an amount and was not given."""
    match wish.method:
        case Method.CARD if not wish.token:
            return No("PAYMENT_TOKEN_MISSING", "a card payment needs the gateway's token")
        case Method.GIFT_CARD if not wish.token:
            return No("PAYMENT_TOKEN_MISSING", "a gift card is paid with by its code, as the token")
        case Method.STORE_CREDIT if not wish.by_customer:
            return No("CUSTOMER_MISSING", "store credit needs to know whose it is")
        case Method.PURCHASE_ORDER:
            return _purchase_order(wish)
        case _:
            return None


def _purchase_order(wish: Wish) -> No | None:
    terms = wish.terms or {}
    if not terms.get("number", "").strip():
        return No("PAYMENT_TERMS_MISSING", "a purchase order needs terms.number")
    if "terms" in terms and not _TERMS.fullmatch(terms["terms"]):
        return No("PAYMENT_TERMS_INVALID", "terms.terms is NET and a number of days, as NET30")
    return None


def days_to_pay(terms: Mapping[str, str] | None) -> int | None:
    """Give within how many days a purchase order is paid; none when that was not said."""
    said = (terms or {}).get("terms", "")
    return int(said[3:]) if _TERMS.fullmatch(said) else None
