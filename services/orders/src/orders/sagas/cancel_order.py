"""How a submitted order is cancelled: its stock, its coupons and its money go back (SU-11).

The order is cancelled in the transaction that begins this saga, so that a cancel wins over whatever
comes later (SU-8), and from there it only goes forward. A submission that is not at its end yet is
superseded in the same transaction, also one that an operator should look at: what it has sent may
still be on its way, and every step here holds against that. A return of stock allocates what is
only reserved, so that an allocation that comes late changes nothing; a voided payment refuses a
capture that comes late, and gives back what one that came early has taken.
"""

from collections.abc import Iterator
from uuid import UUID

from contracts.catalog.commands import ReleaseStock, ReturnCoupons, ReturnStock
from contracts.catalog.replies import HeldLine, StockReturned
from contracts.message import Reply
from contracts.orders.commands import EndedPayment, NoteCancellation
from contracts.payments.commands import VoidPayment
from contracts.payments.replies import PaymentVoided
from contracts.values import OrderId, PaymentId, SubmissionId
from messaging.saga.definition import saga

from orders.sagas.refused_money import Voiding, note_refused_void


class CancelOrderData(Voiding):
    """What is to go back, and what has.

    Attributes:
        cancellation_id: The saga's id, and that of the return of stock.
        releases: A revision that had not been applied; what it reserved, or will, is let go.
        payment_ids: Of every payment that stands or may come to.
    """

    order_id: OrderId
    cancellation_id: UUID
    submission_id: SubmissionId
    redeems_coupons: bool = False
    releases: tuple[SubmissionId, ...] = ()
    payment_ids: tuple[PaymentId, ...] = ()
    returned: tuple[HeldLine, ...] = ()
    ended: tuple[EndedPayment, ...] = ()


def release_stock(order: CancelOrderData) -> Iterator[ReleaseStock]:
    for revision_id in order.releases:
        yield ReleaseStock(submission_id=revision_id)


def return_stock(order: CancelOrderData) -> Iterator[ReturnStock]:
    yield ReturnStock(return_id=order.cancellation_id, order_id=order.order_id)


def return_coupons(order: CancelOrderData) -> Iterator[ReturnCoupons]:
    if order.redeems_coupons:
        yield ReturnCoupons(submission_id=order.submission_id)


def void_payments(order: CancelOrderData) -> Iterator[VoidPayment]:
    for payment_id in order.payment_ids:
        yield order.void(payment_id, order.cancellation_id)


def note_cancellation(order: CancelOrderData) -> Iterator[NoteCancellation]:
    yield NoteCancellation(
        order_id=order.order_id,
        cancellation_id=order.cancellation_id,
        returned=order.returned,
        payments=order.ended,
    )


def note_what_went_back(order: CancelOrderData, reply: Reply) -> CancelOrderData:
    """Keep what the others say they did, so that staff can read it (PA-9)."""
    match reply:
        case StockReturned():
            return order.model_copy(update={"returned": reply.lines})
        case PaymentVoided():
            ended = EndedPayment(
                payment_id=reply.payment_id, voided=reply.voided, refunded=reply.refunded
            )
            return order.model_copy(update={"ended": (*order.ended, ended)})
        case _:
            return note_refused_void(order, reply)


CANCEL_ORDER = (
    saga("orders.cancel-order", CancelOrderData, note=note_what_went_back)
    .only_forward()
    .step("release what a revision reserved", release_stock)
    .step("return stock", return_stock)
    .step("return coupons", return_coupons)
    .step("void payments", void_payments)
    .step("note what went back", note_cancellation)
)
