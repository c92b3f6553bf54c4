"""How staff take a customer's cart over, and give it back (SN-3)."""

from dataclasses import replace
from datetime import UTC, datetime

from contracts.orders.events import CartReturned, OrderCancelled, ReturnedLine
from contracts.values import StaffId

from orders.domain.carts import Cart, CartLine, TakenOver
from orders.domain.errors import CartChanged, CartTakenOver, NoSuchPart
from orders.domain.order import Order
from orders.domain.takeovers import return_cart, take_over
from orders.handlers.drafts import start_order
from orders.handlers.holds import release_hold
from orders.handlers.opening import Edit, opened
from orders.handlers.telling import about, tell
from orders.handlers.unit_of_work import UnitOfWork


async def take_cart_over(order: Order, seen: Cart, staff_id: StaffId, uow: UnitOfWork) -> Order:
    """Begin the draft on which a cart is edited; it was put together from the cart as ``seen``.

    Raises:
        NoSuchPart: The cart is not there any more.
        CartTakenOver: Somebody else has it.
        CartChanged: The storefront changed it in the meantime.
    """
    cart = await uow.carts.locked(seen.cart_id)
    if cart is None:
        raise NoSuchPart("cart")
    if cart.taken_over is not None:
        raise CartTakenOver(cart.taken_over.staff_id, cart.taken_over.order_id)
    if cart != replace(seen, taken_over=None):
        raise CartChanged
    taken = take_over(order, cart)
    holder = TakenOver(staff_id, order.order_id, datetime.now(UTC))
    await uow.carts.hold(cart.cart_id, holder)
    await start_order(order, staff_id, uow)
    await uow.orders.note(order, taken, staff_id)
    return order


async def give_cart_back(edit: Edit, uow: UnitOfWork) -> Order:
    """Write the draft's lines to the cart and let the customer have it again; the draft ends.

    Raises:
        NoSuchPart: There is no such order, it is out of reach, or edits no cart.
        StaleVersion: Somebody else changed it.
        NotADraft: It has ended already.
    """
    order = await opened(edit, uow)
    change, lines = return_cart(order)
    cart = await _held(order, uow)
    await release_hold(order, uow)
    await uow.carts.give_back(cart.cart_id, lines)
    tell(_returned(order, cart, lines), order, uow)
    tell(OrderCancelled(**about(order)), order, uow)
    await uow.orders.keep(order, change, edit.scope.staff_id)
    return order


async def drop_cart(order: Order, uow: UnitOfWork) -> None:
    """Let the customer have the cart as it was, if the draft that is dropped edits one."""
    if order.content.takes_over is not None:
        cart = await _held(order, uow)
        await uow.carts.give_back(cart.cart_id, None)


async def _held(order: Order, uow: UnitOfWork) -> Cart:
    cart_id = order.content.takes_over
    cart = await uow.carts.locked(cart_id) if cart_id else None
    if cart is None:
        raise NoSuchPart("cart that was taken over")
    return cart


def _returned(order: Order, cart: Cart, lines: tuple[CartLine, ...]) -> CartReturned:
    prices = (line.terms.unit_price.minor for line in order.content.lines)
    return CartReturned(
        **about(order),
        cart_id=cart.cart_id,
        reference=cart.reference,
        customer_id=cart.customer_id,
        lines=tuple(
            ReturnedLine(sku=line.sku, units=line.units, unit_price=price, text=line.text)
            for line, price in zip(lines, prices, strict=True)
        ),
    )
