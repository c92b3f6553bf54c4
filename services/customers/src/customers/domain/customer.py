"""A customer of a customer set."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

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
from customers.domain.details import (
    Consent,
    ConsentEntry,
    Details,
    DetailsEntry,
    Home,
    check_details,
)
from customers.domain.errors import CustomerIsErased, UnknownAddress
from customers.domain.findings import Findings, tidy
from customers.domain.formats import Formats


@dataclass(frozen=True, slots=True)
class CustomerEntry:
    """A new customer as somebody typed it.

    Attributes:
        invited: They are to be sent an invitation to sign in (CU-9).
        incomplete: Phone and addresses may be missing; nobody can order for them then (SE-5).
        is_registered: Another system says whether they can sign in.
    """

    details: DetailsEntry
    addresses: tuple[AddressEntry, ...] = ()
    consent: ConsentEntry | None = None
    invited: bool = False
    incomplete: bool = False
    is_registered: bool | None = None

    @property
    def billed(self) -> str | None:
        """Give the country that the default billing address claims to be in."""
        countries = (tidy(each.country).upper() for each in self.addresses if each.default_billing)
        return next(countries, None)


def check_customer(
    entry: CustomerEntry, region: str | None, formats: Formats, findings: Findings
) -> tuple[Details, tuple[Address, ...]]:
    """Give a new customer's details and addresses; every violation is noted (CU-3)."""
    home = Home(calls=region, billed=entry.billed)
    details = check_details(entry.details, home, formats, findings)
    return details, check_addresses(entry.addresses, formats, findings)


_NO_ID = AddressId(UUID(int=0))


@dataclass(eq=False)
class Customer:
    """A customer; belongs to exactly one set at a time (CS-4).

    Attributes:
        number: Unique in the set, for people: ``C-000123``.
        addresses: In order of entry; one default billing, one default shipping address.
        consent: What was last said about offers; none: nothing.
        is_registered: They can sign in at the storefront (CU-9).
        erased_at: When everything personal was removed, for good (UTC); none: it is there.
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
    consent: Consent | None = None
    is_registered: bool = False
    erased_at: datetime | None = None
    version: int = 1
    changed: bool = field(default=False)

    @property
    def complete(self) -> bool:
        """Tell whether an order can be taken: phone and both default addresses are there."""
        uses = {use for address in self.addresses for use in address.default_uses}
        return bool(self.details.phones) and uses == {"billing", "shipping"}

    @property
    def billed(self) -> str | None:
        """Give the country of the default billing address."""
        return next((each.country for each in self.addresses if each.default_billing), None)

    def check_lives(self) -> None:
        """Refuse every change of an erased customer.

        Raises:
            CustomerIsErased: They are.
        """
        if self.erased_at is not None:
            raise CustomerIsErased

    def correct(self, details: Details) -> None:
        """Put other details in the place of the present ones."""
        self.changed |= details != self.details
        self.details = details

    def move(self, to: CustomerSetId, number: str, *, level: str | None) -> None:
        """Hand the customer over to another set, where ``number`` is free (CS-4).

        Args:
            to: The set.
            number: Of that set.
            level: One of that set's levels, or none: a level is of one set only (CU-14).
        """
        self.customer_set_id, self.number, self.changed = to, number, True
        self.details = replace(self.details, level=level)

    def agree(self, said: Consent) -> bool:
        """Keep what the customer says about offers; gives whether it is anything new."""
        old = self.consent
        if old is not None and (old.granted, old.source) == (said.granted, said.source):
            return False
        self.consent, self.changed = said, True
        return True

    def register(self, *, registered: bool) -> None:
        """Note whether the customer can sign in at the storefront (CU-9)."""
        self.changed |= registered != self.is_registered
        self.is_registered = registered

    def erase(self, at: datetime) -> None:
        """Remove all that is personal; id, set and number stay, so that orders can be read."""
        self.details = Details("", "", None, None, (), None, is_staff=False)
        self.addresses, self.consent, self.is_registered = (), None, False
        self.erased_at, self.changed = at, True

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

    def replace_book(self, addresses: tuple[Address, ...]) -> None:
        """Put other addresses in the place of all; those that stay the same keep their ids.

        The same addresses in another order change nothing.
        """
        if Counter(map(_unnamed, addresses)) == Counter(map(_unnamed, self.addresses)):
            return
        kept = {_unnamed(each): each.address_id for each in self.addresses}
        self._keep(
            tuple(
                replace(each, address_id=kept.pop(_unnamed(each), each.address_id))
                for each in addresses
            )
        )

    def learn(self, addresses: tuple[Address, ...]) -> None:
        """Keep what ``learned`` made of the book."""
        self._keep(addresses)

    def put_address(self, address: Address) -> None:
        """Add an address or replace the one with its id; see ``with_address``."""
        self._keep(with_address(self.addresses, address))

    def remove_address(self, address_id: AddressId) -> None:
        """Remove an address that is no default; see ``without_address``."""
        self._keep(without_address(self.addresses, address_id))

    def _keep(self, addresses: tuple[Address, ...]) -> None:
        self.changed |= addresses != self.addresses
        self.addresses = addresses


def _unnamed(address: Address) -> Address:
    """Give the address as it is but for its id."""
    return replace(address, address_id=_NO_ID)
