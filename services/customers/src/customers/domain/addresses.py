"""Where a customer is billed and where goods go (CU-2, CU-4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NewType
from uuid import UUID

from contracts.values import new_id

from customers.domain.errors import AddressIsDefault, UnknownAddress
from customers.domain.findings import Findings, tidy
from customers.domain.formats import AddressFormat, Formats
from customers.domain.phones import check_number

MAX_ADDRESSES = 50
MAX_LINES = 4

AddressId = NewType("AddressId", UUID)


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address of a customer.

    Attributes:
        lines: Street address, one to four lines.
        city: "" where the country's addresses have none.
        region: The key of the state, province or county where the country lists them.
        country: ISO 3166-1 alpha-2 code.
        phone: E.164, whom the carrier calls.
    """

    address_id: AddressId
    name: str
    company: str | None
    lines: tuple[str, ...]
    city: str
    region: str | None
    postal_code: str | None
    country: str
    phone: str | None
    default_billing: bool
    default_shipping: bool

    @property
    def default_uses(self) -> tuple[str, ...]:
        """Name what it is the default for."""
        uses = {"billing": self.default_billing, "shipping": self.default_shipping}
        return tuple(use for use, yes in uses.items() if yes)


@dataclass(frozen=True, slots=True)
class AddressEntry:
    """An address as somebody typed it."""

    name: str | None = None
    company: str | None = None
    lines: tuple[str, ...] = ()
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    phone: str | None = None
    default_billing: bool = False
    default_shipping: bool = False


def check_addresses(
    entries: Sequence[AddressEntry], formats: Formats, findings: Findings
) -> tuple[Address, ...]:
    """Give a new customer's addresses; notes violations of CU-2 and CU-4 at their fields."""
    if not entries:
        findings.add("/addresses", "ADDRESS_REQUIRED", "an address must be given")
    if len(entries) > MAX_ADDRESSES:
        findings.add("/addresses", "TOO_MANY", f"at most {MAX_ADDRESSES} addresses can be kept")
        return ()
    for use in ("billing", "shipping"):
        rows = [n for n, entry in enumerate(entries) if getattr(entry, f"default_{use}")]
        if entries and not rows:
            findings.add(
                f"/addresses/0/default_{use}",
                f"DEFAULT_{use.upper()}_REQUIRED",
                f"one address must be the default {use} address",
            )
        for n in rows[1:]:
            findings.add(
                f"/addresses/{n}/default_{use}",
                "DEFAULT_TWICE",
                f"address {rows[0] + 1} is the default {use} address already",
            )
    return tuple(
        check_address(f"/addresses/{n}", entry, formats, findings)
        for n, entry in enumerate(entries)
    )


def check_address(
    pointer: str,
    entry: AddressEntry,
    formats: Formats,
    findings: Findings,
    *,
    address_id: AddressId | None = None,
) -> Address:
    """Give the address in its country's form; notes violations of CU-4 below ``pointer``.

    A number in ``phone`` without a + is read in the address's own country.
    """
    country = tidy(entry.country).upper()
    form = formats.address(country, tidy(entry.region) or None)
    if not country:
        findings.missing(f"{pointer}/country")
    elif form is None:
        findings.add(f"{pointer}/country", "UNKNOWN_COUNTRY", "this is no ISO 3166-1 country code")
    parts = _parts(pointer, entry, form, findings)
    known = country if form else None
    return Address(
        address_id=address_id or AddressId(new_id()),
        name=findings.text(f"{pointer}/name", entry.name, limit=200, required=True),
        company=findings.text(f"{pointer}/company", entry.company, limit=200) or None,
        lines=tuple(_lines(f"{pointer}/lines", entry.lines, findings)),
        city=parts["city"],
        region=parts["region"] or None,
        postal_code=parts["postal_code"] or None,
        country=country,
        phone=check_number(f"{pointer}/phone", entry.phone, known, formats, findings),
        default_billing=entry.default_billing,
        default_shipping=entry.default_shipping,
    )


def _lines(pointer: str, entered: Sequence[str], findings: Findings) -> Iterator[str]:
    if len(entered) > MAX_LINES:
        findings.add(pointer, "TOO_MANY", f"an address has at most {MAX_LINES} lines")
    elif not any(map(tidy, entered)):
        findings.missing(pointer, "at least one line must be given")
    for n, line in enumerate(entered[:MAX_LINES]):
        if text := findings.text(f"{pointer}/{n}", line, limit=200):
            yield text


def _parts(
    pointer: str, entry: AddressEntry, form: AddressFormat | None, findings: Findings
) -> dict[str, str]:
    """Give city, region and postal code as the country writes them."""
    parts = {
        "city": findings.text(f"{pointer}/city", entry.city, limit=100),
        "region": findings.text(f"{pointer}/region", entry.region, limit=100),
        "postal_code": findings.text(f"{pointer}/postal_code", entry.postal_code, limit=20),
    }
    if form is None:
        return parts
    for part in sorted(form.required):
        if not parts[part]:
            findings.missing(f"{pointer}/{part}", "the country's addresses need this")
    if parts["region"] and form.regions:
        key = form.regions.get(parts["region"].casefold())
        if key is None:
            findings.add(f"{pointer}/region", "UNKNOWN_REGION", "the country has no such region")
        parts["region"] = key or parts["region"]
    if code := parts["postal_code"]:
        parts["postal_code"] = _postal_code(f"{pointer}/postal_code", code, form, findings)
    return parts


def _postal_code(pointer: str, entered: str, form: AddressFormat, findings: Findings) -> str:
    code = entered.upper()
    like = f", such as {form.postal_example}" if form.postal_example else ""
    if form.postal_code and not form.postal_code.fullmatch(code):
        findings.add(pointer, "POSTAL_CODE_FORMAT", f"the country's postal codes look other{like}")
    elif form.postal_prefix and not form.postal_prefix.match(code):
        findings.add(pointer, "POSTAL_CODE_REGION", f"the region has no such postal code{like}")
    return code


def with_address(book: Sequence[Address], new: Address) -> tuple[Address, ...]:
    """Give the book with an address added, or put in the place of the one with its id.

    A default it claims passes to it from the one that had it.

    Raises:
        AddressIsDefault: It was a default and gives that up, which would leave none.
    """
    old = next((each for each in book if each.address_id == new.address_id), None)
    if old and (given_up := [use for use in old.default_uses if use not in new.default_uses]):
        raise AddressIsDefault(given_up)
    others = [
        replace(
            each,
            default_billing=each.default_billing and not new.default_billing,
            default_shipping=each.default_shipping and not new.default_shipping,
        )
        for each in book
    ]
    if old is None:
        return (*others, new)
    return tuple(new if each.address_id == new.address_id else each for each in others)


def without_address(book: Sequence[Address], address_id: AddressId) -> tuple[Address, ...]:
    """Give the book without an address.

    Raises:
        UnknownAddress: It is not in the book.
        AddressIsDefault: It is a default address.
    """
    old = next((each for each in book if each.address_id == address_id), None)
    if old is None:
        raise UnknownAddress
    if old.default_uses:
        raise AddressIsDefault(old.default_uses)
    return tuple(each for each in book if each.address_id != address_id)


def learned(book: Sequence[Address], billing: Address, shipping: Address) -> tuple[Address, ...]:
    """Give the book with what an order was billed and shipped to, each once.

    They become defaults only where there is none. A full book lets go of its oldest others.
    """
    known = list(book)
    for use, new in (("billing", billing), ("shipping", shipping)):
        lacks = not any(use in each.default_uses for each in known)
        place = next((n for n, each in enumerate(known) if _alike(each, new)), None)
        if place is None:
            place = len(known)
            known.append(replace(new, default_billing=False, default_shipping=False))
        if lacks:
            field = "default_billing" if use == "billing" else "default_shipping"
            known[place] = replace(known[place], **{field: True})
    spare = len(known) - MAX_ADDRESSES
    old = [each for each in known[:-2] if not each.default_uses][: max(spare, 0)]
    return tuple(each for each in known if each not in old)


def known_in(book: Sequence[Address], address: Address) -> bool:
    """Tell whether a book has the address already; a carrier would not tell the two apart."""
    return any(_alike(each, address) for each in book)


def _alike(one: Address, other: Address) -> bool:
    return _content(one) == _content(other)


def _content(address: Address) -> tuple[str, ...]:
    """Give what makes two addresses the same to a carrier: not case, not who is called."""
    postal_code = (address.postal_code or "").replace(" ", "")
    parts = (address.name, address.company or "", *address.lines, address.city)
    rest = (address.region or "", postal_code, address.country)
    return tuple(part.casefold() for part in (*parts, *rest))
