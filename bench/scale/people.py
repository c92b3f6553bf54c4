"""Customers by the number, as the customers service would have kept them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from urllib.parse import quote
from uuid import UUID

from contracts.values import CustomerId, CustomerSetId, derived_id
from customers.domain.addresses import Address, AddressId
from customers.domain.customer import Customer
from customers.domain.details import Details
from customers.domain.phones import Phone, PhoneKind
from customers.domain.search import terms_of
from customers.handlers.formats import WorldFormats
from customers.storage import tables
from customers.storage.documents import values_of

from bench.scale.copying import CopyingConnection, copy, settle
from bench.scale.words import word

_NAMESPACE = UUID(int=1)
_FIRST_DAY = datetime(2020, 1, 1, tzinfo=UTC)
_AT_ONCE = 5000
_FORMATS = WorldFormats()


def name(number: int) -> tuple[str, str]:
    """Give the first and the last name of the customer of this number."""
    last = f"{word(number // 7)}{word(number // 31)}"
    return word(number).capitalize(), last.capitalize()


def email(number: int) -> str:
    """Give the e-mail of the customer of this number."""
    first, last = name(number)
    return f"{first}.{last}.{number}@example.com".lower()


def customer_id(number: int) -> CustomerId:
    """Give the id of the customer of this number."""
    return CustomerId(derived_id(_NAMESPACE, "customer", number))


def customer(number: int, sets: Sequence[CustomerSetId]) -> Customer:
    """Make the customer of this number, always the same one."""
    first, last = name(number)
    return Customer(
        customer_id=customer_id(number),
        customer_set_id=sets[number % len(sets)],
        number=f"C-{number // len(sets) + 1:06d}",
        details=Details(
            first_name=first,
            last_name=last,
            email=email(number),
            company=f"{word(number // 3)} Ltd".capitalize() if number % 5 == 0 else None,
            phones=(Phone(PhoneKind.MOBILE, f"+4477{number:08d}"),),
            external_reference=None,
            is_staff=False,
        ),
        addresses=(_home(number, f"{first} {last}"),),
        created_at=_FIRST_DAY + timedelta(seconds=number),
    )


def _home(number: int, name: str) -> Address:
    return Address(
        address_id=AddressId(derived_id(_NAMESPACE, "address", number)),
        name=name,
        company=None,
        lines=(f"{number % 300 + 1} Example Street",),
        city="London",
        region=None,
        postal_code=f"SW{number % 20 + 1} {number % 9 + 1}AA",
        country="GB",
        phone=None,
        default_billing=True,
        default_shipping=True,
    )


async def add_customers(
    connection: CopyingConnection, numbers: range, sets: Sequence[CustomerSetId]
) -> None:
    """Keep the customers of these numbers, with what they are found by."""
    for start in range(numbers.start, numbers.stop, _AT_ONCE):
        part = [customer(n, sets) for n in range(start, min(start + _AT_ONCE, numbers.stop))]
        await copy(connection, tables.customer, map(values_of, part))
        await copy(connection, tables.search_term, _terms(part))
    for set_id in sets:
        await connection.execute(
            "INSERT INTO number_series (customer_set_id, last) VALUES ($1, $2)"
            " ON CONFLICT (customer_set_id) DO UPDATE SET last = excluded.last",
            set_id,
            numbers.stop,
        )
    await settle(connection)


def _terms(people: Iterable[Customer]) -> list[dict[str, object]]:
    return [
        {"customer_set_id": one.customer_set_id, "term": term, "customer_id": one.customer_id}
        for one in people
        for term in sorted(terms_of(one, _FORMATS))
    ]


def search(random: Random, size: int, sets: Sequence[CustomerSetId], sites: Sequence[str]) -> str:
    """Give the address of a search as a clerk types it: a beginning of what the caller says."""
    number = random.randrange(size)
    details = customer(number, sets).details
    said = random.choice(
        (
            details.last_name[:3],
            details.last_name,
            f"{details.first_name} {details.last_name[:2]}",
            details.first_name[:4],
            f"077{number:08d}"[:9],
            (details.email or "")[:12],
            f"C-{number // len(sets) + 1:06d}",
        )
    )
    site = sites[number % len(sets)]
    return f"/api/customers/v1/customers?site={site}&limit=20&q={quote(said)}"
