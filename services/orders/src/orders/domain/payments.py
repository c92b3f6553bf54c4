"""How an order is to be paid: what is intended, before any money moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.gift_cards import CodeDigest, code_digest
from contracts.values import Money, PaymentId

from orders.domain.errors import Fault

CARD = "card"
GIFT_CARD = "gift-card"
STORE_CREDIT = "store-credit"
PURCHASE_ORDER = "purchase-order"
_WANTED = {CARD: "the token of the gateway's own field", GIFT_CARD: "the gift card's code"}
"""What a request has to name as the payment's token, by method."""


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """What staff ask for.

    Attributes:
        method: Code of a payment method; which ones a site offers the payments service knows.
        amount: More than nothing; none: what the other payments leave to pay.
        token: The gateway's token, for a card.
        terms: Purchase order number and the like.
        code_digest: Of a gift card's code, which is known to nobody here (docs/decisions/0018).
    """

    method: str
    amount: Money | None = None
    token: str | None = None
    terms: Mapping[str, str] | None = None
    code_digest: CodeDigest | None = None

    def faults(self, at: str) -> list[Fault]:
        """List what is wrong with the payment by itself; ``at`` points to it."""
        wrong: list[Fault] = []
        if self.amount is not None and self.amount.minor <= 0:
            detail = "a payment must be more than nothing"
            wrong.append(Fault(f"{at}/amount", "AMOUNT_OUT_OF_RANGE", detail))
        wanted = _WANTED.get(self.method)
        given = self.code_digest if self.method == GIFT_CARD else self.token
        if wanted and not given:
            detail = f"a payment by {self.method} needs {wanted} as its token"
            wrong.append(Fault(f"{at}/token", "PAYMENT_TOKEN_MISSING", detail))
        if self.token and self.method != CARD:
            detail = f"a payment by {self.method} has no token"
            wrong.append(Fault(f"{at}/token", "PAYMENT_TOKEN_NOT_WANTED", detail))
        if self.method == PURCHASE_ORDER and not (self.terms or {}).get("number", "").strip():
            detail = "a purchase order needs its number, as terms.number"
            wrong.append(Fault(f"{at}/terms", "PAYMENT_TERMS_MISSING", detail))
        return wrong


def digested(terms: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read a document that has a payment's method and token, as earlier releases wrote them.

    They kept a gift card's code, as its token; what is given has its digest instead.
    """
    if terms.get("method") != GIFT_CARD or not (code := terms.get("token")):
        return terms
    kept = {name: value for name, value in terms.items() if name != "token"}
    return {**kept, "code_digest": code_digest(code)}


@dataclass(frozen=True, slots=True)
class Payment:
    """An intended payment of an order.

    Attributes:
        payment_no: Counts the payments that the order ever had; never given twice.
        payment_id: Under which it was authorised, once a revision has settled what each payment
            pays; none: it follows from the submission.
    """

    payment_no: int
    terms: PaymentTerms
    payment_id: PaymentId | None = None


def shares(payments: Sequence[Payment], total: Money) -> list[Money]:
    """Give what each payment amounts to: as asked, or what the others leave to pay.

    Raises:
        AmountOutOfRange: The amounts do not fit 64 bits together.
    """
    nothing = Money(0, total.currency)
    asked = sum((one.terms.amount or nothing for one in payments), start=nothing)
    rest = Money(max(total.minor - asked.minor, 0), total.currency)
    return [rest if one.terms.amount is None else one.terms.amount for one in payments]
