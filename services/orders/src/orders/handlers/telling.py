"""How an order's events are told: numbered without a gap, with staff and customer (EV-1)."""

from dataclasses import replace
from typing import Any, TypeVar

from contracts.customers.replies import Address as ToldAddress
from contracts.orders.events import OrderedLine, OrderEvent, OrderSubmitted

from orders.domain.content import Address
from orders.domain.order import Order
from orders.handlers.unit_of_work import UnitOfWork

T = TypeVar("T")


def tell(event: OrderEvent, order: Order, uow: UnitOfWork) -> None:
    """Publish an event; keep the order after it, for its sequence has grown.

    What a timer does is told in the name of who began the submission.
    """
    cause = uow.outbox.cause
    if cause.staff_id is None and order.submitted_by is not None:
        uow.outbox.cause = replace(cause, staff_id=order.submitted_by)
    customer = order.customer.customer_id if order.customer else None
    uow.outbox.publish(event, sequence=order.next_event(), customer_id=customer)
    uow.outbox.cause = cause


def about(order: Order) -> dict[str, Any]:
    """Give what every event about an order says."""
    return {
        "order_id": order.order_id,
        "site_id": order.site.site_id,
        "order_number": order.number,
    }


def submitted(order: Order) -> OrderSubmitted:
    """Write the event that the order is submitted."""
    content, totals = order.content, order.content.totals()
    return OrderSubmitted(
        **about(order),
        submission_id=_known(order.submission_id),
        customer_set_id=order.site.customer_set_id,
        customer_id=_known(order.customer).customer_id,
        external_reference=order.external_reference,
        lines=tuple(
            OrderedLine(
                sku=line.terms.sku,
                units=line.terms.units,
                unit_price=line.terms.unit_price.minor,
                fulfilment=line.terms.fulfilment,
                location_id=line.terms.place.location_id if line.terms.place else None,
            )
            for line in content.lines
        ),
        goods=totals.goods,
        shipping=totals.shipping,
        total=totals.total,
        shipping_address=_told(content.shipping_address),
        submitted_at=_known(order.submitted_at),
    )


def _told(address: Address | None) -> ToldAddress | None:
    if address is None:
        return None
    return ToldAddress(
        name=address.name,
        company=address.company,
        lines=address.lines,
        city=address.city,
        region=address.region,
        postal_code=address.postal_code,
        country=address.country,
        phone=address.phone,
    )


def _known(fact: T | None) -> T:
    if fact is None:
        raise ValueError("a submitted order has customer, submission and time")
    return fact
