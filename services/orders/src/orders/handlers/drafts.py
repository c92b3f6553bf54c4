"""How a draft is begun."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from contracts.customers.replies import CustomerDescribed
from contracts.orders.events import OrderStarted
from contracts.values import CustomerId, OrderId, StaffId, new_id
from messaging.transport import Asker

from orders.domain.content import Content
from orders.domain.errors import Fault, NotAcceptable
from orders.domain.extras import (
    add_coupon,
    adjust_total,
    choose_shipping,
    put_price_list,
)
from orders.domain.order import Change, Order
from orders.domain.parts import Address, Shipping
from orders.domain.payments import PaymentTerms
from orders.domain.repricing import Fresh
from orders.domain.site import Site
from orders.domain.site_terms import NO_TERMS, SiteTerms
from orders.handlers.basis import Basis, Outcome, short_lines, taken_over
from orders.handlers.facts import chosen, customer_faults, customer_found, customer_told
from orders.handlers.handing_in import Handing, hand_in
from orders.handlers.holds import hold_what_changed
from orders.handlers.quotes import ask_of, quoted, stock_of
from orders.handlers.telling import about, tell
from orders.handlers.unit_of_work import UnitOfWork
from orders.handlers.wishes import AdjustmentWish, LineWish


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order as staff begin it; what is left out can be added to the draft.

    Attributes:
        number: Unique on the site.
        customer_reference: The customer's external reference, where their id is not known.
        shipping: What it costs; ``shipping_method`` is a method of the site's instead.
    """

    number: str
    site: Site
    staff_id: StaffId
    terms: SiteTerms = NO_TERMS
    customer_id: CustomerId | None = None
    customer_reference: str | None = None
    lines: tuple[LineWish, ...] = ()
    billing_address: Address | None = None
    shipping_address: Address | None = None
    shipping: Shipping | None = None
    shipping_method: str | None = None
    payments: tuple[PaymentTerms, ...] = ()
    price_list: str | None = None
    coupons: tuple[str, ...] = ()
    adjustment: AdjustmentWish | None = None
    gift_message: str | None = None
    external_reference: str | None = None
    customer_note: str | None = None
    staff_note: str | None = None
    basis: Basis | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """An order that is put together but not kept yet, and what has become of its basis."""

    order: Order
    outcome: Outcome | None = None


async def drafted(new: NewOrder, asker: Asker) -> Drafted:
    """Put an order together, with what customers and catalog tell of it; nothing is kept yet.

    Raises:
        NotAcceptable: Something does not fit; the pointers are into the new order.
        Unanswered: A service gave no answer in time.
    """
    if not new.site.active:
        raise NotAcceptable.at("/site", "SITE_INACTIVE", "the site takes no orders")
    order = _empty(new)
    wrong = await _choose_customer(order, new, asker)
    _fill(order, new)
    first = order.content.lines_ever + 1
    if new.basis is not None:
        _add_lines(order, new.basis.lines, new.staff_id, "/based_on/lines")
    await _price(order, asker, wrong, first)
    outcome = taken_over(order, new.basis, first) if new.basis else None
    if outcome is not None:
        outcome = replace(outcome, short=short_lines(order, await stock_of(order, asker)))
    _finish(order, new)
    order.version = 1
    return Drafted(order, outcome)


async def _choose_customer(order: Order, new: NewOrder, asker: Asker) -> list[Fault]:
    """Set who the order is for, or say why they cannot order here."""
    if new.customer_id is not None:
        at = "/customer_id"
        told = await customer_told(asker, new.customer_id, new.site.site_id)
    elif new.customer_reference is not None:
        at = "/customer_reference"
        told = await customer_found(asker, new.customer_reference, new.site.site_id)
    else:
        return []
    if isinstance(told, CustomerDescribed):
        order.choose_customer(*chosen(told))
    return customer_faults(told, at)


def _empty(new: NewOrder) -> Order:
    now = datetime.now(UTC)
    content = Content(
        new.site.currency,
        billing_address=new.billing_address or (new.basis.billing_address if new.basis else None),
        shipping_address=(
            new.shipping_address or (new.basis.shipping_address if new.basis else None)
        ),
        customer_note=new.customer_note,
        staff_note=new.staff_note,
        gift_message=new.gift_message,
    )
    return Order(
        order_id=OrderId(new_id()),
        number=new.number,
        site=new.site,
        terms=new.terms,
        created_at=now,
        updated_at=now,
        content=content,
        external_reference=new.external_reference,
    )


def _fill(order: Order, new: NewOrder) -> None:
    """Put on the order what the catalog is asked about."""
    _add_lines(order, new.lines, new.staff_id, "/lines")
    if new.price_list is not None:
        put_price_list(order, new.price_list)
    for place, code in enumerate(new.coupons):
        add_coupon(order, code, f"/coupons/{place}")


def _add_lines(order: Order, wishes: Sequence[LineWish], staff_id: StaffId, at: str) -> None:
    if wishes:
        currency = order.content.currency
        wanted = [
            (f"{at}/{place}", wish.terms(currency, staff_id)) for place, wish in enumerate(wishes)
        ]
        order.edit(order.content.with_lines(wanted))


async def _price(order: Order, asker: Asker, wrong: list[Fault], first: int) -> None:
    """Price the lines; what else is wrong with the order is told together with them.

    Lines from ``first`` on come from a basis: one that cannot be had is marked, not refused.
    """
    if (ask := ask_of(order)) is not None:
        fresh = Fresh(
            {
                line.line_id: f"/lines/{n}"
                for n, line in enumerate(order.content.lines)
                if line.line_id < first
            },
            {coupon.code: f"/coupons/{n}" for n, coupon in enumerate(order.content.coupons)},
        )
        try:
            order.price(await quoted(asker, ask), fresh)
        except NotAcceptable as error:
            wrong = [*wrong, *error.faults]
    if wrong:
        raise NotAcceptable(wrong)


def _finish(order: Order, new: NewOrder) -> None:
    """Add what depends on the goods' price."""
    if new.adjustment is not None:
        adjust_total(order, new.adjustment.by(new.staff_id), "/adjustment")
    if new.shipping is not None:
        order.edit(order.content.with_shipping(new.shipping, "/shipping"))
    if new.shipping_method is not None:
        choose_shipping(order, new.shipping_method, "/shipping")
    for place, payment in enumerate(new.payments):
        order.add_payment(payment, f"/payments/{place}")


async def start_order(
    order: Order, staff_id: StaffId, uow: UnitOfWork, submit: Handing | None = None
) -> Order:
    """Begin a draft and, when that is asked for, its submission; it has just been priced.

    Raises:
        NotAcceptable: It cannot be handed in as it is.
        ReferenceTaken: Another order of the site has the external reference.
    """
    tell(OrderStarted(**about(order)), order, uow)
    if submit is not None:
        await hand_in(order, staff_id, submit, uow)
    else:
        await hold_what_changed(order, Content(order.site.currency), uow)
    started = Change("started", after=_summary(order))
    await uow.orders.add(order, started, staff_id)
    return order


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
