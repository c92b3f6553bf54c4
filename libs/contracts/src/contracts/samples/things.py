"""What the samples speak of: one customer, one order, two products, on one site."""

from datetime import UTC, datetime
from uuid import UUID

from contracts.customers.replies import Address
from contracts.orders.commands import OrderRefusal
from contracts.values import (
    CustomerId,
    CustomerSetId,
    LocationId,
    Money,
    OrderId,
    PaymentId,
    SiteId,
    Sku,
    SubmissionId,
)


def an_id(number: int) -> UUID:
    """Give an id that is easy to recognise."""
    return UUID(f"0192f3c0-0000-7000-8000-{number:012d}")


SET, SITE = CustomerSetId(an_id(1)), SiteId(an_id(2))
CUSTOMER, ORDER = CustomerId(an_id(3)), OrderId(an_id(4))
SUBMISSION, PAYMENT = SubmissionId(an_id(5)), PaymentId(an_id(6))
SHOP, MUG, TEE = LocationId(an_id(7)), Sku("MUG-01"), Sku("TEE-BLU-M")
PRODUCT, HOLD = an_id(8), an_id(9)
OPERATION, ENDPOINT = an_id(10), an_id(11)
RETURN = an_id(12)
AT = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
NUMBER = "UK-0000-0017"
ADDRESS = Address(
    name="Ada Byron",
    lines=("12 St James's Square",),
    city="London",
    postal_code="SW1Y 4LB",
    country="GB",
    phone="+442079460018",
)
REFUSAL = OrderRefusal(
    step="reserve stock",
    code="OUT_OF_STOCK",
    detail="MUG-01: 3 wanted, 2 available",
    pointer="/lines/0",
)


def gbp(minor: int) -> Money:
    """Give an amount in pence."""
    return Money(minor, "GBP")
