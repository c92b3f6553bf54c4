"""The addresses on the customer's page: shown as fields, read back and checked field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from chassis.validation import field_errors
from pydantic import ValidationError

from orders.api.fields import AddressBody
from orders.domain.content import Content
from orders.domain.parts import Address
from orders.handlers.edits import AddressChange

USES = {"shipping": "Shipping address", "billing": "Billing address"}
_LINES = 4
_NO_COUNTRY = "Please give the country as two letters, as GB for Great Britain."
_PARTS = {
    "name": ("Name", "name"),
    "company": ("Company", "organization"),
    "line-1": ("Address line 1", "address-line1"),
    "line-2": ("Address line 2", "address-line2"),
    "line-3": ("Address line 3", "address-line3"),
    "line-4": ("Address line 4", "off"),
    "city": ("City", "address-level2"),
    "region": ("Region", "address-level1"),
    "postal_code": ("Postal code", "postal-code"),
    "country": ("Country, as two letters (GB)", "country"),
    "phone": ("Phone", "tel"),
}
"""Of each part of an address what it is called, and what browsers fill it in with."""


@dataclass(frozen=True, slots=True)
class AddressField:
    """A field of the form."""

    name: str
    label: str
    filled_by: str
    value: str


@dataclass(frozen=True, slots=True)
class AddressWish:
    """What the customer wants of the addresses.

    Attributes:
        kept: Those that their address book is to keep too, by pointers into the order (FU-5).
    """

    change: AddressChange = field(default_factory=AddressChange)
    kept: Mapping[str, Address] = field(default_factory=dict[str, Address])


def fields_of(use: str, address: Address | None, sent: Mapping[str, str]) -> list[AddressField]:
    """Give the fields of one address: as it stands on the order, or as it was sent."""
    known = dict(_texts(address)) if address else {}
    return [
        AddressField(name, label, filled_by, sent.get(name, known.get(part, "")))
        for part, (label, filled_by) in _PARTS.items()
        for name in [f"{use}-{part}"]
    ]


def address_wish(sent: Mapping[str, str], content: Content, faults: dict[str, str]) -> AddressWish:
    """Read the addresses; what is wrong is noted at its field."""
    now = {"shipping": content.shipping_address, "billing": content.billing_address}
    new = {use: _read(use, sent, faults) or address for use, address in now.items()}
    change = AddressChange(
        billing=new["billing"],
        shipping=new["shipping"],
        sets_billing=new["billing"] != now["billing"],
        sets_shipping=new["shipping"] != now["shipping"],
    )
    ticked = {f"/{use}": one for use, one in new.items() if one and f"{use}-keep" in sent}
    return AddressWish(change, ticked)


def field_at(pointer: list[str]) -> str | None:
    """Give the field that a fault's pointer is about: ``shipping``, ``postal_code``."""
    match pointer:
        case [use, "lines", *line] if use in USES:
            nth = int(line[0]) + 1 if line and line[0].isdigit() else 1
            return f"{use}-line-{nth}"
        case [use, part, *_] if use in USES and (part in _PARTS or part == "keep"):
            return f"{use}-{part}"
        case _:
            return None


def _texts(address: Address) -> Iterator[tuple[str, str]]:
    for part in _PARTS.keys() - {f"line-{n + 1}" for n in range(_LINES)}:
        yield part, getattr(address, part) or ""
    for n, line in enumerate(address.lines, start=1):
        yield f"line-{n}", line


def _read(use: str, sent: Mapping[str, str], faults: dict[str, str]) -> Address | None:
    """Read an address; none when the form has none, or it is wrong."""
    texts = {part: sent.get(f"{use}-{part}", "").strip() for part in _PARTS}
    if not any(texts.values()):
        return None
    lines = [text for n in range(_LINES) if (text := texts.pop(f"line-{n + 1}"))]
    given = {part: text for part, text in texts.items() if text}
    given["country"] = given.get("country", "").upper()
    body = {**given, "lines": lines}
    try:
        return AddressBody.model_validate(body).address
    except ValidationError as error:
        for wrong in field_errors(error, body):
            name = field_at([use, *(wrong.pointer or "").split("/")[1:]]) or "form"
            said = f"{wrong.detail[:1].upper()}{wrong.detail[1:]}."
            faults[name] = _NO_COUNTRY if name.endswith("-country") else said
        return None
