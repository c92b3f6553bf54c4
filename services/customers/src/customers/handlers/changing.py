"""What every change of a customer begins and ends with."""

from contracts.customers.events import CustomerChanged
from contracts.values import CustomerId

from customers.domain.customer import Customer
from customers.domain.errors import Invalid, StaleVersion, UnknownCustomer
from customers.domain.findings import Findings
from customers.domain.search import terms_of
from customers.domain.sites import Within
from customers.handlers.formats import FORMATS
from customers.handlers.unit_of_work import UnitOfWork


async def loaded(
    customer_id: CustomerId, within: Within, uow: UnitOfWork, seen: int | None
) -> Customer:
    """Give a customer, locked.

    Raises:
        UnknownCustomer: There is none, or none within the caller's sites.
        StaleVersion: The version ``seen`` is not the current one.
    """
    customer = await uow.customers.get(customer_id, within)
    if customer is None:
        raise UnknownCustomer
    if seen not in {None, customer.version}:
        raise StaleVersion(customer, customer.version)
    return customer


def settle(findings: Findings) -> None:
    """Raise ``Invalid`` if anything was found."""
    if findings.found:
        raise Invalid(findings.violations)


async def saved(customer: Customer, uow: UnitOfWork) -> Customer:
    """Keep and tell a change; what has not changed keeps its version and is not told."""
    if customer.changed:
        customer.version += 1
        await uow.customers.save(customer, terms_of(customer, FORMATS))
        tell(customer, uow)
    return customer


def tell(customer: Customer, uow: UnitOfWork) -> None:
    """Tell everyone of a customer's new version; nothing personal goes along."""
    event = CustomerChanged(
        customer_id=customer.customer_id,
        version=customer.version,
        customer_set_id=customer.customer_set_id,
        number=customer.number,
        is_staff=customer.details.is_staff,
        disabled=customer.disabled,
    )
    uow.outbox.publish(event, sequence=customer.version, customer_id=customer.customer_id)
