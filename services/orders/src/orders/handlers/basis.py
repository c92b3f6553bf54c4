"""A cart or an earlier order as the basis of a draft (HI-2, HI-3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from contracts.catalog.availability import Availability
from contracts.values import CustomerId, Money, Sku

from orders.domain.carts import Cart
from orders.domain.differences import LineDifference, LinePrice
from orders.domain.errors import NotAcceptable
from orders.domain.lines import Line
from orders.domain.order import Order
from orders.domain.parts import Address
from orders.domain.pricing import Unavailable
from orders.handlers.wishes import LineWish


@dataclass(frozen=True, slots=True)
class Basis:
    """What a draft is begun from.

    Attributes:
        prices: What a unit of each line cost then, where that is known.
        keeps_all: Lines that cannot be had are kept and marked; else they are left out.
    """

    kind: str
    basis_id: UUID
    customer_id: CustomerId | None
    lines: tuple[LineWish, ...]
    prices: tuple[Money | None, ...]
    keeps_all: bool
    billing_address: Address | None = None
    shipping_address: Address | None = None


@dataclass(frozen=True, slots=True)
class Short:
    """A line that wants more than can be promised, now and from what is expected.

    Attributes:
        pointer: JSON Pointer to it in the order.
        wanted: By this line; ``available`` is what the lines before it leave.
        backorder: What the site does about it: ``refuse``, ``allow`` or ``permission``.
    """

    line_id: int
    pointer: str
    sku: Sku
    wanted: int
    available: int
    backorder: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of a basis.

    Attributes:
        differences: Lines that cost something else now, or cannot be had.
        left_out: Products that are gone, with the reason.
        short: Lines that want more than there is; they are kept (HI-2).
    """

    basis: Basis
    differences: tuple[LineDifference, ...]
    left_out: tuple[tuple[LineWish, Unavailable], ...]
    short: tuple[Short, ...] = ()


def basis_of_cart(cart: Cart) -> Basis:
    """Take everything in a cart."""
    return Basis(
        kind="cart",
        basis_id=cart.cart_id,
        customer_id=cart.customer_id,
        lines=tuple(LineWish(line.sku, line.units, text=line.text) for line in cart.lines),
        prices=tuple(line.unit_price for line in cart.lines),
        keeps_all=True,
    )


def basis_of_order(order: Order) -> Basis:
    """Take lines and addresses; not the number, payments, coupons, or what staff adjusted."""
    lines = [line.terms for line in order.content.lines]
    return Basis(
        kind="order",
        basis_id=order.order_id,
        customer_id=order.customer.customer_id if order.customer else None,
        lines=tuple(
            LineWish(
                terms.sku,
                terms.units,
                terms.fulfilment,
                terms.place.code if terms.place else None,
                text=terms.text,
                gift_message=terms.gift_message,
            )
            for terms in lines
        ),
        prices=tuple(terms.price or terms.list_price for terms in lines),
        keeps_all=False,
        billing_address=order.content.billing_address,
        shipping_address=order.content.shipping_address,
    )


def taken_over(order: Order, basis: Basis, first: int) -> Outcome:
    """See what has become of a basis on a priced draft; its lines are those from ``first`` on.

    Raises:
        NotAcceptable: Nothing of it is sold on this site to this customer (HI-4).
    """
    lines = [line for line in order.content.lines if line.line_id >= first]
    pairs = list(zip(lines, basis.lines, basis.prices, strict=True))
    if basis.lines and all(line.terms.unavailable for line in lines):
        detail = "nothing of it is sold on this site"
        raise NotAcceptable.at("/based_on", "BASIS_NOT_SOLD_HERE", detail)
    left_out: list[tuple[LineWish, Unavailable]] = []
    for line, wish, _ in pairs:
        if not basis.keeps_all and (why := line.terms.unavailable) is not None:
            order.remove_line(line.line_id)
            left_out.append((wish, why))
    kept = {line.line_id: place for place, line in enumerate(order.content.lines)}
    found = (
        _difference(line, price, kept[line.line_id])
        for line, _, price in pairs
        if line.line_id in kept
    )
    return Outcome(basis, tuple(one for one in found if one), tuple(left_out))


def short_lines(order: Order, told: Mapping[Sku, Availability]) -> tuple[Short, ...]:
    """Find the lines that want more than their site, or their location, can promise (HI-2)."""
    found: list[Short] = []
    left: dict[tuple[Sku, str | None], int] = {}
    for place, line in enumerate(order.content.lines):
        terms, stock = line.terms, told.get(line.terms.sku)
        if terms.unavailable is not None or stock is None or not stock.tracked:
            continue
        at = terms.place.code if terms.place else None
        there = left.get((terms.sku, at), _promised(stock, at))
        left[terms.sku, at] = max(there - terms.units, 0)
        if terms.units > there:
            pointer = f"/lines/{place}"
            found.append(
                Short(line.line_id, pointer, terms.sku, terms.units, there, stock.backorder)
            )
    return tuple(found)


def _promised(stock: Availability, at: str | None) -> int:
    """Give what can be promised of a product: of what ships, or at a location."""
    if at is None:
        return stock.total
    one = next((place for place in stock.locations if place.code == at), None)
    return one.current + sum(more.units for more in one.future) if one else 0


def _difference(line: Line, price: Money | None, place: int) -> LineDifference | None:
    terms = line.terms
    then = price if price and price.currency == terms.unit_price.currency else terms.unit_price
    if then == terms.unit_price and terms.unavailable is None:
        return None
    nothing = Money(0, then.currency)
    return LineDifference(
        line.line_id,
        f"/lines/{place}",
        terms.sku,
        terms.name,
        LinePrice(then, nothing),
        LinePrice(terms.unit_price, nothing),
        terms.unavailable,
    )
