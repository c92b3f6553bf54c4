"""What customers send from their order's page, read and checked field by field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from contracts.card_numbers import holds_card_number
from contracts.values import MAX_UNITS, Money

from orders.api.checkout_addresses import address_wish, field_at
from orders.api.checkout_cards import FIELD, CardSeal, PageCard, named_cards, wrong_card
from orders.domain.content import Content
from orders.domain.errors import Fault, NotAcceptable
from orders.domain.payments import CARD, GIFT_CARD, PURCHASE_ORDER, STORE_CREDIT, PaymentTerms
from orders.domain.splitting import Purse, Split, split
from orders.handlers.visits import CustomerWish
from orders.handlers.ways_to_pay import WayToPay

_STRIPE = "stripe"
_NO_CARD = "Please choose a card."
_NO_FIELD = "Your card was not read. Please fill its field in, or choose another way to pay."
_FIELDS = 2500
"""More than the largest order's page has."""
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_STRIPES_TOKEN = re.compile(r"(pm|ctoken)_[A-Za-z0-9_]{1,200}", re.ASCII)
_OFFERED = {
    CARD: "Card",
    "bank-transfer": "Bank transfer",
    "check": "Cheque",
    "cash-on-delivery": "Cash on delivery",
    PURCHASE_ORDER: "Purchase order",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A way to pay as the page offers it.

    Attributes:
        tokens: A test gateway's, to choose from.
        key: For the gateway's own field, which gives the token.
    """

    code: str
    name: str
    tokens: Mapping[str, str]
    key: str | None = None

    def takes(self, token: str) -> bool:
        """Tell whether a token may be one of the gateway's; whether it is the gateway knows."""
        if self.key is not None:
            return _STRIPES_TOKEN.fullmatch(token) is not None
        return token in self.tokens


@dataclass(frozen=True, slots=True)
class Offered:
    """What a customer may pay with on the page.

    Attributes:
        choices: Ways for all that is due, or for what the others leave.
        purse: What they have with the shop.
    """

    choices: Sequence[Choice]
    gift_cards: bool = False
    credit: bool = False
    purse: Purse = field(default_factory=Purse)

    @classmethod
    def of(cls, ways: Sequence[WayToPay], purse: Purse, stripe_key: str | None) -> "Offered":
        """Give what of a site's ways the page can offer."""
        codes = {way.code for way in ways}
        credit = STORE_CREDIT in codes and purse.credit > 0
        return cls(choices(ways, stripe_key), GIFT_CARD in codes, credit, purse)

    @property
    def needs_script(self) -> bool:
        """Tell whether a gateway's field is among the ways to pay."""
        return any(one.key is not None for one in self.choices)


def choices(ways: Sequence[WayToPay], stripe_key: str | None) -> list[Choice]:
    """Give the ways for which the page has what they ask.

    For a card that is the gateway's own field, where the site has a key for it, or a test gateway's
    tokens in a list.
    """
    found: list[Choice] = []
    for way in ways:
        key = stripe_key if way.gateway == _STRIPE else None
        if way.code in _OFFERED and (way.gateway is None or way.tokens or key):
            found.append(Choice(way.code, _OFFERED[way.code], way.tokens, key))
    return found


@dataclass
class Form:
    """A form as it was sent.

    Attributes:
        faults: What is wrong, by the name of the field; ``form`` is the form as a whole.
        cards: Gift cards that were named, once they are read.
    """

    values: Mapping[str, str]
    faults: dict[str, str] = field(default_factory=dict[str, str])
    cards: list[PageCard] = field(default_factory=list[PageCard])

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
    def changes(self) -> bool:
        """Tell whether the order is only to be changed; else what each payment pays is shown."""
        return self.values.get("do") not in {"pay", "split"}

    @property
    def version(self) -> int:
        """Give the version of the order that the customer has seen; 0 when it is not told."""
        text = self.values.get("version", "")
        return int(text) if _NUMBER.fullmatch(text) else 0

    def wish(self, content: Content) -> CustomerWish:
        """Read units, addresses and shipping; what is wrong is noted."""
        units: dict[int, int] = {}
        for line in content.lines:
            text = self.values.get(name := f"units-{line.line_id}")
            if text is None:
                continue
            if not _NUMBER.fullmatch(text.strip()) or int(text) > MAX_UNITS:
                self.faults[name] = "Please give a whole number; 0 takes the line away."
                continue
            units[line.line_id] = int(text)
        wanted = address_wish(self.values, content, self.faults)
        shipping = self.values.get("shipping") or None
        return CustomerWish(units, shipping, wanted.change, wanted.kept)

    def read_cards(self, seal: CardSeal) -> None:
        """Read the gift cards; what is wrong is noted."""
        self.cards = named_cards(self.values, self.faults, seal)

    def split(self, offered: Offered, due: Money) -> Split:
        """Read what gift cards and store credit pay of what is due; what is wrong is noted."""
        cards = self.cards if offered.gift_cards else []
        if FIELD not in self.faults and (wrong := wrong_card(cards, offered.purse.gift_cards)):
            self.faults[FIELD] = wrong
        credit = offered.credit and "credit" in self.values
        return split(due, offered.purse, [card.digest for card in cards], credit=credit)

    def has_seen(self, shown: Split) -> bool:
        """Tell whether the customer has seen what each payment pays; one alone pays all."""
        return not shown.parts or self.values.get("shown") == shown.mark

    def payments(self, offered: Offered, shown: Split) -> list[PaymentTerms] | None:
        """Read how the order is paid; none: something is wrong, and noted."""
        rest = self._rest(offered.choices) if shown.rest > 0 else []
        return None if self.faults else [*shown.parts, *rest]

    def _rest(self, offered: Sequence[Choice]) -> list[PaymentTerms]:
        method = self.values.get("method", "")
        choice = next((one for one in offered if one.code == method), None)
        if choice is None:
            self.faults["method"] = "Please choose how you want to pay."
            return []
        token = self.values.get("token", "") if choice.tokens or choice.key else None
        if token is not None and not choice.takes(token):
            self.faults["token"] = _NO_FIELD if choice.key else _NO_CARD
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
    pointer = fault.pointer.split("/")[1:]
    if (name := field_at(pointer)) is not None:
        return name
    match pointer:
        case ["lines", line_id, "units"]:
            return f"units-{line_id}"
        case ["shipping", *_]:
            return "shipping"
        case ["payments", *_]:
            return "method"
        case _:
            return "form"
