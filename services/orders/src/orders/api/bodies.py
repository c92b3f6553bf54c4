"""What requests hold, and what it means to the use cases."""

from typing import Annotated

from chassis.http import Body
from contracts.values import CustomerId
from pydantic import Field, StrictBool

from orders.api.fields import (
    AddressBody,
    Amount,
    LineUnits,
    LocationCode,
    MethodCode,
    Note,
    SiteCode,
    SkuText,
    Terms,
    Text200,
    Token,
)
from orders.domain.content import MAX_LINES, MAX_PAYMENTS, Shipping
from orders.domain.lines import Fulfilment
from orders.domain.payments import CARD, PaymentTerms
from orders.handlers.edits import AddressChange, LineChange, NoteChange, Route
from orders.handlers.wishes import LineWish, PriceWish


class PriceBody(Body):
    """A unit price of staff's own, and why."""

    unit: Amount
    reason: Text200

    @property
    def wish(self) -> PriceWish:
        """Give the price as the use cases know it."""
        return PriceWish(self.unit.money, self.reason)


class LineBody(Body):
    """A line; ``location`` is for pickup and delivery (FU-1)."""

    sku: SkuText
    units: LineUnits
    fulfilment: Fulfilment = Fulfilment.SHIP
    location: LocationCode | None = None
    price: PriceBody | None = None

    @property
    def wish(self) -> LineWish:
        """Give the line as the use cases know it."""
        price = self.price.wish if self.price else None
        return LineWish(self.sku, self.units, self.fulfilment, self.location, price)


class LinePatch(Body):
    """What is to be different about a line; ``price: null`` goes back to the catalog's price."""

    units: LineUnits | None = None
    fulfilment: Fulfilment | None = None
    location: LocationCode | None = None
    price: PriceBody | None = None

    @property
    def change(self) -> LineChange:
        """Give the change as the use cases know it."""
        given = self.model_fields_set
        rerouted = bool(given & {"fulfilment", "location"})
        return LineChange(
            units=self.units,
            route=Route(self.fulfilment, self.location) if rerouted else None,
            price=self.price.wish if self.price else None,
            reprice="price" in given,
        )


class ShippingBody(Body):
    """How the order is shipped, in words, and what that costs."""

    method: Text200 | None = None
    cost: Amount

    @property
    def shipping(self) -> Shipping:
        """Give the shipping as the domain knows it."""
        return Shipping(self.cost.money, self.method)


class PaymentBody(Body):
    """A payment; without an amount it covers what the others leave to pay."""

    method: MethodCode
    amount: Amount | None = None
    token: Token | None = None
    terms: Terms | None = None

    @property
    def keyed(self) -> bool:
        """Tell whether staff key a card for the customer (PA-4)."""
        return self.method == CARD

    @property
    def payment(self) -> PaymentTerms:
        """Give the payment as the domain knows it."""
        amount = self.amount.money if self.amount else None
        return PaymentTerms(self.method, amount, self.token, self.terms)


class CustomerBody(Body):
    """Who the order is for."""

    customer_id: CustomerId


class AddressesBody(Body):
    """The addresses that are set; one that is left out stays, null takes it away."""

    billing: AddressBody | None = None
    shipping: AddressBody | None = None

    @property
    def change(self) -> AddressChange:
        """Give the change as the use cases know it."""
        return AddressChange(
            billing=self.billing.address if self.billing else None,
            shipping=self.shipping.address if self.shipping else None,
            sets_billing="billing" in self.model_fields_set,
            sets_shipping="shipping" in self.model_fields_set,
        )


class NotesBody(Body):
    """The notes that are set; one that is left out stays, null takes it away."""

    customer_note: Note | None = None
    staff_note: Note | None = None

    @property
    def change(self) -> NoteChange:
        """Give the change as the use cases know it."""
        return NoteChange(
            customer=self.customer_note,
            staff=self.staff_note,
            sets_customer="customer_note" in self.model_fields_set,
            sets_staff="staff_note" in self.model_fields_set,
        )


class OrderBody(Body):
    """An order to be begun, with as much of it as is known; ``submit`` hands it in at once."""

    site: SiteCode
    customer_id: CustomerId | None = None
    lines: Annotated[tuple[LineBody, ...], Field(max_length=MAX_LINES)] = ()
    billing_address: AddressBody | None = None
    shipping_address: AddressBody | None = None
    shipping: ShippingBody | None = None
    payments: Annotated[tuple[PaymentBody, ...], Field(max_length=MAX_PAYMENTS)] = ()
    external_reference: Text200 | None = None
    customer_note: Note | None = None
    staff_note: Note | None = None
    submit: StrictBool = False
