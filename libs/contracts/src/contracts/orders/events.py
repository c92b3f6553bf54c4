"""What the orders service tells everyone.

Every event carries a gapless ``sequence`` per order in its envelope, and the staff and customer.
"""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from typing_extensions import override

from contracts.customers.replies import Address
from contracts.message import Event
from contracts.orders.commands import OrderRefusal
from contracts.values import (
    CustomerId,
    CustomerSetId,
    LocationId,
    Money,
    OrderId,
    SiteId,
    Sku,
    SubmissionId,
)


class OrderEvent(Event):
    """What every event about an order says.

    Attributes:
        order_number: Readable number, unique per site; given when the draft is started.
    """

    order_id: OrderId
    site_id: SiteId
    order_number: str

    @property
    @override
    def subject(self) -> UUID:
        return self.order_id


class OrderedLine(BaseModel):
    """A line of a submitted order.

    Attributes:
        unit_price: What the customer pays for one unit, before discounts and adjustments.
        fulfilment: ``ship``, ``pickup`` or ``delivery``.
        product: Code of the product that the SKU is a variant of, where it is another.
        options: What was chosen, by the option's name; none for a product without options.
        text: What the customer wants on the product.
        gift_message: Goes with the line.
        net: What the line comes to after discounts and adjustments, in minor units; none: unit
            price times units.
        tax: On ``net``; in it where the site's prices include tax. None: no tax.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    sku: Sku
    units: int
    unit_price: int
    fulfilment: str = "ship"
    location_id: LocationId | None = None
    product: str | None = None
    options: dict[str, str] | None = None
    text: str | None = None
    gift_message: str | None = None
    net: int | None = None
    tax: int | None = None


class OrderStarted(OrderEvent):
    """Staff have begun a draft."""

    type: ClassVar = "orders.order-started.v1"


class OrderSubmissionStarted(OrderEvent):
    """The draft was handed in; it cannot be edited while the submission runs."""

    type: ClassVar = "orders.order-submission-started.v1"

    submission_id: SubmissionId


class OrderSubmitted(OrderEvent):
    """The order is fixed: its stock is held and its payments stand. Published once per order.

    Attributes:
        lines: In the order's own order; holds at least one. Prices are minor units of ``total``'s
            currency.
        goods: All lines before discounts and adjustments.
        total: Everything the customer pays: ``goods - discounts + adjustments + shipping +
            handling + duty``, and ``tax`` unless ``tax_included``; a part that is none is nothing.
        adjustments: What staff put on the goods; negative when they took off.
        coupons: Codes of the coupons that were used up.
        gift_message: Marks the order as a gift.
        shipping_method: Code of the site's shipping method, where one was chosen.
        submitted_at: UTC.
    """

    type: ClassVar = "orders.order-submitted.v1"

    submission_id: SubmissionId
    customer_set_id: CustomerSetId
    customer_id: CustomerId
    external_reference: str | None = None
    lines: tuple[OrderedLine, ...]
    goods: Money
    shipping: Money
    total: Money
    shipping_address: Address | None = None
    submitted_at: datetime
    discounts: Money | None = None
    adjustments: Money | None = None
    handling: Money | None = None
    tax: Money | None = None
    tax_included: bool | None = None
    duty: Money | None = None
    coupons: tuple[str, ...] | None = None
    gift_message: str | None = None
    customer_note: str | None = None
    shipping_method: str | None = None


class OrderReturned(OrderEvent):
    """A submission was refused or timed out; the order is an editable draft again."""

    type: ClassVar = "orders.order-returned.v1"

    submission_id: SubmissionId
    refusals: tuple[OrderRefusal, ...]


class OrderCancelled(OrderEvent):
    """The order was cancelled, for good: as a draft, in its submission, or after that.

    Attributes:
        submission_id: The submission that had fixed it: its stock goes back, its payments are
            voided or refunded, each told by its own service. None: it never was submitted, and
            nothing is held for it.
        reason: Code of why, such as ``changed-mind``, where staff said so.
    """

    type: ClassVar = "orders.order-cancelled.v1"

    submission_id: SubmissionId | None = None
    reason: str | None = None


class ReturnedLine(BaseModel):
    """A line of a cart that comes back.

    Attributes:
        unit_price: What the customer pays for one unit, before discounts; minor units of the
            site's currency.
        text: What the customer wants on the product.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    sku: Sku
    units: int
    unit_price: int
    text: str | None = None


class CartReturned(OrderEvent):
    """Staff have edited a customer's cart, and it is the customer's again (SN-3).

    Attributes:
        reference: The storefront's own name for the cart.
        lines: The whole cart as it is now.
    """

    type: ClassVar = "orders.cart-returned.v1"

    cart_id: UUID
    reference: str
    customer_id: CustomerId
    lines: tuple[ReturnedLine, ...]


class OrderRevised(OrderEvent):
    """A submitted order was changed: what is added is held, what is taken away goes back.

    Attributes:
        total_before: What the customer paid in all before; the other sums and the lines are those
            from now on, as ``OrderSubmitted`` tells them.
        revised_at: UTC.
        reason: Code of why, such as ``changed-mind``, where staff said so.
        coupons: Codes of those that take something off the order, or make its shipping free, from
            now on; one that has ended is left out.
    """

    type: ClassVar = "orders.order-revised.v1"

    revision_id: UUID
    customer_id: CustomerId
    lines: tuple[OrderedLine, ...]
    goods: Money
    shipping: Money
    total: Money
    total_before: Money
    shipping_address: Address | None = None
    revised_at: datetime
    discounts: Money | None = None
    adjustments: Money | None = None
    handling: Money | None = None
    tax: Money | None = None
    tax_included: bool | None = None
    duty: Money | None = None
    shipping_method: str | None = None
    reason: str | None = None
    coupons: tuple[str, ...] | None = None
