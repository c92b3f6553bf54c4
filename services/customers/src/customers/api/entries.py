"""What requests about customers may hold.

A field that a rule asks for is marked as required in the description, yet may be left out of the
request as far as the model goes: the rules then name it together with all else that is wrong
(CU-3), where the model alone would stop at itself.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from chassis.http import Body
from pydantic import ConfigDict, StrictBool, StringConstraints

from customers.domain.addresses import AddressEntry
from customers.domain.customer import CustomerEntry, DetailsEntry
from customers.domain.phones import PhoneEntry, PhoneKind

SiteCode = Annotated[str, StringConstraints(max_length=64)]


def _required(*names: str) -> ConfigDict:
    """Mark fields as required in the API's description (CU-4)."""
    return ConfigDict(json_schema_extra={"required": list(names)})


class PhoneBody(Body):
    """A phone; a row with a blank number does not count."""

    model_config = _required("kind", "number")

    kind: PhoneKind | None = None
    number: str | None = None

    def entry(self) -> PhoneEntry:
        return PhoneEntry(self.kind, self.number)


class AddressBody(Body):
    """An address; which of city, region and postal code are needed depends on the country."""

    model_config = _required("name", "lines", "country")

    name: str | None = None
    company: str | None = None
    lines: tuple[str, ...] = ()
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    phone: str | None = None
    default_billing: StrictBool = False
    default_shipping: StrictBool = False

    def entry(self) -> AddressEntry:
        return AddressEntry(**dict(self))


class CustomerBody(Body):
    """A new customer; phone numbers without a + are read in the country of the site."""

    model_config = _required("site", "first_name", "last_name", "phones", "addresses")

    site: SiteCode | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    company: str | None = None
    phones: tuple[PhoneBody, ...] = ()
    addresses: tuple[AddressBody, ...] = ()
    external_reference: str | None = None
    is_staff: StrictBool = False

    def entry(self) -> CustomerEntry:
        details = DetailsEntry(
            self.first_name,
            self.last_name,
            self.email,
            self.company,
            _entries(self.phones),
            self.external_reference,
            self.is_staff,
        )
        return CustomerEntry(details, tuple(address.entry() for address in self.addresses))


class CorrectionBody(Body):
    """What to change of a customer: a field that is not there stays as it is.

    Attributes:
        phones: All phones, in the place of those before.
        site: The site whose country phone numbers without a + are read in; left out, the country
            of the default billing address.
        customer_set: Code of the set to move the customer to, under a new number.
    """

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    company: str | None = None
    phones: tuple[PhoneBody, ...] = ()
    external_reference: str | None = None
    is_staff: StrictBool = False
    site: SiteCode | None = None
    customer_set: SiteCode | None = None

    def given(self) -> dict[str, Any]:
        """Give the named fields of ``DetailsEntry``."""
        named = self.model_fields_set - {"site", "customer_set"}
        given = {name: getattr(self, name) for name in named}
        return given | ({"phones": _entries(self.phones)} if "phones" in given else {})


class DisablingBody(Body):
    """Whether orders may no longer be taken for the customer."""

    disabled: StrictBool


def _entries(phones: Sequence[PhoneBody]) -> tuple[PhoneEntry, ...]:
    return tuple(phone.entry() for phone in phones)
