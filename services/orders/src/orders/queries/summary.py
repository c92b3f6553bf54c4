"""An order in short, as staff read it to the customer before they finish (TO-2)."""

from collections.abc import Mapping, Sequence
from typing import Self

from contracts.values import Money

from orders.domain.cancelling import Cancellation
from orders.domain.order import Order, State
from orders.domain.parts import Address
from orders.domain.reasons import Reason
from orders.domain.totals import Totals
from orders.queries.line_views import LineView
from orders.queries.viewing import View
from orders.queries.views import Missing, OrderView, PaymentView, WarningView


class SummaryLine(View):
    """A line in short; ``net`` is after discounts and adjustments."""

    units: int
    name: str
    options: Mapping[str, str]
    text: str | None
    gift_message: str | None
    fulfilment: str
    location: str | None
    net: Money

    @classmethod
    def of(cls, line: LineView) -> Self:
        """Show a line."""
        return cls(
            units=line.units,
            name=line.name,
            options=line.options,
            text=line.text,
            gift_message=line.gift_message,
            fulfilment=line.fulfilment,
            location=line.location.code if line.location else None,
            net=line.net,
        )


class SummaryView(View):
    """An order in short.

    Attributes:
        units: Of all lines.
        shipping: The method in words.
        revisions: How often it was revised since it was submitted.
        cancellation: Of a submitted order: what its cancel has brought back (PA-9).
        ready: Nothing stands in the way of submitting the draft; ``missing`` says what does.
    """

    number: str
    site: str
    state: State
    customer: str | None
    units: int
    lines: Sequence[SummaryLine]
    billing_address: Address | None
    shipping_address: Address | None
    shipping: str | None
    gift_message: str | None
    customer_note: str | None
    coupons: Sequence[str]
    payments: Sequence[PaymentView]
    totals: Totals
    ready: bool
    missing: Sequence[Missing]
    warnings: Sequence[WarningView]
    revisions: int
    cancel_reason: Reason | None
    cancellation: Cancellation | None

    @classmethod
    def of(cls, order: Order) -> Self:
        """Show an order; the caller has checked that it is within the scope."""
        whole = OrderView.of(order)
        return cls(
            number=whole.number,
            site=order.site.name,
            state=whole.state,
            customer=whole.customer.name if whole.customer else None,
            units=sum(line.units for line in whole.lines),
            lines=[SummaryLine.of(line) for line in whole.lines],
            billing_address=whole.billing_address,
            shipping_address=whole.shipping_address if order.content.is_sent else None,
            shipping=whole.shipping.method if whole.shipping and order.content.ships else None,
            gift_message=whole.gift_message,
            customer_note=whole.customer_note,
            coupons=[coupon.code for coupon in whole.coupons],
            payments=whole.payments,
            totals=whole.totals,
            ready=order.state is State.DRAFT and not whole.missing,
            missing=whole.missing,
            warnings=whole.warnings,
            revisions=whole.revisions,
            cancel_reason=whole.cancel_reason,
            cancellation=whole.cancellation,
        )
