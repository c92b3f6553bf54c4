"""A draft that goes to another site (CS-8): what is kept, and what cannot be."""

from dataclasses import dataclass, replace

from contracts.values import CustomerId, Money

from orders.domain.completeness import cart_fault
from orders.domain.content import Content
from orders.domain.errors import NotAcceptable
from orders.domain.lines import Line, Place
from orders.domain.order import Change, Order
from orders.domain.site import Site
from orders.domain.site_terms import SiteTerms


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a draft goes, and the number that it has there.

    Attributes:
        customer: The draft's customer, if they are one of the site's.
    """

    site: Site
    terms: SiteTerms
    number: str
    customer: CustomerId | None = None


def move(order: Order, destination: Destination) -> Change:
    """Bring a draft to another site; it must be priced there before it is kept.

    Lines, addresses, notes and gift messages stay; the customer does if they are one of the site's.
    Amounts that staff typed go when the currency is another, and so do payments; the shipping
    method, price list and coupons are the old site's.

    Raises:
        NotADraft: It cannot be changed any more.
        NotAcceptable: It is a customer's cart of this site.
    """
    order.must_be_draft("edited")
    if order.content.takes_over is not None:
        raise NotAcceptable([cart_fault()])
    site, before = destination.site, {"site": order.site.code, "number": order.number}
    if order.customer is not None and order.customer.customer_id != destination.customer:
        order.customer = None
    order.site, order.terms, order.number = site, destination.terms, destination.number
    order.edit(_moved(order, site.currency))
    return Change("site changed", before, {"site": site.code, "number": order.number})


def dropped(was: Content, now: Content) -> list[str]:
    """Name what could not be kept, as fields of the order."""
    found = [
        name
        for name in ("shipping", "payments", "price_list", "coupons", "adjustment", "buyer")
        if getattr(was, name) and not getattr(now, name)
    ]
    before = {line.line_id: line.terms for line in was.lines}
    for place, line in enumerate(now.lines):
        old = before[line.line_id]
        found += [
            f"lines/{place}/{name}"
            for name in ("manual", "adjustment")
            if getattr(old, name) and not getattr(line.terms, name)
        ]
    return found


def _moved(order: Order, currency: str) -> Content:
    content = order.content
    same = currency == content.currency
    typed = content.shipping if content.shipping and content.shipping.code is None else None
    adjustment, shipping_adjustment = content.adjustment, content.shipping_adjustment
    return replace(
        content,
        currency=currency,
        lines=tuple(_line(line, currency, same=same) for line in content.lines),
        buyer=content.buyer if order.customer else None,
        price_list=None,
        coupons=(),
        free_shipping=False,
        shipping=typed if same else None,
        payments=content.payments if same else (),
        adjustment=adjustment if same or (adjustment and not adjustment.amount) else None,
        shipping_adjustment=(
            shipping_adjustment
            if same or (shipping_adjustment and not shipping_adjustment.amount)
            else None
        ),
    )


def _line(line: Line, currency: str, *, same: bool) -> Line:
    """Give a line at no price of the new site's yet, its location to be looked up there."""
    terms = line.terms
    adjustment = terms.adjustment
    return replace(
        line,
        terms=replace(
            terms,
            list_price=Money(0, currency),
            price=None,
            trace=(),
            place=Place(None, terms.place.code) if terms.place else None,
            manual=terms.manual if same else None,
            adjustment=adjustment if same or (adjustment and not adjustment.amount) else None,
        ),
    )
