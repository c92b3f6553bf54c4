"""Submissions to test with."""

from uuid import UUID

from contracts.catalog.commands import ReservationLine
from contracts.values import CustomerId, Money, OrderId, PaymentId, SiteId, Sku, SubmissionId
from orders.sagas.payment_parts import PaymentPart
from orders.sagas.submit_order import SubmitOrderData

ORDER = OrderId(UUID(int=1))
SUBMISSION = SubmissionId(UUID(int=2))
SITE = SiteId(UUID(int=3))
RETURN = UUID(int=5)
CUSTOMER = CustomerId(UUID(int=4))
CHAIR, TABLE = Sku("CHAIR"), Sku("TABLE")
LINES = (ReservationLine(sku=CHAIR, units=2), ReservationLine(sku=TABLE, units=1))


def a_payment(number: int) -> PaymentPart:
    return PaymentPart(
        payment_id=PaymentId(UUID(int=100 + number)),
        method="card",
        amount=Money(500, "GBP"),
        token="tok_ok",
    )


def a_submission(*, payments: int = 1, coupons: int = 0) -> SubmitOrderData:
    return SubmitOrderData(
        order_id=ORDER,
        submission_id=SUBMISSION,
        site_id=SITE,
        customer_id=CUSTOMER,
        lines=LINES,
        payments=tuple(a_payment(number) for number in range(payments)),
        coupons=tuple(f"SAVE{number}" for number in range(coupons)),
    )
