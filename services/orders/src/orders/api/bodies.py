"""What requests hold, and what it means to the use cases."""

from typing import Self

from chassis.http import Body
from contracts.gift_cards import code_digest
from contracts.values import CustomerId
from pydantic import StrictBool, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import override

from orders.api.fields import (
    AddressBody,
    Amount,
    BasisPoints,
    GiftMessage,
    LineUnits,
    ListCode,
    LocationCode,
    MethodCode,
    Note,
    SkuText,
    Terms,
    Text200,
    Token,
)
from orders.domain.lines import Fulfilment
from orders.domain.parts import Address, Shipping
from orders.domain.payments import CARD, GIFT_CARD, PaymentTerms
from orders.handlers.edits import AddressChange, LineChange, NoteChange, Route
from orders.handlers.wishes import AdjustmentWish, LineWish, PriceWish


class PriceBody(Body):
    """A unit price of staff's own, and why."""

    unit: Amount
    reason: Text200

    @property
    def wish(self) -> PriceWish:
        """Give the price as the use cases know it."""
        return PriceWish(self.unit.money, self.reason)


class AdjustmentBody(Body):
    """What is taken off or put on: either an amount or basis points, and why (CP-6)."""

    reason: Text200
    amount: Amount | None = None
    basis_points: BasisPoints | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.amount is None) == (self.basis_points is None):
            message = "give either an amount or basis points"
            raise PydanticCustomError("amount_or_percent", message)
        return self

    @property
    def wish(self) -> AdjustmentWish:
        """Give the adjustment as the use cases know it."""
        amount = self.amount.money if self.amount else None
        return AdjustmentWish(self.reason, amount, self.basis_points)


class LineBody(Body):
    """A line; ``location`` is for pickup and delivery (FU-1).

    A product with options is named by the SKU of its variant (CP-2). ``text`` is what the customer
    wants on it (CP-3), ``gift_message`` goes with the line (GI-2).
    """

    sku: SkuText
    units: LineUnits
    fulfilment: Fulfilment = Fulfilment.SHIP
    location: LocationCode | None = None
    price: PriceBody | None = None
    text: Note | None = None
    gift_message: GiftMessage | None = None
    adjustment: AdjustmentBody | None = None

    @property
    def adjusts(self) -> bool:
        """Tell whether staff set a price of their own."""
        return self.price is not None or self.adjustment is not None

    @property
    def wish(self) -> LineWish:
        """Give the line as the use cases know it."""
        return LineWish(
            sku=self.sku,
            units=self.units,
            fulfilment=self.fulfilment,
            location=self.location,
            price=self.price.wish if self.price else None,
            text=self.text,
            gift_message=self.gift_message,
            adjustment=self.adjustment.wish if self.adjustment else None,
        )


class LinePatch(Body):
    """What is to be different about a line; what is left out stays, null takes it away.

    ``price: null`` goes back to the catalog's price.
    """

    units: LineUnits | None = None
    fulfilment: Fulfilment | None = None
    location: LocationCode | None = None
    price: PriceBody | None = None
    text: Note | None = None
    gift_message: GiftMessage | None = None
    adjustment: AdjustmentBody | None = None

    @property
    def adjusts(self) -> bool:
        """Tell whether staff set a price of their own, or take theirs back."""
        return bool(self.model_fields_set & {"price", "adjustment"})

    @property
    def change(self) -> LineChange:
        """Give the change as the use cases know it."""
        given = self.model_fields_set
        rerouted = bool(given & {"fulfilment", "location"})
        return LineChange(
            units=self.units,
            route=Route(self.fulfilment, self.location) if rerouted else None,
            price=self.price.wish if self.price else None,
            text=self.text,
            gift_message=self.gift_message,
            adjustment=self.adjustment.wish if self.adjustment else None,
            sets=frozenset(given),
        )


class ShippingBody(Body):
    """How the order is shipped: by a method of the site's, or in words at a cost of staff's own.

    Without ``cost``, ``method`` is the code of one of the site's methods, which sets the price.
    """

    method: Text200 | None = None
    cost: Amount | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.cost is None and self.method is None:
            message = "give a shipping method, or what shipping costs"
            raise PydanticCustomError("method_or_cost", message)
        return self

    @property
    def typed(self) -> Shipping | None:
        """Give the shipping at staff's own cost; none when a method is named."""
        return Shipping(self.cost.money, self.method) if self.cost else None

    @property
    def code(self) -> str | None:
        """Give the site's method that is named; none when a cost is given."""
        return None if self.cost else self.method


class PaymentBody(Body):
    """A payment; without an amount it covers what the others leave to pay.

    ``token`` is that of a card's gateway, or the code of a gift card.
    """

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
        """Give the payment as the domain knows it: without a gift card's code."""
        amount = self.amount.money if self.amount else None
        if self.method == GIFT_CARD and self.token:
            digest = code_digest(self.token)
            return PaymentTerms(self.method, amount, terms=self.terms, code_digest=digest)
        return PaymentTerms(self.method, amount, self.token, self.terms)


class CustomerBody(Body):
    """Who the order is for."""

    customer_id: CustomerId


class OrderAddressBody(AddressBody):
    """A postal address for this order; ``keep``: also in the customer's address book (FU-5)."""

    keep: StrictBool = False

    @property
    @override
    def address(self) -> Address:
        return Address(**self.model_dump(exclude={"keep"}))


class AddressesBody(Body):
    """The addresses that are set; one that is left out stays, null takes it away."""

    billing: OrderAddressBody | None = None
    shipping: OrderAddressBody | None = None

    @property
    def kept(self) -> dict[str, Address]:
        """Give those that the customer's address book is to keep, by their pointers."""
        given = {"/billing": self.billing, "/shipping": self.shipping}
        return {at: body.address for at, body in given.items() if body is not None and body.keep}

    @property
    def change(self) -> AddressChange:
        """Give the change as the use cases know it."""
        return AddressChange(
            billing=self.billing.address if self.billing else None,
            shipping=self.shipping.address if self.shipping else None,
            sets_billing="billing" in self.model_fields_set,
            sets_shipping="shipping" in self.model_fields_set,
        )


class OfferBody(Body):
    """Whether shipping costs nothing, whatever the method (FU-4)."""

    offered: StrictBool


class PriceListBody(Body):
    """The price list to price the order by; null: none (CP-4)."""

    price_list: ListCode | None


class SubmissionBody(Body):
    """How the draft is handed in.

    ``accept_prices``: take today's prices, whatever they are (CP-9). ``backorder_rest``: take what
    is short as a backorder, on a site that asks staff (SU-7).
    """

    accept_prices: StrictBool = False
    backorder_rest: StrictBool = False


class GiftBody(Body):
    """The message that makes the order a gift; null: none (GI-1)."""

    message: GiftMessage | None


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
