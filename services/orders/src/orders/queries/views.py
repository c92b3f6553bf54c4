"""An order as staff see it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from contracts.values import CustomerId, Money, OrderId, StaffId

from orders.domain.adjustments import Adjustment
from orders.domain.cancelling import Cancellation
from orders.domain.completeness import missing_from
from orders.domain.lease import Lease
from orders.domain.order import Customer, Order, State
from orders.domain.parts import Address, Buyer, Refused, Shipping
from orders.domain.payments import Payment, shares
from orders.domain.pricing import Coupon
from orders.domain.reasons import Reason
from orders.domain.totals import Totals
from orders.queries.line_views import LineView, PartsView
from orders.queries.viewing import View


class CustomerView(View):
    """Who the order is for."""

    id: CustomerId
    name: str

    @classmethod
    def of(cls, customer: Customer | None) -> Self | None:
        """Show a customer."""
        return None if customer is None else cls(id=customer.customer_id, name=customer.name)


class ActionView(View):
    """What the customer has to do before the money is set aside: 3-D Secure.

    Attributes:
        url: Their bank's page; none when the gateway has given no address.
    """

    url: str | None


class PaymentView(View):
    """An intended payment; the gateway's token is never shown.

    Attributes:
        action: While the order is being submitted: what its payment waits for.
        amount: As asked, or what the other payments leave to pay.
        covers_rest: It covers whatever the other payments leave.
    """

    payment_no: int
    method: str
    amount: Money
    covers_rest: bool
    terms: Mapping[str, str] | None
    action: ActionView | None = None


class WarningView(View):
    """Something staff should know before they submit; it does not stop them (SU-2)."""

    code: str
    detail: str


class Missing(View):
    """What a draft lacks; ``pointer`` is into the order (SU-4)."""

    pointer: str
    code: str
    detail: str


class OrderView(View):
    """An order. Amounts are in minor units of the site's currency.

    Attributes:
        version: Grows with every change; also the ETag.
        free_shipping: A promotion or coupon makes shipping cost nothing.
        shipping_offered: Staff do (FU-4).
        kept_for_customer: Staff are done, and the customer may check it out (SN-1).
        hand_over_id: It was handed to the customer by this link; see ``/hand-over`` (PA-5, PA-6).
        takes_over: The customer's cart that is edited here, to be returned (SN-3).
        lease: Who is working on the draft, or last did (SN-2).
        hold_id: Its stock is held under this id; see ``/hold`` (IN-11).
        gift_message: Marks the order as a gift (GI-1).
        buyer: What prices and tax depend on, as it was last told.
        parts: What ``totals`` are made of.
        missing: What stands in the way of submitting the draft.
        refusals: Why the last submission came back.
        submission_id: The submission that is running, or the last one.
        cancellation: Of a submitted order: who asked for it, and what it has brought back (PA-9).
        cancel_reason: Why it is, or is being, cancelled.
        revisions: How often it was revised since it was submitted; see ``/revisions``.
        submitted_by: Who handed it in, or tried to last.
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
    shipping_adjustment: Adjustment | None
    shipping_offered: bool
    free_shipping: bool
    payments: Sequence[PaymentView]
    price_list: str | None
    coupons: Sequence[Coupon]
    adjustment: Adjustment | None
    gift_message: str | None
    kept_for_customer: bool
    hand_over_id: UUID | None
    takes_over: UUID | None
    lease: Lease | None
    hold_id: UUID | None
    buyer: Buyer | None
    totals: Totals
    parts: PartsView
    refusals: Sequence[Refused]
    warnings: Sequence[WarningView]
    missing: Sequence[Missing]
    external_reference: str | None
    customer_note: str | None
    staff_note: str | None
    submission_id: UUID | None
    cancellation: Cancellation | None
    cancel_reason: Reason | None
    revisions: int
    submitted_at: datetime | None
    submitted_by: StaffId | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, order: Order) -> Self:
        """Show an order; the caller has checked that it is within the scope."""
        content = order.content
        sums = content.sums()
        totals = content.totals(sums)
        amounts = shares(content.payments, totals.total)
        return cls(
            id=order.order_id,
            number=order.number,
            site=order.site.code,
            state=order.state,
            version=order.version,
            customer=CustomerView.of(order.customer),
            lines=[LineView.of(*pair) for pair in zip(content.lines, sums.lines, strict=True)],
            billing_address=content.billing_address,
            shipping_address=content.shipping_address,
            shipping=content.shipping,
            shipping_adjustment=content.shipping_adjustment,
            shipping_offered=content.offer_shipping,
            free_shipping=content.free_shipping,
            payments=[_payment(*pair) for pair in zip(content.payments, amounts, strict=True)],
            price_list=content.price_list,
            coupons=content.coupons,
            adjustment=content.adjustment,
            gift_message=content.gift_message,
            kept_for_customer=content.kept_for_customer,
            hand_over_id=content.hand_over_id,
            takes_over=content.takes_over,
            lease=order.lease,
            hold_id=content.hold_id,
            buyer=content.buyer,
            totals=totals,
            parts=PartsView.of(content, sums),
            refusals=content.refusals,
            warnings=[*_warnings(order, totals)],
            missing=_missing(order),
            external_reference=order.external_reference,
            customer_note=content.customer_note,
            staff_note=content.staff_note,
            submission_id=order.submission_id,
            cancellation=content.cancellation,
            cancel_reason=content.cancel_reason,
            revisions=content.revisions,
            submitted_at=order.submitted_at,
            submitted_by=order.submitted_by,
            created_at=order.created_at,
            updated_at=order.updated_at,
        )


def _payment(payment: Payment, amount: Money) -> PaymentView:
    return PaymentView(
        payment_no=payment.payment_no,
        method=payment.terms.method,
        amount=amount,
        covers_rest=payment.terms.amount is None,
        terms=payment.terms.terms,
    )


def _warnings(order: Order, totals: Totals) -> Iterator[WarningView]:
    if order.content.tax.degraded:
        detail = "the tax provider gave no answer; the tax is by the site's own table"
        yield WarningView(code="TAX_BY_TABLE", detail=detail)
    if not order.content.lines or totals.balance.minor <= 0:
        return
    if not order.content.payments:
        yield WarningView(code="PAYMENT_MISSING", detail="the order has no payment yet")
    else:
        detail = f"the payments leave {totals.balance.minor} to pay"
        yield WarningView(code="BALANCE_DUE", detail=detail)


def _missing(order: Order) -> list[Missing]:
    if order.state is not State.DRAFT:
        return []
    return [
        Missing(pointer=one.pointer, code=one.code, detail=one.detail)
        for one in missing_from(order)
    ]
