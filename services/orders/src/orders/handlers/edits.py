"""What staff change on a draft, one use case each; the errors are those of ``editing.edited``."""

from dataclasses import dataclass, replace

from contracts.customers.replies import CustomerDescribed
from contracts.values import StaffId

from orders.domain.content import Address, Shipping
from orders.domain.errors import NotAcceptable
from orders.domain.lines import Fulfilment, LineTerms, ManualPrice
from orders.domain.order import Change, Order
from orders.domain.payments import PaymentTerms
from orders.handlers.drafts import chosen
from orders.handlers.editing import Edit, edited
from orders.handlers.facts import Facts
from orders.handlers.unit_of_work import UnitOfWork
from orders.handlers.wishes import LineWish, PriceWish, one_line


@dataclass(frozen=True, slots=True)
class Route:
    """How a line is to reach the customer from now on; none of a location: it has none."""

    fulfilment: Fulfilment | None
    location: str | None


@dataclass(frozen=True, slots=True)
class LineChange:
    """What is to be different about a line; none leaves it as it is.

    Attributes:
        price: None with ``reprice`` goes back to the catalog's price.
    """

    units: int | None = None
    route: Route | None = None
    price: PriceWish | None = None
    reprice: bool = False


@dataclass(frozen=True, slots=True)
class AddressChange:
    """Which addresses are set, each perhaps to none."""

    billing: Address | None = None
    shipping: Address | None = None
    sets_billing: bool = False
    sets_shipping: bool = False


@dataclass(frozen=True, slots=True)
class NoteChange:
    """Which notes are set, each perhaps to none."""

    customer: str | None = None
    staff: str | None = None
    sets_customer: bool = False
    sets_staff: bool = False


async def choose_customer(edit: Edit, facts: Facts, uow: UnitOfWork) -> Order:
    told = facts.customer
    if not isinstance(told, CustomerDescribed):
        raise NotAcceptable(facts.customer_faults())
    return await edited(edit, uow, lambda order: order.choose_customer(*chosen(told)))


async def add_line(edit: Edit, wish: LineWish, facts: Facts, uow: UnitOfWork) -> Order:
    terms = one_line(wish, facts, edit.scope.staff_id)
    return await edited(edit, uow, lambda order: order.add_line(terms))


async def change_line(
    edit: Edit, line_id: int, change: LineChange, facts: Facts, uow: UnitOfWork
) -> Order:
    def changed(order: Order) -> Change:
        terms = order.content.line(line_id).terms
        new = _changed(terms, change, facts, edit.scope.staff_id)
        return order.change_line(line_id, new)

    return await edited(edit, uow, changed)


def _changed(terms: LineTerms, change: LineChange, facts: Facts, staff_id: StaffId) -> LineTerms:
    if change.units is not None:
        terms = replace(terms, units=change.units)
    if change.reprice:
        price = change.price
        manual = ManualPrice(price.unit, price.reason, staff_id) if price else None
        terms = replace(terms, manual=manual)
    if change.route is not None:
        fulfilment = change.route.fulfilment or terms.fulfilment
        wish = LineWish(terms.sku, terms.units, fulfilment, change.route.location)
        place = one_line(wish, facts, staff_id).place
        terms = replace(terms, fulfilment=fulfilment, place=place)
    return terms


async def remove_line(edit: Edit, line_id: int, uow: UnitOfWork) -> Order:
    return await edited(edit, uow, lambda order: order.remove_line(line_id))


async def set_addresses(edit: Edit, change: AddressChange, uow: UnitOfWork) -> Order:
    def set_them(order: Order) -> Change:
        was = order.content
        return order.set_addresses(
            change.billing if change.sets_billing else was.billing_address,
            change.shipping if change.sets_shipping else was.shipping_address,
        )

    return await edited(edit, uow, set_them)


async def set_shipping(edit: Edit, shipping: Shipping, uow: UnitOfWork) -> Order:
    return await edited(edit, uow, lambda order: order.set_shipping(shipping))


async def add_payment(edit: Edit, terms: PaymentTerms, uow: UnitOfWork) -> Order:
    return await edited(edit, uow, lambda order: order.add_payment(terms))


async def remove_payment(edit: Edit, payment_no: int, uow: UnitOfWork) -> Order:
    return await edited(edit, uow, lambda order: order.remove_payment(payment_no))


async def set_notes(edit: Edit, change: NoteChange, uow: UnitOfWork) -> Order:
    def set_them(order: Order) -> Change:
        was = order.content
        return order.set_notes(
            change.customer if change.sets_customer else was.customer_note,
            change.staff if change.sets_staff else was.staff_note,
        )

    return await edited(edit, uow, set_them)
