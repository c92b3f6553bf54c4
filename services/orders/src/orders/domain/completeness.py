"""What an order needs before it can be submitted (SU-1)."""

from collections.abc import Iterator

from orders.domain.content import Content
from orders.domain.draft import Draft
from orders.domain.errors import Fault
from orders.domain.shipping import chosen


def missing_from(draft: Draft) -> list[Fault]:
    """List what is missing or does not fit; the pointers are into the order."""
    content = draft.content
    missing: list[Fault] = []
    if not draft.site.active:
        missing.append(Fault("/site", "SITE_INACTIVE", "the site takes no orders"))
    if content.takes_over is not None:
        missing.append(cart_fault())
    if draft.customer is None:
        missing.append(Fault("/customer_id", "CUSTOMER_MISSING", "the order has no customer"))
    if not content.lines:
        missing.append(Fault("/lines", "NO_LINES", "the order has no line"))
    missing += _unavailable(content)
    missing += _unshippable(draft)
    if fault := content.overpaid("/payments"):
        missing.append(fault)
    return missing


def cart_fault() -> Fault:
    """Say that a cart which was taken over is returned, and nothing else (SN-3)."""
    detail = "this is the customer's cart: it is returned to them, or dropped"
    return Fault("/takes_over", "CART_TAKEN_OVER", detail)


def _unavailable(content: Content) -> Iterator[Fault]:
    for place, line in enumerate(content.lines):
        if (why := line.terms.unavailable) is not None:
            yield Fault(f"/lines/{place}", why.code, why.detail)
    for place, coupon in enumerate(content.coupons):
        if coupon.refusal is not None:
            yield Fault(f"/coupons/{place}", coupon.refusal, coupon.detail or "it does nothing")


def _unshippable(draft: Draft) -> Iterator[Fault]:
    """Say what stands in the way of sending the goods (FU-2, FU-3, FU-7)."""
    content, terms = draft.content, draft.terms
    if not content.is_sent:
        return
    address = content.shipping_address
    if address is None:
        detail = "a line is shipped or delivered, and there is no shipping address"
        yield Fault("/shipping_address", "SHIPPING_ADDRESS_MISSING", detail)
        return
    if not terms.policy.ships_to(address.country):
        detail = f"the site does not ship to {address.country}"
        yield Fault("/shipping_address/country", "SHIPPING_COUNTRY_NOT_SERVED", detail)
    if not content.ships:
        return
    shipping = content.shipping
    if shipping is None and any(method.active for method in terms.methods):
        detail = "a line ships, and no shipping method is chosen"
        yield Fault("/shipping", "SHIPPING_METHOD_MISSING", detail)
    code = shipping.code if shipping else None
    if code is not None and chosen(code, content, draft.site, terms) is None:
        detail = f"shipping method {code} is not offered for this order"
        yield Fault("/shipping", "SHIPPING_METHOD_NOT_OFFERED", detail)
