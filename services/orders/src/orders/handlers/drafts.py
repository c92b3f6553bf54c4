"""How a draft is begun."""

from dataclasses import dataclass
from datetime import UTC, datetime

from contracts.customers.replies import Address as ToldAddress
from contracts.customers.replies import CustomerDescribed
from contracts.orders.events import OrderStarted
from contracts.values import CustomerId, OrderId, StaffId, new_id

from orders.domain.content import Address, Content, Shipping
from orders.domain.errors import NotAcceptable
from orders.domain.order import Change, Customer, Order
from orders.domain.payments import PaymentTerms
from orders.domain.site import Site
from orders.handlers.facts import Facts
from orders.handlers.submission import hand_in
from orders.handlers.telling import about, tell
from orders.handlers.unit_of_work import UnitOfWork
from orders.handlers.wishes import LineWish, line_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order as staff begin it; what is left out can be added to the draft.

    Attributes:
        number: Unique on the site.
        submit: Hand it in at once.
    """

    number: str
    site: Site
    staff_id: StaffId
    customer_id: CustomerId | None = None
    lines: tuple[LineWish, ...] = ()
    billing_address: Address | None = None
    shipping_address: Address | None = None
    shipping: Shipping | None = None
    payments: tuple[PaymentTerms, ...] = ()
    external_reference: str | None = None
    customer_note: str | None = None
    staff_note: str | None = None
    submit: bool = False


async def start_order(new: NewOrder, facts: Facts, uow: UnitOfWork) -> Order:
    """Begin a draft and, when that is asked for, its submission.

    Raises:
        NotAcceptable: Something does not fit; the pointers are into the new order.
        ReferenceTaken: Another order of the site has the external reference.
    """
    order = _drafted(new, facts)
    tell(OrderStarted(**about(order)), order, uow)
    if new.submit:
        await hand_in(order, new.staff_id, uow)
    started = Change("started", after=_summary(order))
    await uow.orders.add(order, started, new.staff_id)
    return order


def _drafted(new: NewOrder, facts: Facts) -> Order:
    now = datetime.now(UTC)
    order = Order(
        order_id=OrderId(new_id()),
        number=new.number,
        site=new.site,
        created_at=now,
        updated_at=now,
        content=_content(new, facts),
        external_reference=new.external_reference,
    )
    if isinstance(facts.customer, CustomerDescribed):
        order.choose_customer(*chosen(facts.customer))
    for place, payment in enumerate(new.payments):
        order.add_payment(payment, f"/payments/{place}")
    order.version = 1
    return order


def _content(new: NewOrder, facts: Facts) -> Content:
    wishes = [(f"/lines/{place}", wish) for place, wish in enumerate(new.lines)]
    terms, wrong = line_terms(wishes, facts, new.staff_id)
    wrong = [*facts.customer_faults(), *wrong]
    if not new.site.active:
        raise NotAcceptable.at("/site", "SITE_INACTIVE", "the site takes no orders")
    if wrong:
        raise NotAcceptable(wrong)
    content = Content(
        new.site.currency,
        billing_address=new.billing_address,
        shipping_address=new.shipping_address,
        customer_note=new.customer_note,
        staff_note=new.staff_note,
    )
    if terms:
        content = content.with_lines(terms)
    if new.shipping is not None:
        content = content.with_shipping(new.shipping, "/shipping")
    return content


def chosen(told: CustomerDescribed) -> tuple[Customer, Address | None, Address | None]:
    """Give the customer with their default addresses: billing, shipping."""
    customer = Customer(told.customer_id, told.name)
    return customer, _taken_over(told.billing_address), _taken_over(told.shipping_address)


def _taken_over(told: ToldAddress | None) -> Address | None:
    return None if told is None else Address(**told.model_dump())


def _summary(order: Order) -> dict[str, object]:
    return {
        "number": order.number,
        "state": order.state,
        "customer": order.customer,
        "lines": len(order.content.lines),
        "total": order.content.totals().total,
        "manual_prices": sum(line.terms.manual is not None for line in order.content.lines),
        "submission_id": order.submission_id,
    }
