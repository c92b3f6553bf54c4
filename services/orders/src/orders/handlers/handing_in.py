"""How a draft is handed in."""

from dataclasses import dataclass, replace
from uuid import UUID

from contracts.orders.events import OrderSubmissionStarted
from contracts.values import StaffId, SubmissionId, new_id

from orders.domain.errors import NotAcceptable, PricesChanged
from orders.domain.order import Change, Order
from orders.domain.site_terms import PartialStock
from orders.handlers.holds import reserved
from orders.handlers.opening import Edit, opened
from orders.handlers.requoting import Requoted
from orders.handlers.standing import StandingPayment, payments_of
from orders.handlers.telling import about, tell
from orders.handlers.unit_of_work import UnitOfWork
from orders.sagas.payment_parts import PaymentPart
from orders.sagas.submit_order import SUBMIT_ORDER, SubmitOrderData


@dataclass(frozen=True, slots=True)
class Handing:
    """How a draft is handed in.

    Attributes:
        accept_prices: Take today's prices, whatever they are (CP-9).
        may_backorder: Who hands it in may order beyond the stock, where that asks for permission.
        backorder_rest: Take what is short as a backorder; for sites that ask staff (SU-7).
    """

    accept_prices: bool = False
    may_backorder: bool = False
    backorder_rest: bool = False


async def start_submission(edit: Edit, known: Requoted, handing: Handing, uow: UnitOfWork) -> Order:
    """Hand a draft in (SU-1).

    Raises:
        NoSuchPart: There is no such order, or it is out of reach.
        StaleVersion: Somebody else changed it.
        NotADraft: It is under submission already, submitted or cancelled.
        PricesChanged: It costs something else than when it was priced last.
        NotAcceptable: Something is missing (SU-4).
    """
    order = await opened(edit, uow)
    order.must_be_draft("submitted")
    changed = await known.apply(order)
    if changed and not handing.accept_prices:
        raise PricesChanged(changed)
    change = await hand_in(order, edit.scope.staff_id, handing, uow)
    if known.away is not None:
        begun = {"submission_id": order.submission_id, "not_priced_again_without": known.away}
        change = replace(change, after=begun)
    await uow.orders.keep(order, change, edit.scope.staff_id)
    return order


async def hand_in(order: Order, staff_id: StaffId, handing: Handing, uow: UnitOfWork) -> Change:
    """Begin the submission of a draft that was just priced; the caller keeps the order.

    Raises:
        NotADraft: It is under submission already, submitted or cancelled.
        NotAcceptable: Something is missing.
    """
    if handing.backorder_rest and order.terms.policy.partial_stock is PartialStock.REFUSE:
        detail = "this site sends an order whole or not at all"
        raise NotAcceptable.at("/backorder_rest", "PARTIAL_STOCK_REFUSED", detail)
    submission_id, hold_id = SubmissionId(new_id()), order.content.hold_id
    change = order.begin_submission(submission_id, staff_id)
    uow.outbox.cause = replace(uow.outbox.cause, correlation_id=str(submission_id))
    tell(OrderSubmissionStarted(**about(order), submission_id=submission_id), order, uow)
    await uow.sagas.start(
        SUBMIT_ORDER,
        saga_id=submission_id,
        subject_id=order.order_id,
        data=_handed_in(order, submission_id, hold_id, handing),
    )
    return change


def _handed_in(
    order: Order, submission_id: SubmissionId, hold_id: UUID | None, handing: Handing
) -> SubmitOrderData:
    if order.customer is None:
        raise ValueError("begin_submission lets no order without a customer pass")
    content, policy = order.content, order.terms.policy
    return SubmitOrderData(
        order_id=order.order_id,
        submission_id=submission_id,
        site_id=order.site.site_id,
        customer_id=order.customer.customer_id,
        lines=reserved(content),
        hold_id=hold_id,
        payments=tuple(_payments(order, submission_id)),
        shared_total=content.totals().total if len(content.payments) > 1 else None,
        coupons=tuple(coupon.code for coupon in content.coupons),
        capture=policy.capture,
        may_backorder=handing.may_backorder,
        backorder_rest=handing.backorder_rest or policy.partial_stock is PartialStock.BACKORDER,
    )


def _payments(order: Order, submission_id: SubmissionId) -> list[PaymentPart]:
    return [part_of(one) for one in payments_of(order.content, submission_id)]


def part_of(standing: StandingPayment) -> PaymentPart:
    """Write a payment as it is authorised."""
    terms = standing.payment.terms
    return PaymentPart(
        payment_id=standing.payment_id,
        method=terms.method,
        amount=standing.amount,
        token=terms.token,
        code_digest=terms.code_digest,
        terms=dict(terms.terms) if terms.terms else None,
    )
