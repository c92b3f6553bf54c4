"""How a customer is called back (CU-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from customers.domain.findings import Findings, tidy
from customers.domain.formats import Formats

MAX_PHONES = 10


class PhoneKind(StrEnum):
    HOME = "home"
    WORK = "work"
    MOBILE = "mobile"


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number; ``number`` is E.164: ``+442079460000``."""

    kind: PhoneKind
    number: str


@dataclass(frozen=True, slots=True)
class PhoneEntry:
    """A phone as somebody typed it."""

    kind: PhoneKind | None
    number: str | None


def check_phones(
    entries: Sequence[PhoneEntry], region: str | None, formats: Formats, findings: Findings
) -> tuple[Phone, ...]:
    """Give the phones in E.164; rows without a number do not count.

    Args:
        entries: As they were typed.
        region: Country in which numbers without a + are read (ISO 3166-1); none: unknown.
        formats: The standards.
        findings: Where violations are noted: of CU-1, each at its row and field.
    """
    if len(entries) > MAX_PHONES:
        findings.add("/phones", "TOO_MANY", f"at most {MAX_PHONES} phones can be kept")
        return ()
    phones: list[Phone] = []
    filled = [(n, entry) for n, entry in enumerate(entries) if tidy(entry.number)]
    for n, entry in filled:
        number = check_number(f"/phones/{n}/number", entry.number, region, formats, findings)
        if entry.kind is None:
            findings.missing(f"/phones/{n}/kind", "home, work or mobile")
        elif number:
            phones.append(Phone(entry.kind, number))
    if not filled:
        findings.add("/phones", "PHONE_REQUIRED", "a home, work or mobile phone must be given")
    return tuple(dict.fromkeys(phones))


def check_number(
    pointer: str, entered: str | None, region: str | None, formats: Formats, findings: Findings
) -> str | None:
    """Give the number in E.164; none when it is blank or, which is noted, impossible."""
    text = tidy(entered)
    if not text:
        return None
    number = formats.phone(text, region)
    if number is None:
        findings.add(pointer, "PHONE_IMPOSSIBLE", _why_not(text, region))
    return number


def _why_not(text: str, region: str | None) -> str:
    if text.startswith("+"):
        return "this cannot be a phone number, or has an extension"
    if region is None:
        return "without a known country it must begin with + and the country's code"
    return f"this cannot be a phone number in {region}, lacks its area code, or has an extension"


def with_phones(known: Sequence[Phone], new: Sequence[Phone]) -> tuple[Phone, ...]:
    """Give the phones with those that are new to us; when there are too many, the newest."""
    numbers = {phone.number for phone in known}
    return (*known, *(phone for phone in new if phone.number not in numbers))[-MAX_PHONES:]
