"""How an order's events are told: numbered without a gap, with staff and customer (EV-1)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from contracts.customers.replies import Address as ToldAddress
from contracts.orders.events import (
    OrderCancelled,
    OrderedLine,
    OrderEvent,
    OrderRevised,
    OrderSubmitted,
)
from contracts.values import Money, SubmissionId

from orders.domain.lines import Line
from orders.domain.order import Order
from orders.domain.parts import Address
from orders.domain.reasons import Reason
from orders.domain.taxes import Levy
from orders.domain.totals import LineSum
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
    """Write the event that the order is submitted; what is nothing is left out."""
    content = order.content
    return OrderSubmitted(
        **about(order),
        **_standing(order),
        submission_id=_known(order.submission_id),
        customer_set_id=order.site.customer_set_id,
        external_reference=order.external_reference,
        submitted_at=_known(order.submitted_at),
        coupons=tuple(coupon.code for coupon in content.coupons) or None,
        gift_message=content.gift_message,
        customer_note=content.customer_note,
    )


def cancelled(order: Order, submission_id: SubmissionId | None = None) -> OrderCancelled:
    """Write the event that the order was cancelled; staff's own words of the reason stay here."""
    reason = order.content.cancel_reason
    return OrderCancelled(
        **about(order), submission_id=submission_id, reason=reason.code if reason else None
    )


def revised(
    order: Order, revision_id: UUID, total_before: Money, reason: Reason | None
) -> OrderRevised:
    """Write the event that the order was revised; what is nothing is left out."""
    return OrderRevised(
        **about(order),
        **_standing(order),
        revision_id=revision_id,
        total_before=total_before,
        reason=reason.code if reason else None,
        revised_at=datetime.now(UTC),
        coupons=tuple(one.code for one in order.content.coupons if one.refusal is None) or None,
    )


def _standing(order: Order) -> dict[str, Any]:
    """Give what is told of an order that stands: who, what, where to and how much."""
    content, sums = order.content, order.content.sums()
    totals = content.totals(sums)
    return {
        "customer_id": _known(order.customer).customer_id,
        "lines": tuple(_line(*pair) for pair in zip(content.lines, sums.lines, strict=True)),
        "goods": totals.goods,
        "discounts": _some(totals.discounts),
        "adjustments": _some(totals.adjustments),
        "shipping": totals.shipping,
        "handling": _some(totals.handling),
        "tax": _some(totals.tax),
        "tax_included": totals.tax_included if totals.tax.minor else None,
        "duty": _some(totals.duty),
        "total": totals.total,
        "shipping_address": told_address(content.shipping_address),
        "shipping_method": content.shipping.code if content.shipping else None,
    }


def _line(line: Line, comes_to: LineSum) -> OrderedLine:
    terms = line.terms
    tax = sum(one.amount for one in comes_to.levied if one.rate.levy is Levy.TAX)
    return OrderedLine(
        sku=terms.sku,
        units=terms.units,
        unit_price=terms.unit_price.minor,
        fulfilment=terms.fulfilment,
        location_id=terms.place.location_id if terms.place else None,
        product=terms.product,
        options=dict(terms.options) or None,
        text=terms.text,
        gift_message=terms.gift_message,
        net=comes_to.net if comes_to.net != comes_to.goods else None,
        tax=tax or None,
    )


def _some(amount: Money) -> Money | None:
    return amount if amount.minor else None


def told_address(address: Address | None) -> ToldAddress | None:
    """Write an address as messages have it."""
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
