"""What staff note about a customer, and whose orders are whose."""

from datetime import datetime

from contracts.orders.events import OrderSubmitted
from contracts.values import CustomerId, new_id

from customers.domain.errors import UnknownCustomer
from customers.domain.findings import Findings
from customers.domain.notes import Note, OrderOf, check_note
from customers.domain.sites import Within
from customers.handlers.changing import author, settle
from customers.handlers.unit_of_work import UnitOfWork


async def add_note(
    customer_id: CustomerId, text: str, at: datetime, within: Within, uow: UnitOfWork
) -> Note:
    """Keep a note about a customer; the customer's version stays (CU-11).

    Raises:
        UnknownCustomer: There is none, or none within the caller's sites.
        CustomerIsErased: Nothing about them is kept any more.
        Invalid: The text breaks a rule.
    """
    customer = await uow.customers.get(customer_id, within)
    if customer is None:
        raise UnknownCustomer
    customer.check_lives()
    findings = Findings()
    kept = check_note(text, findings)
    settle(findings)
    note = Note(new_id(), customer_id, author(uow), kept, at)
    await uow.notes.add(note)
    return note


async def follow_order(event: OrderSubmitted, uow: UnitOfWork) -> None:
    """Keep whose order it is, so that its number finds its customer (SE-2)."""
    await uow.customers.note_order(
        OrderOf(
            order_id=event.order_id,
            order_number=event.order_number,
            site_id=event.site_id,
            customer_set_id=event.customer_set_id,
            customer_id=event.customer_id,
        )
    )
