"""What a request to begin an order holds."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Self
from uuid import UUID

from chassis.http import Body
from contracts.values import CustomerId, OrderId, StaffId
from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import override

from orders.api.bodies import (
    AdjustmentBody,
    LineBody,
    OrderAddressBody,
    PaymentBody,
    ShippingBody,
)
from orders.api.dependencies import ADJUST_PRICE, KEY_PAYMENT
from orders.api.fields import (
    CouponCode,
    GiftMessage,
    ListCode,
    Note,
    SiteCode,
    Text200,
)
from orders.domain.content import MAX_COUPONS, MAX_LINES, MAX_PAYMENTS
from orders.domain.errors import Fault, NotAcceptable
from orders.domain.parts import Address
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


class OrderFields(Body):
    """An order to be begun, with as much of it as is known; ``submit`` hands it in at once."""

    site: SiteCode
    customer_id: CustomerId | None = None
    lines: Annotated[tuple[LineBody, ...], Field(max_length=MAX_LINES)] = ()
    billing_address: OrderAddressBody | None = None
    shipping_address: OrderAddressBody | None = None
    shipping: ShippingBody | None = None
    payments: Annotated[tuple[PaymentBody, ...], Field(max_length=MAX_PAYMENTS)] = ()
    price_list: ListCode | None = None
    coupons: Annotated[tuple[CouponCode, ...], Field(max_length=MAX_COUPONS)] = ()
    adjustment: AdjustmentBody | None = None
    gift_message: GiftMessage | None = None
    customer_note: Note | None = None
    staff_note: Note | None = None
    submit: StrictBool = False

    @property
    def permissions(self) -> Iterator[str]:
        """Name what such an order needs beside the right to write orders."""
        if self.adjustment is not None or any(line.adjusts for line in self.lines):
            yield ADJUST_PRICE
        if any(payment.keyed for payment in self.payments):
            yield KEY_PAYMENT

    @property
    def kept(self) -> dict[str, Address]:
        """Give the addresses that the customer's book is to keep, by their pointers (FU-5)."""
        given = {
            "/billing_address": self.billing_address,
            "/shipping_address": self.shipping_address,
        }
        return {at: body.address for at, body in given.items() if body is not None and body.keep}

    @property
    def names_customer(self) -> bool:
        """Tell whether it says who the order is for."""
        return self.customer_id is not None

    def check_complete(self) -> None:
        """Refuse what cannot be handed in before anybody is asked anything (SU-4).

        Raises:
            NotAcceptable: Customer or lines are missing.
        """
        missing: list[Fault] = []
        if not self.names_customer:
            missing.append(Fault("/customer_id", "CUSTOMER_MISSING", "the order has no customer"))
        if not self.lines:
            missing.append(Fault("/lines", "NO_LINES", "the order has no line"))
        if missing:
            raise NotAcceptable(missing)

    def new(
        self,
        number: str,
        place: tuple[Site, SiteTerms],
        staff_id: StaffId,
        basis: Basis | None = None,
    ) -> NewOrder:
        """Give the order as the use cases know it, but for what names it."""
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
            customer_note=self.customer_note,
            staff_note=self.staff_note,
        )


class OrderBody(OrderFields):
    """An order to be begun; ``based_on`` is what it is begun from."""

    external_reference: Text200 | None = None
    based_on: BasisBody | None = None

    @override
    def new(
        self,
        number: str,
        place: tuple[Site, SiteTerms],
        staff_id: StaffId,
        basis: Basis | None = None,
    ) -> NewOrder:
        new = super().new(number, place, staff_id, basis)
        return replace(new, external_reference=self.external_reference)


class ImportedOrder(OrderFields):
    """An order as another system knows it: its external reference tells which it is.

    Attributes:
        customer_reference: The customer's external reference, in the place of ``customer_id``.
    """

    external_reference: Text200
    customer_reference: Text200 | None = None

    @model_validator(mode="after")
    def _names_the_customer_once(self) -> Self:
        if self.customer_id is not None and self.customer_reference is not None:
            message = "name the customer by id or by reference, not by both"
            raise PydanticCustomError("id_or_reference", message)
        return self

    @property
    @override
    def names_customer(self) -> bool:
        return self.customer_id is not None or self.customer_reference is not None

    @override
    def new(
        self,
        number: str,
        place: tuple[Site, SiteTerms],
        staff_id: StaffId,
        basis: Basis | None = None,
    ) -> NewOrder:
        return replace(
            super().new(number, place, staff_id, basis),
            external_reference=self.external_reference,
            customer_reference=self.customer_reference,
        )
