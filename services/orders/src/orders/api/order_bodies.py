"""What a request to begin an order holds."""

from typing import Annotated, Self
from uuid import UUID

from chassis.http import Body
from contracts.values import CustomerId, OrderId, StaffId
from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from orders.api.bodies import AdjustmentBody, LineBody, PaymentBody, ShippingBody
from orders.api.fields import (
    AddressBody,
    CouponCode,
    GiftMessage,
    ListCode,
    Note,
    SiteCode,
    Text200,
)
from orders.domain.content import MAX_COUPONS, MAX_LINES, MAX_PAYMENTS
from orders.domain.site import Site
from orders.domain.site_terms import SiteTerms
from orders.handlers.basis import Basis
from orders.handlers.drafts import NewOrder


class BasisBody(Body):
    """What the draft is begun from: a cart that the customer left, or one of their orders."""

    cart_id: UUID | None = None
    order_id: OrderId | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.cart_id is None) == (self.order_id is None):
            raise PydanticCustomError("cart_or_order", "name either a cart or an order")
        return self


class OrderBody(Body):
    """An order to be begun, with as much of it as is known; ``submit`` hands it in at once."""

    site: SiteCode
    customer_id: CustomerId | None = None
    lines: Annotated[tuple[LineBody, ...], Field(max_length=MAX_LINES)] = ()
    billing_address: AddressBody | None = None
    shipping_address: AddressBody | None = None
    shipping: ShippingBody | None = None
    payments: Annotated[tuple[PaymentBody, ...], Field(max_length=MAX_PAYMENTS)] = ()
    price_list: ListCode | None = None
    coupons: Annotated[tuple[CouponCode, ...], Field(max_length=MAX_COUPONS)] = ()
    adjustment: AdjustmentBody | None = None
    gift_message: GiftMessage | None = None
    external_reference: Text200 | None = None
    customer_note: Note | None = None
    staff_note: Note | None = None
    based_on: BasisBody | None = None
    submit: StrictBool = False

    @property
    def adjusts(self) -> bool:
        """Tell whether staff set prices of their own."""
        return self.adjustment is not None or any(line.adjusts for line in self.lines)

    def new(
        self, number: str, place: tuple[Site, SiteTerms], staff_id: StaffId, basis: Basis | None
    ) -> NewOrder:
        """Give the order as the use cases know it."""
        site, terms = place
        return NewOrder(
            basis=basis,
            number=number,
            site=site,
            terms=terms,
            staff_id=staff_id,
            customer_id=self.customer_id or (basis.customer_id if basis else None),
            lines=tuple(line.wish for line in self.lines),
            billing_address=self.billing_address.address if self.billing_address else None,
            shipping_address=self.shipping_address.address if self.shipping_address else None,
            shipping=self.shipping.typed if self.shipping else None,
            shipping_method=self.shipping.code if self.shipping else None,
            payments=tuple(payment.payment for payment in self.payments),
            price_list=self.price_list,
            coupons=self.coupons,
            adjustment=self.adjustment.wish if self.adjustment else None,
            gift_message=self.gift_message,
            external_reference=self.external_reference,
            customer_note=self.customer_note,
            staff_note=self.staff_note,
        )
