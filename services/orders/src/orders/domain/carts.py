"""A cart that a customer left at a storefront (HI-1)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.values import CustomerId, Money, OrderId, SiteId, Sku, StaffId


@dataclass(frozen=True, slots=True)
class CartLine:
    """What lies in it.

    Attributes:
        unit_price: What the customer saw; none is not known.
        text: What they wanted on the product.
    """

    sku: Sku
    units: int
    unit_price: Money | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Who edits a cart in the customer's place, and on which draft (SN-3).

    Attributes:
        at: UTC.
    """

    staff_id: StaffId
    order_id: OrderId
    at: datetime


@dataclass(frozen=True, slots=True)
class Cart:
    """A cart.

    Attributes:
        reference: The storefront's own name for it, one of its kind on the site.
        abandoned_at: UTC.
        taken_over: While staff have it the storefront leaves it alone.
    """

    cart_id: UUID
    site_id: SiteId
    reference: str
    customer_id: CustomerId
    lines: tuple[CartLine, ...]
    abandoned_at: datetime
    taken_over: TakenOver | None = None
