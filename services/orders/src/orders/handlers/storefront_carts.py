"""A cart that comes back from a storefront's checkout, put on the order it began as (PA-6)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contracts.values import Sku, StaffId

from orders.domain.content import Content
from orders.domain.extras import choose_shipping
from orders.domain.lines import Line
from orders.domain.order import Change, Order
from orders.domain.repricing import Fresh
from orders.handlers.editing import Changing, Pointing
from orders.handlers.edits import AddressChange, setting_addresses
from orders.handlers.wishes import LineWish


@dataclass(frozen=True, slots=True)
class WantedLine:
    """A line as the storefront's cart has it."""

    sku: Sku
    units: int
    text: str | None = None


@dataclass(frozen=True, slots=True)
class StorefrontCart:
    """What the customer has made of the order.

    Attributes:
        lines: All of them; a line of the order that is not among them is taken off.
        shipping: Code of a method of the site's; none leaves it.
    """

    lines: tuple[WantedLine, ...]
    addresses: AddressChange
    shipping: str | None = None


def putting(cart: StorefrontCart, actor: StaffId) -> Changing:
    """Make the order what the cart is; pointers are into the cart.

    A line of the same product and text keeps its number, price and gift message.
    """

    def change(order: Order) -> Change:
        before = order.content
        known = _matched(before, cart.lines)
        kept = {line.line_id: line for line in known if line is not None}
        content = replace(before, lines=tuple(one for one in before.lines if one.line_id in kept))
        for wanted, line in zip(cart.lines, known, strict=True):
            if line is not None and line.terms.units != wanted.units:
                terms = replace(line.terms, units=wanted.units)
                content = content.with_line(replace(line, terms=terms))
        new = [
            (f"/lines/{place}", _wish(wanted).terms(content.currency, actor))
            for place, (wanted, line) in enumerate(zip(cart.lines, known, strict=True))
            if line is None
        ]
        order.edit(content.with_lines(new) if new else content)
        setting_addresses(cart.addresses)(order)
        if cart.shipping is not None:
            choose_shipping(order, cart.shipping, "/shipping")
        return Change("changed at the storefront", _told(before), _told(order.content))

    return change


def pointing(cart: StorefrontCart) -> Pointing:
    """Point to the lines of the cart that the order did not have so before."""

    def point(before: Content, after: Content) -> Fresh:
        was = {line.line_id: line.terms for line in before.lines}
        lines = enumerate(_matched(after, cart.lines))
        return Fresh(
            {
                line.line_id: f"/lines/{place}"
                for place, line in lines
                if line is not None and was.get(line.line_id) != line.terms
            }
        )

    return point


def _matched(content: Content, wanted: Sequence[WantedLine]) -> list[Line | None]:
    """Give the order's line for each of the cart's; none for those that are new."""
    left = list(content.lines)
    found: list[Line | None] = []
    for one in wanted:
        same = next((x for x in left if (x.terms.sku, x.terms.text) == (one.sku, one.text)), None)
        if same is not None:
            left.remove(same)
        found.append(same)
    return found


def _wish(wanted: WantedLine) -> LineWish:
    return LineWish(wanted.sku, wanted.units, text=wanted.text)


def _told(content: Content) -> dict[str, object]:
    return {
        "lines": [(line.terms.sku, line.terms.units) for line in content.lines],
        "shipping": content.shipping,
    }
