"""How an order is submitted: the customer, the stock, the coupons, the money, and then it is fixed.

Up to the pivot every step can be taken back, and a refusal, a cancel or the deadline does so, last
first; the order is an editable draft again. Fixing the order is the pivot, a local step under the
saga's row lock: after it the goods are allocated and the money taken, asked again until done.
"""

from collections.abc import Iterator
from uuid import UUID

from contracts.catalog.commands import (
    AllocateStock,
    RedeemCoupons,
    ReleaseStock,
    ReservationLine,
    ReserveStock,
    ReturnCoupons,
)
from contracts.catalog.replies import CouponsRefused, StockRefused
from contracts.customers.commands import VerifyCustomer
from contracts.orders.commands import OrderRefusal, ReturnOrder, SubmitOrder
from contracts.payments.commands import CapturePayment, VoidPayment
from contracts.values import (
    CustomerId,
    Money,
    OrderId,
    SiteId,
    SubmissionId,
)
from messaging.saga.definition import Ending, Refused, saga

from orders.domain.site_terms import Capture
from orders.sagas.payment_parts import PaymentPart, authorise_payments
from orders.sagas.refused_money import Voiding, capture, note_refused_void


class SubmitOrderData(Voiding):
    """What the saga knows: the order as it was handed in.

    Attributes:
        shared_total: What the order costs, where several payments share it (PA-8).
        captures_again: How often an operator had refused captures asked again; names the next.
    """

    order_id: OrderId
    submission_id: SubmissionId
    site_id: SiteId
    customer_id: CustomerId
    lines: tuple[ReservationLine, ...]
    payments: tuple[PaymentPart, ...] = ()
    coupons: tuple[str, ...] = ()
    capture: Capture = Capture.AT_SUBMISSION
    hold_id: UUID | None = None
    may_backorder: bool = False
    backorder_rest: bool = False
    shared_total: Money | None = None
    captures_again: int = 0


def verify_customer(order: SubmitOrderData) -> Iterator[VerifyCustomer]:
    yield VerifyCustomer(
        order_id=order.order_id, customer_id=order.customer_id, site_id=order.site_id
    )


def reserve_stock(order: SubmitOrderData) -> Iterator[ReserveStock]:
    yield ReserveStock(
        submission_id=order.submission_id,
        order_id=order.order_id,
        site_id=order.site_id,
        lines=order.lines,
        hold_id=order.hold_id,
        may_backorder=order.may_backorder,
        backorder_rest=order.backorder_rest,
    )


def release_stock(order: SubmitOrderData) -> Iterator[ReleaseStock]:
    yield ReleaseStock(submission_id=order.submission_id)


def redeem_coupons(order: SubmitOrderData) -> Iterator[RedeemCoupons]:
    if order.coupons:
        yield RedeemCoupons(
            submission_id=order.submission_id,
            order_id=order.order_id,
            site_id=order.site_id,
            customer_id=order.customer_id,
            coupons=order.coupons,
        )


def return_coupons(order: SubmitOrderData) -> Iterator[ReturnCoupons]:
    if order.coupons:
        yield ReturnCoupons(submission_id=order.submission_id)


def void_payments(order: SubmitOrderData) -> Iterator[VoidPayment]:
    for payment in order.payments:
        yield order.void(payment.payment_id, order.submission_id)


def submit_order(order: SubmitOrderData) -> Iterator[SubmitOrder]:
    yield SubmitOrder(order_id=order.order_id, submission_id=order.submission_id)


def allocate_stock(order: SubmitOrderData) -> Iterator[AllocateStock]:
    yield AllocateStock(submission_id=order.submission_id)


def capture_payments(order: SubmitOrderData) -> Iterator[CapturePayment]:
    """Take the money now, where the site's policy does not leave that to a later day (PA-9)."""
    if order.capture is Capture.AT_SUBMISSION:
        for payment in order.payments:
            yield capture(payment.payment_id, order.captures_again)


def capture_anew(order: SubmitOrderData, times: int) -> SubmitOrderData:
    """A refused capture is refused for good: another one takes what is left (PA-9)."""
    return order.model_copy(update={"captures_again": times})


def return_order(order: SubmitOrderData, ending: Ending) -> Iterator[ReturnOrder]:
    yield ReturnOrder(
        order_id=order.order_id,
        submission_id=order.submission_id,
        refusals=tuple(
            reason for refused in ending.refusals for reason in _reasons(order, refused)
        ),
        cancelled=ending.cancelled,
    )


def _reasons(order: SubmitOrderData, refused: Refused) -> Iterator[OrderRefusal]:
    """Name each line that was short, or else the step as a whole (SU-5: reasons per line)."""
    if isinstance(refused.reply, StockRefused) and refused.reply.shortages:
        short = {shortage.sku: shortage for shortage in refused.reply.shortages}
        for place, line in enumerate(order.lines):
            if (shortage := short.get(line.sku)) is not None:
                yield OrderRefusal(
                    step=refused.step,
                    code=refused.code,
                    detail=f"{line.sku}: {shortage.wanted} wanted, {shortage.available} available",
                    pointer=f"/lines/{place}",
                )
        return
    pointer = None
    if isinstance(refused.reply, CouponsRefused) and refused.reply.coupon is not None:
        codes = [code.casefold() for code in order.coupons]
        if (code := refused.reply.coupon.casefold()) in codes:
            pointer = f"/coupons/{codes.index(code)}"
    yield OrderRefusal(step=refused.step, code=refused.code, detail=refused.detail, pointer=pointer)


SUBMIT_ORDER = (
    saga("orders.submit-order", SubmitOrderData, note=note_refused_void)
    .if_refused("return the order to its editor", return_order)
    .if_asked_again(capture_anew)
    .step("verify the customer", verify_customer)
    .step("reserve stock", reserve_stock, undo=release_stock)
    .step("redeem coupons", redeem_coupons, undo=return_coupons)
    .step("authorise payment", authorise_payments, undo=void_payments)
    .pivot("submit the order", submit_order)
    .step("allocate stock", allocate_stock)
    .step("capture payment", capture_payments)
)
