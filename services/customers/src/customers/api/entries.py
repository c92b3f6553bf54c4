"""What requests about customers may hold.

A field that a rule asks for is marked as required in the description, yet may be left out of the
request as far as the model goes: the rules then name it together with all else that is wrong
(CU-3), where the model alone would stop at itself.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Annotated, Any

from chassis.http import NO_CARD, Body
from pydantic import ConfigDict, Field, StrictBool, StringConstraints

from customers.domain.addresses import AddressEntry
from customers.domain.customer import CustomerEntry
from customers.domain.details import ConsentEntry, DetailsEntry
from customers.domain.phones import PhoneEntry, PhoneKind

SiteCode = Annotated[str, StringConstraints(max_length=64), NO_CARD]
LevelCode = Annotated[str, StringConstraints(max_length=64), NO_CARD]

_DETAILS = frozenset(field.name for field in fields(DetailsEntry))


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


class ConsentBody(Body):
    """Whether the customer wants to hear of offers, and where they said so."""

    model_config = _required("granted", "source")

    granted: StrictBool
    source: str | None = None

    def entry(self) -> ConsentEntry:
        return ConsentEntry(self.granted, self.source)


class DetailsBody(Body):
    """What is known of a customer besides addresses.

    Attributes:
        tax_id: Where the customer is billed in the European Union or the United Kingdom, a VAT
            number.
        level: Code of a level of the customer's set.
        attributes: What else the shop wants to know, at most 50, by name; all at once.
        marketing_consent: What the customer says about offers; left out, what they said before.
    """

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    company: str | None = None
    phones: tuple[PhoneBody, ...] = ()
    external_reference: str | None = None
    is_staff: StrictBool = False
    tax_id: str | None = None
    tax_exempt: StrictBool = False
    level: LevelCode | None = None
    attributes: dict[str, str] = Field(default_factory=dict[str, str])
    marketing_consent: ConsentBody | None = None

    @property
    def consent(self) -> ConsentEntry | None:
        """Give what was said about offers; none: nothing."""
        return self.marketing_consent.entry() if self.marketing_consent else None

    def given(self) -> dict[str, Any]:
        """Give the named fields of ``DetailsEntry`` that are in the request."""
        named = self.model_fields_set & _DETAILS
        given = {name: getattr(self, name) for name in named}
        return given | ({"phones": _entries(self.phones)} if "phones" in given else {})


class CustomerBody(DetailsBody):
    """A new customer; phone numbers without a + are read in the country of the site.

    Attributes:
        site: Code; left out, the only site there is.
        invite: Send a mail with which the customer can make a sign-in account.
    """

    model_config = _required("site", "first_name", "last_name", "phones", "addresses")

    site: SiteCode | None = None
    addresses: tuple[AddressBody, ...] = ()
    invite: StrictBool = False

    def entry(self) -> CustomerEntry:
        whole: dict[str, Any] = {name: getattr(self, name) for name in _DETAILS}
        whole["phones"] = _entries(self.phones)
        details = DetailsEntry(**whole)
        addresses = tuple(address.entry() for address in self.addresses)
        return CustomerEntry(details, addresses, self.consent, self.invite)


class CorrectionBody(DetailsBody):
    """What to change of a customer: a field that is not there stays as it is.

    Attributes:
        phones: All phones, in the place of those before.
        site: The site whose country phone numbers without a + are read in; left out, the country
            of the default billing address.
        customer_set: Code of the set to move the customer to, under a new number.
    """

    site: SiteCode | None = None
    customer_set: SiteCode | None = None


class NoteBody(Body):
    """A note about a customer, at most 5000 characters."""

    text: str


class InvitationBody(Body):
    """Which site's storefront to invite to; left out, the only one of the customer's set."""

    site: SiteCode | None = None


class AcceptanceBody(Body):
    """The secret of the link that the customer followed."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class DisablingBody(Body):
    """Whether orders may no longer be taken for the customer."""

    disabled: StrictBool


def _entries(phones: Sequence[PhoneBody]) -> tuple[PhoneEntry, ...]:
    return tuple(phone.entry() for phone in phones)
