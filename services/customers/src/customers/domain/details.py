"""What is known of a customer besides addresses (CU-1, CU-4, CU-11)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from customers.domain.findings import Findings, pointer_in, tidy
from customers.domain.formats import Formats
from customers.domain.phones import Phone, PhoneEntry, check_phones

MAX_ATTRIBUTES = 50
MAX_EMAIL = 254
"""Characters that a mail server takes (RFC 5321)."""


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of a customer besides addresses.

    Attributes:
        email: In normal form, letters as typed; unique in the set in any case of letters (CS-6).
        external_reference: Another system's id of the customer, unique in the set.
        is_staff: A staff account: no order may be taken for it (CU-7).
        tax_id: In normal form: a VAT number where the customer is billed in the European Union or
            the United Kingdom.
        tax_exempt: No tax is charged to them.
        level: Code of a level of the customer's set (CU-14).
        attributes: What else the shop wants to know, by name.
    """

    first_name: str
    last_name: str
    email: str | None
    company: str | None
    phones: tuple[Phone, ...]
    external_reference: str | None
    is_staff: bool
    tax_id: str | None = None
    tax_exempt: bool = False
    level: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class DetailsEntry:
    """The same as somebody typed it."""

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    company: str | None = None
    phones: tuple[PhoneEntry, ...] = ()
    external_reference: str | None = None
    is_staff: bool = False
    tax_id: str | None = None
    tax_exempt: bool = False
    level: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Home:
    """Where a customer is at home: in whose way numbers are read.

    Attributes:
        calls: Country in which phone numbers without a + are read; none: unknown.
        billed: Country of the default billing address, whose tax ids count; none: unknown.
    """

    calls: str | None
    billed: str | None


def check_details(entry: DetailsEntry, home: Home, formats: Formats, findings: Findings) -> Details:
    """Give the details in normal form; notes violations of CU-1, CU-4 and CU-11 at their fields.

    Whether there is such a level is not looked at.
    """
    reference = findings.text("/external_reference", entry.external_reference, limit=100)
    return Details(
        first_name=findings.text("/first_name", entry.first_name, limit=100, required=True),
        last_name=findings.text("/last_name", entry.last_name, limit=100, required=True),
        email=_email(entry.email, formats, findings),
        company=findings.text("/company", entry.company, limit=200) or None,
        phones=check_phones(entry.phones, home.calls, formats, findings),
        external_reference=reference or None,
        is_staff=entry.is_staff,
        tax_id=_tax_id(entry.tax_id, home.billed, formats, findings),
        tax_exempt=entry.tax_exempt,
        level=tidy(entry.level) or None,
        attributes=_attributes(entry.attributes, findings),
    )


def _email(entered: str | None, formats: Formats, findings: Findings) -> str | None:
    text = findings.text("/email", entered, limit=MAX_EMAIL)
    if not text:
        return None
    email = formats.email(text)
    if email is None:
        findings.add("/email", "EMAIL_FORMAT", "this is not an e-mail address")
    return email


def _tax_id(
    entered: str | None, country: str | None, formats: Formats, findings: Findings
) -> str | None:
    text = findings.text("/tax_id", entered, limit=40)
    if not text:
        return None
    number = formats.tax_id(text, country)
    if number is None:
        findings.add("/tax_id", "TAX_ID_FORMAT", f"{country} has no such VAT number")
    return number


def _attributes(entered: Mapping[str, str], findings: Findings) -> dict[str, str]:
    if len(entered) > MAX_ATTRIBUTES:
        findings.add("/attributes", "TOO_MANY", f"at most {MAX_ATTRIBUTES} can be kept")
        return {}
    kept: dict[str, str] = {}
    for name, value in entered.items():
        pointer = pointer_in("/attributes", name)
        known = findings.text(pointer, name, limit=64, required=True)
        if known in kept:
            findings.add(pointer, "DUPLICATE_ATTRIBUTE", "there is one of this name already")
        kept[known] = findings.text(pointer, value, limit=500)
    return kept


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether a customer wants to hear of offers.

    Attributes:
        at: When they said so, UTC.
        source: Where they said so, as ``phone`` or ``newsletter form``.
    """

    granted: bool
    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """The same as somebody typed it."""

    granted: bool
    source: str | None = None


def check_consent(entry: ConsentEntry | None, at: datetime, findings: Findings) -> Consent | None:
    """Give the consent as said at ``at``; none when nothing was said."""
    if entry is None:
        return None
    pointer = "/marketing_consent/source"
    return Consent(
        entry.granted, at, findings.text(pointer, entry.source, limit=200, required=True)
    )
