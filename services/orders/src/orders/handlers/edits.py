"""What staff change on a draft, each as what the domain is to do: see ``editing.edited``."""

from dataclasses import dataclass, replace

from contracts.customers.replies import CustomerDescribed
from contracts.values import StaffId

from orders.domain.errors import NotAcceptable
from orders.domain.lines import Fulfilment, LineTerms, Place
from orders.domain.order import Change, Order
from orders.domain.parts import Address
from orders.handlers.editing import Changing
from orders.handlers.facts import Told, chosen, customer_faults
from orders.handlers.wishes import AdjustmentWish, LineWish, PriceWish


@dataclass(frozen=True, slots=True)
class Route:
    """How a line is to reach the customer from now on; none of a location: it has none."""

    fulfilment: Fulfilment | None
    location: str | None


@dataclass(frozen=True, slots=True)
class LineChange:
    """What is to be different about a line; none leaves it as it is, but for what ``sets`` names.

    Attributes:
        sets: Of ``price``, ``text``, ``gift_message`` and ``adjustment`` those that are set, each
            perhaps to none; no price goes back to the catalog's.
    """

    units: int | None = None
    route: Route | None = None
    price: PriceWish | None = None
    text: str | None = None
    gift_message: str | None = None
    adjustment: AdjustmentWish | None = None
    sets: frozenset[str] = frozenset()

    def on(self, terms: LineTerms, staff_id: StaffId) -> LineTerms:
        """Give a line's terms with this change."""
        if self.units is not None:
            terms = replace(terms, units=self.units)
        if "price" in self.sets:
            terms = replace(terms, manual=self.price.by(staff_id) if self.price else None)
        if "text" in self.sets:
            terms = replace(terms, text=self.text)
        if "gift_message" in self.sets:
            terms = replace(terms, gift_message=self.gift_message)
        if "adjustment" in self.sets:
            made = self.adjustment.by(staff_id) if self.adjustment else None
            terms = replace(terms, adjustment=made)
        if self.route is not None:
            place = Place(None, self.route.location) if self.route.location else None
            fulfilment = self.route.fulfilment or terms.fulfilment
            terms = replace(terms, fulfilment=fulfilment, place=place)
        return terms


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


def choosing(told: Told) -> Changing:
    """Choose the customer that was told of.

    Raises:
        NotAcceptable: They may not order on this site.
    """
    if not isinstance(told, CustomerDescribed):
        raise NotAcceptable(customer_faults(told))
    return lambda order: order.choose_customer(*chosen(told))


def adding_line(wish: LineWish, staff_id: StaffId) -> Changing:
    return lambda order: order.add_line(wish.terms(order.content.currency, staff_id))


def changing_line(line_id: int, change: LineChange, staff_id: StaffId) -> Changing:
    def changed(order: Order) -> Change:
        terms = order.content.line(line_id).terms
        return order.change_line(line_id, change.on(terms, staff_id))

    return changed


def setting_addresses(change: AddressChange) -> Changing:
    def set_them(order: Order) -> Change:
        was = order.content
        return order.set_addresses(
            change.billing if change.sets_billing else was.billing_address,
            change.shipping if change.sets_shipping else was.shipping_address,
        )

    return set_them


def setting_notes(change: NoteChange) -> Changing:
    def set_them(order: Order) -> Change:
        was = order.content
        return order.set_notes(
            change.customer if change.sets_customer else was.customer_note,
            change.staff if change.sets_staff else was.staff_note,
        )

    return set_them
