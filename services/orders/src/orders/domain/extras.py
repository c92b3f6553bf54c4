"""Edits of what stands around the lines: shipping method, adjustments, coupons, gift, price list.

Each raises ``NotADraft`` when the order cannot be changed any more.
"""

from dataclasses import replace

from orders.domain.adjustments import Adjustment
from orders.domain.content import MAX_COUPONS
from orders.domain.draft import Change, Draft
from orders.domain.errors import NoSuchPart, NotAcceptable
from orders.domain.pricing import Coupon
from orders.domain.shipping import chosen


def choose_shipping(draft: Draft, code: str, at: str = "") -> Change:
    """Choose one of the site's shipping methods; it sets the price (FU-3).

    Raises:
        NotAcceptable: It is not offered for this address and these goods; ``at`` points to it.
    """
    before = draft.content.shipping
    shipping = chosen(code, draft.content, draft.site, draft.terms)
    if shipping is None:
        detail = f"shipping method {code} is not offered for this order"
        raise NotAcceptable.at(f"{at}/method", "SHIPPING_METHOD_NOT_OFFERED", detail)
    draft.edit(draft.content.with_shipping(shipping, at))
    return Change("shipping set", before, draft.content.shipping)


def offer_shipping(draft: Draft, *, offered: bool) -> Change:
    """Let shipping cost nothing whatever the method, or what it costs again (FU-4)."""
    before = draft.content.offer_shipping
    draft.edit(replace(draft.content, offer_shipping=offered))
    return Change("shipping offered", before, offered)


def adjust_total(draft: Draft, adjustment: Adjustment | None, at: str = "") -> Change:
    """Adjust the goods in all, or take that back (CP-6); ``at`` points to it.

    Raises:
        NotAcceptable: Another currency, or it would take off more than there is.
    """
    before = draft.content
    goods = sum(line.net - line.share for line in before.sums().lines)
    _check(draft, adjustment, goods, at)
    draft.edit(replace(before, adjustment=adjustment))
    return Change("total adjusted", before.adjustment, adjustment)


def adjust_shipping(draft: Draft, adjustment: Adjustment | None) -> Change:
    """Adjust the shipping cost, or take that back (CP-6).

    Raises:
        NotAcceptable: Another currency, or it would take off more than there is.
    """
    before = draft.content
    cost = before.shipping.cost.minor if before.shipping else 0
    _check(draft, adjustment, cost)
    draft.edit(replace(before, shipping_adjustment=adjustment))
    return Change("shipping adjusted", before.shipping_adjustment, adjustment)


def _check(draft: Draft, adjustment: Adjustment | None, base: int, at: str = "") -> None:
    if adjustment and (fault := adjustment.fault(at, base, draft.content.currency)):
        raise NotAcceptable([fault])


def put_price_list(draft: Draft, code: str | None) -> Change:
    """Price the order by a list, or by none; the catalog says whether there is one (CP-4)."""
    before = draft.content.price_list
    draft.edit(replace(draft.content, price_list=code))
    return Change("price list set", before, code)


def add_coupon(draft: Draft, code: str, at: str = "") -> Change:
    """Add a coupon; the catalog says what it does (CP-7). Adding it twice changes nothing.

    Raises:
        NotAcceptable: There are too many, or there is no line for it yet.
    """
    before = draft.content
    if not before.lines:
        raise NotAcceptable.at(at, "NO_LINES", "a coupon needs a line first")
    known = {one.code.casefold() for one in before.coupons}
    if len(known) >= MAX_COUPONS and code.casefold() not in known:
        detail = f"an order has at most {MAX_COUPONS} coupons"
        raise NotAcceptable.at(at, "TOO_MANY_COUPONS", detail)
    more = () if code.casefold() in known else (Coupon(code),)
    draft.edit(replace(before, coupons=(*before.coupons, *more)))
    return Change("coupon added", after=code)


def remove_coupon(draft: Draft, code: str) -> Change:
    """Take a coupon off the order.

    Raises:
        NoSuchPart: It is not on it.
    """
    before = draft.content.coupons
    left = tuple(one for one in before if one.code.casefold() != code.casefold())
    if len(left) == len(before):
        raise NoSuchPart("coupon")
    draft.edit(replace(draft.content, coupons=left))
    return Change("coupon removed", before=code)


def keep_for_customer(draft: Draft, *, done: bool) -> Change:
    """End the order entry: what was built stays for the customer to check out (SN-1).

    Raises:
        NotAcceptable: There is no customer to keep it for.
    """
    if done and draft.customer is None:
        detail = "there is no customer to keep it for"
        raise NotAcceptable.at("/customer_id", "CUSTOMER_MISSING", detail)
    before = draft.content.kept_for_customer
    draft.edit(replace(draft.content, kept_for_customer=done))
    return Change("kept for the customer", before, done)


def set_gift_message(draft: Draft, message: str | None) -> Change:
    """Make the order a gift with a message, or not (GI-1)."""
    before = draft.content.gift_message
    draft.edit(replace(draft.content, gift_message=message))
    return Change("gift message set", before, message)
