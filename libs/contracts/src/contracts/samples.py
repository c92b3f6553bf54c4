"""A sample of every message, as documents show it and old readers must keep understanding it.

``python -m contracts.samples`` writes those that are missing to ``samples/``; a committed sample is
golden and never written again.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from contracts.catalog import commands as catalog
from contracts.catalog import events as catalog_events
from contracts.catalog import questions as catalog_questions
from contracts.catalog import replies as catalog_replies
from contracts.customers import commands as customers
from contracts.customers import events as customers_events
from contracts.customers import questions as customers_questions
from contracts.customers import replies as customers_replies
from contracts.message import Message
from contracts.orders import commands as orders
from contracts.orders import events as orders_events
from contracts.orders import replies as orders_replies
from contracts.payments import commands as payments
from contracts.payments import events as payments_events
from contracts.payments import replies as payments_replies
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

DIRECTORY = Path(__file__).parents[2] / "samples"


def _id(number: int) -> UUID:
    return UUID(f"0192f3c0-0000-7000-8000-{number:012d}")


SET, SITE = CustomerSetId(_id(1)), SiteId(_id(2))
CUSTOMER, ORDER = CustomerId(_id(3)), OrderId(_id(4))
SUBMISSION, PAYMENT = SubmissionId(_id(5)), PaymentId(_id(6))
SHOP, MUG, TEE = LocationId(_id(7)), Sku("MUG-01"), Sku("TEE-BLU-M")
AT = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
NUMBER = "UK-0000-0017"
ADDRESS = customers_replies.Address(
    name="Ada Byron",
    lines=("12 St James's Square",),
    city="London",
    postal_code="SW1Y 4LB",
    country="GB",
    phone="+442079460018",
)
REFUSAL = orders.OrderRefusal(
    step="reserve stock",
    code="OUT_OF_STOCK",
    detail="MUG-01: 3 wanted, 2 available",
    pointer="/lines/0",
)


def gbp(minor: int) -> Money:
    """Give an amount in pence."""
    return Money(minor, "GBP")


def _customers() -> list[Message]:
    return [
        customers.VerifyCustomer(order_id=ORDER, customer_id=CUSTOMER, site_id=SITE),
        customers_questions.DescribeCustomer(customer_id=CUSTOMER, site_id=SITE),
        customers_replies.CustomerVerified(customer_id=CUSTOMER),
        customers_replies.CustomerDescribed(
            customer_id=CUSTOMER,
            customer_set_id=SET,
            name="Ada Byron",
            email="ada@example.com",
            billing_address=ADDRESS,
            shipping_address=ADDRESS,
        ),
        customers_replies.CustomerRefused(
            code="CUSTOMER_SET_MISMATCH",
            detail="the customer belongs to another customer set than the site",
            customer_id=CUSTOMER,
        ),
        customers_events.CustomerSetChanged(customer_set_id=SET, code="retail", name="Retail"),
        customers_events.SiteChanged(
            site_id=SITE,
            version=1,
            code="uk",
            name="United Kingdom",
            customer_set_id=SET,
            country="GB",
            currency="GBP",
            time_zone="Europe/London",
            active=True,
        ),
        customers_events.CustomerChanged(
            customer_id=CUSTOMER,
            version=1,
            customer_set_id=SET,
            number="C-000017",
            is_staff=False,
            disabled=False,
        ),
    ]


def _catalog() -> list[Message]:
    stock = catalog_replies.LocationStock(
        location_id=SHOP,
        code="soho",
        name="Soho shop",
        ships=False,
        pickup=True,
        delivery=False,
        available=2,
    )
    return [
        catalog.ReserveStock(
            submission_id=SUBMISSION,
            order_id=ORDER,
            site_id=SITE,
            lines=(
                catalog.ReservationLine(sku=TEE, units=3),
                catalog.ReservationLine(sku=MUG, units=1, location_id=SHOP),
            ),
        ),
        catalog.ReleaseStock(submission_id=SUBMISSION),
        catalog.AllocateStock(submission_id=SUBMISSION),
        catalog_questions.QuoteProducts(site_id=SITE, skus=(MUG, TEE)),
        catalog_replies.StockReserved(submission_id=SUBMISSION),
        catalog_replies.StockRefused(
            code="OUT_OF_STOCK",
            detail="MUG-01 is short",
            submission_id=SUBMISSION,
            shortages=(catalog_replies.Shortage(sku=MUG, wanted=3, available=2),),
        ),
        catalog_replies.StockReleased(submission_id=SUBMISSION),
        catalog_replies.StockAllocated(submission_id=SUBMISSION),
        catalog_replies.ProductsQuoted(
            products=(
                catalog_replies.ProductQuote(
                    sku=MUG, name="Mug", price=gbp(1200), available=0, locations=(stock,)
                ),
            ),
            unknown=(TEE,),
            as_of=AT,
        ),
        catalog_replies.QuoteRefused(code="UNKNOWN_SITE", detail="no such site"),
        catalog_events.ProductChanged(
            product_id=_id(8), version=1, sku=MUG, name="Mug", prices={SITE: gbp(1200)}
        ),
        catalog_events.ReservationEnded(submission_id=SUBMISSION, outcome="allocated"),
    ]


def _payments() -> list[Message]:
    return [
        payments.AuthorisePayment(
            payment_id=PAYMENT,
            order_id=ORDER,
            site_id=SITE,
            method="card",
            amount=gbp(4950),
            token="tok_ok",  # noqa: S106 - the test gateway's, and public
        ),
        payments.VoidPayment(payment_id=PAYMENT),
        payments.CapturePayment(payment_id=PAYMENT),
        payments_replies.PaymentAuthorised(payment_id=PAYMENT, state="authorised"),
        payments_replies.PaymentDeclined(
            code="PAYMENT_DECLINED", detail="the bank declined", payment_id=PAYMENT
        ),
        payments_replies.PaymentVoided(payment_id=PAYMENT),
        payments_replies.PaymentCaptured(payment_id=PAYMENT, state="captured"),
        payments_events.PaymentChanged(
            payment_id=PAYMENT,
            version=2,
            order_id=ORDER,
            method="card",
            state="authorised",
            amount=gbp(4950),
        ),
    ]


def _orders() -> list[Message]:
    about = {"order_id": ORDER, "site_id": SITE, "order_number": NUMBER}
    return [
        orders.SubmitOrder(order_id=ORDER, submission_id=SUBMISSION),
        orders.ReturnOrder(
            order_id=ORDER, submission_id=SUBMISSION, refusals=(REFUSAL,), cancelled=False
        ),
        orders_replies.OrderIsSubmitted(order_id=ORDER),
        orders_replies.OrderIsReturned(order_id=ORDER),
        orders_events.OrderStarted.model_validate(about),
        orders_events.OrderSubmissionStarted.model_validate(about | {"submission_id": SUBMISSION}),
        orders_events.OrderReturned.model_validate(
            about | {"submission_id": SUBMISSION, "refusals": (REFUSAL,)}
        ),
        orders_events.OrderCancelled.model_validate(about),
        orders_events.OrderSubmitted(
            order_id=ORDER,
            site_id=SITE,
            order_number=NUMBER,
            submission_id=SUBMISSION,
            customer_set_id=SET,
            customer_id=CUSTOMER,
            external_reference="PO-4711",
            lines=(
                orders_events.OrderedLine(sku=TEE, units=3, unit_price=1400),
                orders_events.OrderedLine(
                    sku=MUG, units=1, unit_price=1200, fulfilment="pickup", location_id=SHOP
                ),
            ),
            goods=gbp(5400),
            shipping=gbp(450),
            total=gbp(5850),
            shipping_address=ADDRESS,
            submitted_at=AT,
        ),
    ]


def samples() -> dict[str, Message]:
    """Give a sample of every message, by type."""
    every = [*_customers(), *_catalog(), *_payments(), *_orders()]
    return {message.type: message for message in every}


def text_of(message: Message) -> str:
    """Give the committed form of a sample."""
    return json.dumps(message.model_dump(mode="json"), indent=2) + "\n"


def write(directory: Path = DIRECTORY) -> list[str]:
    """Write the samples that are missing; gives their types."""
    directory.mkdir(exist_ok=True)
    new: list[str] = []
    for kind, message in samples().items():
        path = directory / f"{kind}.json"
        if not path.exists():
            path.write_text(text_of(message))
            new.append(kind)
    return new


if __name__ == "__main__":
    sys.stdout.write("".join(f"wrote {kind}\n" for kind in write()) or "no sample is missing\n")
