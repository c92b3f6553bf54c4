"""A customer of a customer set."""

from dataclasses import dataclass, field
from datetime import datetime

from contracts.values import CustomerId, CustomerSetId

from customers.domain.addresses import (
    MAX_ADDRESSES,
    Address,
    AddressEntry,
    AddressId,
    check_addresses,
    with_address,
    without_address,
)
from customers.domain.errors import UnknownAddress
from customers.domain.findings import Findings, tidy
from customers.domain.formats import Formats
from customers.domain.phones import Phone, PhoneEntry, check_phones


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of a customer besides addresses.

    Attributes:
        email: In normal form, letters as typed; unique in the set in any case of letters (CS-6).
        external_reference: Another system's id of the customer, unique in the set.
        is_staff: A staff account: no order may be taken for it (CU-7).
    """

    first_name: str
    last_name: str
    email: str | None
    company: str | None
    phones: tuple[Phone, ...]
    external_reference: str | None
    is_staff: bool


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


def check_details(
    entry: DetailsEntry, region: str | None, formats: Formats, findings: Findings
) -> Details:
    """Give the details in normal form; notes violations of CU-1 and CU-4 at their fields.

    Args:
        entry: As it was typed.
        region: Country in which phone numbers without a + are read; none: unknown.
        formats: The standards.
        findings: Where violations are noted.
    """
    return Details(
        first_name=findings.text("/first_name", entry.first_name, limit=100, required=True),
        last_name=findings.text("/last_name", entry.last_name, limit=100, required=True),
        email=_email(entry.email, formats, findings),
        company=findings.text("/company", entry.company, limit=200) or None,
        phones=check_phones(entry.phones, region, formats, findings),
        external_reference=findings.text("/external_reference", entry.external_reference, limit=100)
        or None,
        is_staff=entry.is_staff,
    )


def _email(entered: str | None, formats: Formats, findings: Findings) -> str | None:
    text = tidy(entered)
    if not text:
        return None
    email = formats.email(text)
    if email is None:
        findings.add("/email", "EMAIL_FORMAT", "this is not an e-mail address")
    return email


@dataclass(frozen=True, slots=True)
class CustomerEntry:
    """A new customer as somebody typed it."""

    details: DetailsEntry
    addresses: tuple[AddressEntry, ...] = ()


def check_customer(
    entry: CustomerEntry, region: str | None, formats: Formats, findings: Findings
) -> tuple[Details, tuple[Address, ...]]:
    """Give a new customer's details and addresses; every violation is noted (CU-3)."""
    details = check_details(entry.details, region, formats, findings)
    return details, check_addresses(entry.addresses, formats, findings)


@dataclass(eq=False)
class Customer:
    """A customer; belongs to exactly one set at a time (CS-4).

    Attributes:
        number: Unique in the set, for people: ``C-000123``.
        addresses: In order of entry; one default billing, one default shipping address.
        version: Grows by one with every saved change, from 1.
        changed: Whether something has changed since it was loaded.
    """

    customer_id: CustomerId
    customer_set_id: CustomerSetId
    number: str
    details: Details
    addresses: tuple[Address, ...]
    created_at: datetime
    disabled: bool = False
    version: int = 1
    changed: bool = field(default=False)

    @property
    def complete(self) -> bool:
        """Tell whether an order can be taken: phone and both default addresses are there."""
        uses = {use for address in self.addresses for use in address.default_uses}
        return bool(self.details.phones) and uses == {"billing", "shipping"}

    def correct(self, details: Details) -> None:
        """Put other details in the place of the present ones."""
        self.changed |= details != self.details
        self.details = details

    def move(self, to: CustomerSetId, number: str) -> None:
        """Hand the customer over to another set, where ``number`` is free (CS-4)."""
        self.customer_set_id, self.number, self.changed = to, number, True

    def disable(self, *, disabled: bool) -> None:
        """Take the customer out of use for orders, or back into it."""
        self.changed |= disabled != self.disabled
        self.disabled = disabled

    def address(self, address_id: AddressId) -> Address:
        """Give an address.

        Raises:
            UnknownAddress: It is not the customer's.
        """
        for each in self.addresses:
            if each.address_id == address_id:
                return each
        raise UnknownAddress

    def check_room(self, findings: Findings) -> None:
        """Note when there is no room for one more address."""
        if len(self.addresses) >= MAX_ADDRESSES:
            findings.add("", "TOO_MANY", f"at most {MAX_ADDRESSES} addresses can be kept")

    def put_address(self, address: Address) -> None:
        """Add an address or replace the one with its id; see ``with_address``."""
        self._keep(with_address(self.addresses, address))

    def remove_address(self, address_id: AddressId) -> None:
        """Remove an address that is no default; see ``without_address``."""
        self._keep(without_address(self.addresses, address_id))

    def _keep(self, addresses: tuple[Address, ...]) -> None:
        self.changed |= addresses != self.addresses
        self.addresses = addresses
