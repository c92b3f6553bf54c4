"""An order as a storefront's checkout shows it to the customer: nothing that is staff's (GI-3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self

from contracts.values import CustomerId, Money, OrderId, Sku

from orders.domain.order import Order, State
from orders.domain.parts import Address, Refused
from orders.domain.pricing import Unavailable
from orders.domain.shipping import Offer, offers
from orders.domain.totals import Totals
from orders.queries.line_views import LineView, LocationView
from orders.queries.viewing import View
from orders.queries.views import ActionView, Missing, OrderView


class StorefrontLine(View):
    """A line; ``net`` is after discounts and adjustments."""

    id: int
    sku: Sku
    product: str | None
    name: str
    options: Mapping[str, str]
    units: int
    fulfilment: str
    location: LocationView | None
    unit_price: Money
    net: Money
    tax: Money
    text: str | None
    gift_message: str | None
    unavailable: Unavailable | None

    @classmethod
    def of(cls, line: LineView) -> Self:
        """Show a line."""
        return cls(**{name: getattr(line, name) for name in cls.model_fields})


class StorefrontOrderView(View):
    """An order as its customer may see it.

    Attributes:
        version: Grows with every change; also the ETag.
        shipping_methods: Those that the order can have now.
        shipping_method: Code of the one that is chosen.
        coupons: Codes.
        missing: What stands in the way of submitting it.
        refusals: Why the last submission came back.
        actions: While the order is being submitted: to lead the customer to their bank's page.
        expires_at: When the link ends, UTC.
    """

    id: OrderId
    number: str
    site: str
    state: State
    version: int
    customer_id: CustomerId | None
    lines: Sequence[StorefrontLine]
    billing_address: Address | None
    shipping_address: Address | None
    shipping_methods: Sequence[Offer]
    shipping_method: str | None
    gift_message: str | None
    customer_note: str | None
    coupons: Sequence[str]
    totals: Totals
    missing: Sequence[Missing]
    refusals: Sequence[Refused]
    actions: Sequence[ActionView]
    expires_at: datetime

    @classmethod
    def of(cls, order: Order, expires_at: datetime, actions: Sequence[ActionView] = ()) -> Self:
        """Show an order; the caller has checked the link."""
        whole, content = OrderView.of(order), order.content
        return cls(
            id=whole.id,
            number=whole.number,
            site=whole.site,
            state=whole.state,
            version=whole.version,
            customer_id=whole.customer.id if whole.customer else None,
            lines=[StorefrontLine.of(line) for line in whole.lines],
            billing_address=whole.billing_address,
            shipping_address=whole.shipping_address,
            shipping_methods=offers(content, order.site, order.terms),
            shipping_method=whole.shipping.code if whole.shipping else None,
            gift_message=whole.gift_message,
            customer_note=whole.customer_note,
            coupons=[coupon.code for coupon in whole.coupons],
            totals=whole.totals,
            missing=whole.missing,
            refusals=whole.refusals,
            actions=actions,
            expires_at=expires_at,
        )
