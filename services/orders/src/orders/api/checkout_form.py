"""What customers send from their order's page, read and checked field by field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from contracts.card_numbers import holds_card_number
from contracts.values import MAX_UNITS

from orders.domain.content import Content
from orders.domain.errors import Fault, NotAcceptable
from orders.domain.payments import CARD, PURCHASE_ORDER, PaymentTerms
from orders.handlers.visits import CustomerWish
from orders.handlers.ways_to_pay import WayToPay

_FIELDS = 2500
"""More than the largest order's page has."""
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_OFFERED = {
    CARD: "Card",
    "bank-transfer": "Bank transfer",
    "check": "Cheque",
    "cash-on-delivery": "Cash on delivery",
    PURCHASE_ORDER: "Purchase order",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to pay as the page offers it; ``tokens`` are a test gateway's."""

    code: str
    name: str
    tokens: Mapping[str, str]


def choices(ways: Sequence[WayToPay]) -> list[Choice]:
    """Give the ways to pay that a page without scripts can offer.

    A card needs the gateway's own field, which is a script; only a test gateway's tokens can be
    chosen from a list. A gateway's field is added to the page by whoever runs it.
    """
    return [
        Choice(way.code, _OFFERED[way.code], way.tokens)
        for way in ways
        if way.code in _OFFERED and (way.gateway is None or way.tokens)
    ]


@dataclass
class Form:
    """A form as it was sent.

    Attributes:
        faults: What is wrong, by the name of the field; ``form`` is the form as a whole.
    """

    values: Mapping[str, str]
    faults: dict[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def read(cls, body: bytes) -> "Form":
        """Read a body of ``application/x-www-form-urlencoded``.

        Raises:
            NotAcceptable: It has too many fields.
        """
        try:
            text = body.decode(errors="replace")
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS)
        except ValueError as error:
            raise NotAcceptable.at("", "TOO_MANY_FIELDS", "the form is too long") from error
        return cls(dict(pairs))

    @property
    def pays(self) -> bool:
        """Tell whether the order is to be handed in; else it is only changed."""
        return self.values.get("do") == "pay"

    @property
    def version(self) -> int:
        """Give the version of the order that the customer has seen; 0 when it is not told."""
        text = self.values.get("version", "")
        return int(text) if _NUMBER.fullmatch(text) else 0

    def wish(self, content: Content) -> CustomerWish:
        """Read units and shipping; what is wrong is noted."""
        units: dict[int, int] = {}
        for line in content.lines:
            text = self.values.get(name := f"units-{line.line_id}")
            if text is None:
                continue
            if not _NUMBER.fullmatch(text.strip()) or int(text) > MAX_UNITS:
                self.faults[name] = "Please give a whole number; 0 takes the line away."
                continue
            units[line.line_id] = int(text)
        return CustomerWish(units, self.values.get("shipping") or None)

    def payments(self, offered: Sequence[Choice], *, due: int) -> list[PaymentTerms] | None:
        """Read how the ``due`` minor units are paid; none: something is wrong, and noted."""
        paid = self._payments(offered, due=due)
        return None if self.faults else paid

    def _payments(self, offered: Sequence[Choice], *, due: int) -> list[PaymentTerms]:
        if due <= 0:
            return []
        method = self.values.get("method", "")
        choice = next((one for one in offered if one.code == method), None)
        if choice is None:
            self.faults["method"] = "Please choose how you want to pay."
            return []
        token = self.values.get("token", "") if choice.tokens else None
        if token is not None and token not in choice.tokens:
            self.faults["token"] = "Please choose a card."  # noqa: S105 - a sentence
            return []
        return [PaymentTerms(method, None, token, self._terms(method))]

    def _terms(self, method: str) -> dict[str, str] | None:
        if method != PURCHASE_ORDER:
            return None
        number = self.values.get("number", "").strip()
        if not number or len(number) > 200 or not number.isprintable():
            self.faults["number"] = "Please give the number of your purchase order."
        elif holds_card_number(number):
            self.faults["number"] = "This looks like a card number; please do not send one."
        return {"number": number}

    def note(self, error: NotAcceptable) -> None:
        """Note what the order's rules refuse, at the field it is about."""
        for fault in error.faults:
            self.faults[_field_of(fault)] = f"{fault.detail[:1].upper()}{fault.detail[1:]}."


def _field_of(fault: Fault) -> str:
    match fault.pointer.split("/")[1:]:
        case ["lines", line_id, "units"]:
            return f"units-{line_id}"
        case ["shipping", *_]:
            return "shipping"
        case ["payments", *_]:
            return "method"
        case _:
            return "form"
