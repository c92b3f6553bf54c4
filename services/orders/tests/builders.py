"""Orders to test with."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from contracts.values import (
    CustomerId,
    CustomerSetId,
    LocationId,
    Money,
    OrderId,
    SiteId,
    Sku,
    StaffId,
    SubmissionId,
)
from orders.domain.content import Content
from orders.domain.lines import Fulfilment, LineTerms, Place
from orders.domain.order import Customer, Order
from orders.domain.parts import Address
from orders.domain.site import Site

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CLERK = StaffId("clerk")
FIRST, SECOND = SubmissionId(UUID(int=21)), SubmissionId(UUID(int=22))
SHOP = Place(LocationId(UUID(int=30)), "soho")
ADDRESS = Address(name="Ada", lines=("1 Square",), city="London", country="GB")
UK = Site(
    site_id=SiteId(UUID(int=1)),
    version=1,
    code="uk",
    name="UK",
    customer_set_id=CustomerSetId(UUID(int=2)),
    country="GB",
    currency="GBP",
    time_zone="Europe/London",
    active=True,
)


def gbp(minor: int) -> Money:
    return Money(minor, "GBP")


def a_line(price: int = 100, units: int = 1, *, collected: bool = False) -> LineTerms:
    terms = LineTerms(sku=Sku("MUG"), name="Mug", units=units, list_price=gbp(price))
    return replace(terms, fulfilment=Fulfilment.PICKUP, place=SHOP) if collected else terms


def an_order(*, lines: int = 1, customer: bool = True) -> Order:
    """Give a draft, at version 1."""
    order = Order(
        order_id=OrderId(UUID(int=10)),
        number="UK-7F3K-29QX",
        site=UK,
        created_at=NOW,
        updated_at=NOW,
        content=Content("GBP"),
    )
    if customer:
        order.choose_customer(Customer(CustomerId(UUID(int=11)), "Ada"), ADDRESS, ADDRESS)
    for _ in range(lines):
        order.add_line(a_line())
    order.version = 1
    return order
