"""Staff edit a customer's cart and return it: a mode of its own, which never submits (SN-3)."""

from dataclasses import replace

from orders.domain.carts import Cart, CartLine
from orders.domain.draft import Change
from orders.domain.errors import NoSuchPart
from orders.domain.order import Order, State


def take_over(order: Order, cart: Cart) -> Change:
    """Edit a cart on a draft that has its lines; the caller keeps both."""
    order.content = replace(order.content, takes_over=cart.cart_id)
    return Change("cart taken over", after={"cart_id": cart.cart_id, "reference": cart.reference})


def return_cart(order: Order) -> tuple[Change, tuple[CartLine, ...]]:
    """End the draft; gives the lines that the cart has from now on.

    Raises:
        NotADraft: It has ended already.
        NoSuchPart: It edits no cart.
    """
    order.must_be_draft("returned to the customer")
    cart_id = order.content.takes_over
    if cart_id is None:
        raise NoSuchPart("cart that was taken over")
    terms = [line.terms for line in order.content.lines]
    lines = tuple(CartLine(one.sku, one.units, one.unit_price, one.text) for one in terms)
    order.state = State.CANCELLED
    order.version += 1
    told = {"cart_id": cart_id, "lines": [(one.sku, one.units) for one in lines]}
    return Change("returned to the customer", after=told), lines
