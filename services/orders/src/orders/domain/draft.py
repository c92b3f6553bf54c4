"""An order while staff are building it: who may change what."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.values import CustomerId, OrderId

from orders.domain.content import Content
from orders.domain.errors import NotAcceptable, NotADraft
from orders.domain.lease import Lease
from orders.domain.lines import Line, LineTerms
from orders.domain.parts import Address, Buyer, Shipping
from orders.domain.payments import PaymentTerms
from orders.domain.pricing import Quote
from orders.domain.repricing import Fresh, priced
from orders.domain.shipping import settled
from orders.domain.site import Site
from orders.domain.site_terms import NO_TERMS, SiteTerms


class State(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who the order is for; the name is as it was when they were chosen."""

    customer_id: CustomerId
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one change did, for the audit: only what differs, before and after (SC-2).

    Attributes:
        action: What was done, as a fixed word.
    """

    action: str
    before: object = None
    after: object = None


@dataclass(eq=False, kw_only=True)
class Draft:
    """What can be edited of an order.

    Attributes:
        number: Readable, unique per site; given when the draft is started.
        version: Grows with every change.
        event_seq: Number of events published about it.
        terms: What the site has decided, as it is now.
        lease: Who is working on it; not part of the version.
    """

    order_id: OrderId
    number: str
    site: Site
    created_at: datetime
    updated_at: datetime
    content: Content
    terms: SiteTerms = NO_TERMS
    state: State = State.DRAFT
    version: int = 1
    event_seq: int = 0
    customer: Customer | None = None
    external_reference: str | None = None
    lease: Lease | None = None

    def edit(self, content: Content) -> None:
        """Put other content on the draft; shipping and tax are settled anew.

        Raises:
            NotADraft: It cannot be changed any more.
            NotAcceptable: It does not fit 64 bits any more.
        """
        self.must_be_draft("edited")
        self.content = settled(content, self.site, self.terms).added_up("")
        self.version += 1

    def price(self, quote: Quote, fresh: Fresh) -> None:
        """Price the draft as the catalog told; the change that called for it tells of it.

        Raises:
            NotAcceptable: Something fresh cannot be had.
        """
        content = priced(self.content, quote, fresh)
        if quote.rates is not None:
            content = replace(content, told_rates=quote.rates)
        self.content = settled(content, self.site, self.terms).added_up("")

    def know(self, buyer: Buyer) -> None:
        """Take over what was told of the customer once more: level, exemption, address."""
        self.content = settled(replace(self.content, buyer=buyer), self.site, self.terms)

    def as_priced(self, change: Change) -> Change:
        """Give a change with its line as the catalog priced it."""
        if not isinstance(change.after, Line):
            return change
        return replace(change, after=self.content.line(change.after.line_id))

    def must_be_draft(self, asked: str) -> None:
        """See that it can still be changed.

        Raises:
            NotADraft: It cannot.
        """
        if self.state is not State.DRAFT:
            raise NotADraft(self.order_id, self.state, asked)

    def choose_customer(
        self,
        customer: Customer,
        billing: Address | None,
        shipping: Address | None,
        buyer: Buyer | None = None,
    ) -> Change:
        """Set who the order is for, and take over their addresses (FU-5).

        The first customer's do not replace addresses that were typed before.

        Raises:
            NotADraft: It cannot be changed any more.
            NotAcceptable: The draft is another customer's cart (SN-3).
        """
        now, was = self.content, self.customer
        if now.takes_over and was and was.customer_id != customer.customer_id:
            detail = "a cart that was taken over stays its customer's"
            raise NotAcceptable.at("/customer_id", "CART_TAKEN_OVER", detail)
        if was is None:
            billing = now.billing_address or billing
            shipping = now.shipping_address or shipping
        elif was.customer_id == customer.customer_id:
            billing, shipping = now.billing_address, now.shipping_address
        self.edit(replace(now, billing_address=billing, shipping_address=shipping, buyer=buyer))
        self.customer = customer
        return Change(
            "customer chosen",
            before={"customer": was, **_addresses(now)},
            after={"customer": customer, **_addresses(self.content)},
        )

    def add_line(self, terms: LineTerms) -> Change:
        """Add a line.

        Raises:
            NotADraft: It cannot be changed any more.
            NotAcceptable: The line does not fit the order; the pointers are into the line.
        """
        self.edit(self.content.with_lines([("", terms)]))
        return Change("line added", after=self.content.lines[-1])

    def change_line(self, line_id: int, terms: LineTerms) -> Change:
        """Change a line.

        Raises:
            NotADraft: It cannot be changed any more.
            NoSuchPart: There is no such line.
            NotAcceptable: The line does not fit the order; the pointers are into the line.
        """
        before = self.content.line(line_id)
        after = replace(before, terms=terms)
        self.edit(self.content.with_line(after))
        return Change("line changed", before=before, after=after)

    def remove_line(self, line_id: int) -> Change:
        """Leave a line out.

        Raises:
            NotADraft: It cannot be changed any more.
            NoSuchPart: There is no such line.
        """
        gone = self.content.line(line_id)
        self.edit(self.content.without_line(line_id))
        return Change("line removed", before=gone)

    def set_addresses(self, billing: Address | None, shipping: Address | None) -> Change:
        """Set both addresses, on this order only (FU-5).

        Raises:
            NotADraft: It cannot be changed any more.
            NotAcceptable: The site does not ship to that country (FU-7).
        """
        before = self.content
        if shipping is not None and not self.terms.policy.ships_to(shipping.country):
            detail = f"the site does not ship to {shipping.country}"
            raise NotAcceptable.at("/shipping/country", "SHIPPING_COUNTRY_NOT_SERVED", detail)
        self.edit(replace(before, billing_address=billing, shipping_address=shipping))
        return Change("addresses set", _addresses(before), _addresses(self.content))

    def set_shipping(self, shipping: Shipping) -> Change:
        """Set how the order is shipped and what that costs.

        Raises:
            NotADraft: It cannot be changed any more.
            NotAcceptable: The cost does not fit the order.
        """
        before = self.content.shipping
        self.edit(self.content.with_shipping(shipping))
        return Change("shipping set", before, shipping)

    def add_payment(self, terms: PaymentTerms, at: str = "") -> Change:
        """Add a payment; ``at`` points to it.

        Raises:
            NotADraft: It cannot be changed any more.
            NotAcceptable: There is no customer or line yet (PA-1), or it does not fit the order.
        """
        if self.customer is None or not self.content.lines:
            detail = "payments open once the order has a customer and a line"
            raise NotAcceptable.at(at, "ORDER_HAS_NO_DETAILS", detail)
        self.edit(self.content.with_payment(terms, at))
        added = self.content.payments[-1]
        shown = replace(added, terms=replace(terms, token=None, code_digest=None))
        return Change("payment added", after=shown)

    def remove_payment(self, payment_no: int) -> Change:
        """Leave a payment out.

        Raises:
            NotADraft: It cannot be changed any more.
            NoSuchPart: There is no such payment.
        """
        self.edit(self.content.without_payment(payment_no))
        return Change("payment removed", before=payment_no)

    def set_notes(self, customer_note: str | None, staff_note: str | None) -> Change:
        """Set the notes: one goes with the order, the other stays with staff (GI-3).

        Raises:
            NotADraft: It cannot be changed any more.
        """
        was = self.content
        self.edit(replace(was, customer_note=customer_note, staff_note=staff_note))
        return Change(
            "notes set",
            before={"customer_note": was.customer_note, "staff_note": was.staff_note},
            after={"customer_note": customer_note, "staff_note": staff_note},
        )


def _addresses(content: Content) -> dict[str, Address | None]:
    return {"billing": content.billing_address, "shipping": content.shipping_address}
