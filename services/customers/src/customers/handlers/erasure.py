"""Removing what is personal, for good."""

from datetime import datetime

from contracts.customers.events import CustomerErased
from contracts.values import CustomerId

from customers.domain.customer import Customer
from customers.domain.errors import UnknownCustomer
from customers.domain.search import terms_of
from customers.domain.sites import Within
from customers.handlers.changing import loaded, tell
from customers.handlers.formats import FORMATS
from customers.handlers.unit_of_work import UnitOfWork


async def erase_customer(  # noqa: PLR0913 - what is answered from now on comes from the door
    customer_id: CustomerId,
    at: datetime,
    gone: str,
    within: Within,
    uow: UnitOfWork,
    *,
    seen: int | None = None,
) -> Customer:
    """Remove all that is personal of a customer; doing it again changes nothing.

    Id, set and number stay, so that orders can still be read. E-mail and external reference become
    free for others.

    Args:
        customer_id: Whom.
        at: Now, UTC.
        gone: The JSON document that a repeated request about them is answered with from now on.
        within: The caller's sites.
        uow: The transaction.
        seen: The version that the caller has seen; none: whatever it is.

    Raises:
        UnknownCustomer: There is none, or none within the caller's sites.
        StaleVersion: The version ``seen`` is not the current one.
    """
    there = await uow.customers.get(customer_id, within)
    if there is None:
        raise UnknownCustomer
    if there.erased_at is not None:
        return there
    customer = await loaded(customer_id, within, uow, seen)
    customer.erase(at)
    customer.version += 1
    await uow.customers.forget(customer, terms_of(customer, FORMATS), gone)
    tell(customer, uow)
    event = CustomerErased(
        customer_id=customer.customer_id,
        version=customer.version,
        customer_set_id=customer.customer_set_id,
        number=customer.number,
    )
    uow.outbox.publish(event, sequence=customer.version, customer_id=customer.customer_id)
    return customer
