"""What tests say about customers, in few words."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.values import CustomerId, CustomerSetId, new_id
from customers.domain.addresses import Address, AddressEntry, AddressId
from customers.domain.customer import Customer, CustomerEntry
from customers.domain.details import Details, DetailsEntry
from customers.domain.phones import Phone, PhoneEntry, PhoneKind

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SET = CustomerSetId(UUID(int=1))

LONDON = AddressEntry(
    name="Ann Smith",
    lines=("12 Example Square",),
    city="London",
    postal_code="SW1Y 4LB",
    country="GB",
    default_billing=True,
    default_shipping=True,
)


def an_entry(
    *addresses: AddressEntry,
    phones: tuple[str, ...] = ("020 7946 0000",),
    **details: Any,  # noqa: ANN401 - the fields of DetailsEntry
) -> CustomerEntry:
    """Ann Smith of London, who can be reached at home, as somebody typed her in."""
    typed: dict[str, Any] = {"first_name": "Ann", "last_name": "Smith", **details}
    entries = tuple(PhoneEntry(PhoneKind.HOME, number) for number in phones)
    return CustomerEntry(DetailsEntry(phones=entries, **typed), addresses or (LONDON,))


def an_address(*defaults: str) -> Address:
    """An address that is the default for these uses."""
    return Address(
        address_id=AddressId(new_id()),
        name="Ann Smith",
        company=None,
        lines=("12 Example Square",),
        city="London",
        region=None,
        postal_code="SW1Y 4LB",
        country="GB",
        phone=None,
        default_billing="billing" in defaults,
        default_shipping="shipping" in defaults,
    )


def a_customer(*addresses: Address, **details: Any) -> Customer:  # noqa: ANN401 - of Details
    """Ann Smith, with one address unless some are given."""
    ann = Details(
        first_name="Ann",
        last_name="Smith",
        email=None,
        company=None,
        phones=(Phone(PhoneKind.HOME, "+442079460000"),),
        external_reference=None,
        is_staff=False,
    )
    return Customer(
        customer_id=CustomerId(new_id()),
        customer_set_id=SET,
        number="C-000123",
        details=replace(ann, **details),
        addresses=addresses or (an_address("billing", "shipping"),),
        created_at=NOON,
    )
