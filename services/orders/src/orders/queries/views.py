"""An order as staff see it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from contracts.values import CustomerId, LocationId, Money, OrderId, Sku
from pydantic import BaseModel, ConfigDict

from orders.domain.content import Address, Refused, Shipping, Totals
from orders.domain.lines import Fulfilment, Line, ManualPrice
from orders.domain.order import Customer, Order, State
from orders.domain.payments import Payment, shares


class View(BaseModel):
    """Base of what is shown."""

    model_config: ClassVar = ConfigDict(frozen=True)


class CustomerView(View):
    """Who the order is for."""

    id: CustomerId
    name: str

    @classmethod
    def of(cls, customer: Customer | None) -> Self | None:
        """Show a customer."""
        return None if customer is None else cls(id=customer.customer_id, name=customer.name)


class LocationView(View):
    """Where a line is picked up or delivered from."""

    id: LocationId
    code: str


class LineView(View):
    """A line.

    Attributes:
        list_price: The catalog's price of one unit when the line was added.
        unit_price: What the customer pays for one unit.
        manual_price: Set by staff instead of the catalog's.
        amount: What the line costs.
    """

    id: int
    sku: Sku
    name: str
    units: int
    fulfilment: Fulfilment
    location: LocationView | None
    list_price: Money
    unit_price: Money
    manual_price: ManualPrice | None
    amount: Money


class PaymentView(View):
    """An intended payment; the gateway's token is never shown.

    Attributes:
        amount: As asked, or what the other payments leave to pay.
        covers_rest: It covers whatever the other payments leave.
    """

    payment_no: int
    method: str
    amount: Money
    covers_rest: bool
    terms: Mapping[str, str] | None


class WarningView(View):
    """Something staff should know before they submit; it does not stop them (SU-2)."""

    code: str
    detail: str


class OrderView(View):
    """An order. Amounts are in minor units of the site's currency.

    Attributes:
        version: Grows with every change; also the ETag.
        refusals: Why the last submission came back.
        submission_id: The submission that is running, or the last one.
    """

    id: OrderId
    number: str
    site: str
    state: State
    version: int
    customer: CustomerView | None
    lines: Sequence[LineView]
    billing_address: Address | None
    shipping_address: Address | None
    shipping: Shipping | None
    payments: Sequence[PaymentView]
    totals: Totals
    refusals: Sequence[Refused]
    warnings: Sequence[WarningView]
    external_reference: str | None
    customer_note: str | None
    staff_note: str | None
    submission_id: UUID | None
    submitted_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, order: Order) -> Self:
        """Show an order; the caller has checked that it is within the scope."""
        content = order.content
        totals = content.totals()
        amounts = shares(content.payments, totals.total)
        return cls(
            id=order.order_id,
            number=order.number,
            site=order.site.code,
            state=order.state,
            version=order.version,
            customer=CustomerView.of(order.customer),
            lines=[_line(line) for line in content.lines],
            billing_address=content.billing_address,
            shipping_address=content.shipping_address,
            shipping=content.shipping,
            payments=[_payment(*pair) for pair in zip(content.payments, amounts, strict=True)],
            totals=totals,
            refusals=content.refusals,
            warnings=_warnings(order, totals),
            external_reference=order.external_reference,
            customer_note=content.customer_note,
            staff_note=content.staff_note,
            submission_id=order.submission_id,
            submitted_at=order.submitted_at,
            created_at=order.created_at,
            updated_at=order.updated_at,
        )


def _line(line: Line) -> LineView:
    terms = line.terms
    place = terms.place
    return LineView(
        id=line.line_id,
        sku=terms.sku,
        name=terms.name,
        units=terms.units,
        fulfilment=terms.fulfilment,
        location=LocationView(id=place.location_id, code=place.code) if place else None,
        list_price=terms.list_price,
        unit_price=terms.unit_price,
        manual_price=terms.manual,
        amount=line.amount,
    )


def _payment(payment: Payment, amount: Money) -> PaymentView:
    return PaymentView(
        payment_no=payment.payment_no,
        method=payment.terms.method,
        amount=amount,
        covers_rest=payment.terms.amount is None,
        terms=payment.terms.terms,
    )


def _warnings(order: Order, totals: Totals) -> list[WarningView]:
    if not order.content.lines or totals.balance.minor <= 0:
        return []
    if not order.content.payments:
        return [WarningView(code="PAYMENT_MISSING", detail="the order has no payment yet")]
    detail = f"the payments leave {totals.balance.minor} to pay"
    return [WarningView(code="BALANCE_DUE", detail=detail)]
