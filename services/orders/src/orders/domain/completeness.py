"""What an order needs before it can be submitted (SU-1)."""

from orders.domain.content import Content
from orders.domain.errors import Fault
from orders.domain.lines import Fulfilment
from orders.domain.site import Site


def missing_from(content: Content, site: Site, *, has_customer: bool) -> list[Fault]:
    """List what is missing or does not fit; the pointers are into the order."""
    missing: list[Fault] = []
    if not site.active:
        missing.append(Fault("/site", "SITE_INACTIVE", "the site takes no orders"))
    if not has_customer:
        missing.append(Fault("/customer_id", "CUSTOMER_MISSING", "the order has no customer"))
    if not content.lines:
        missing.append(Fault("/lines", "NO_LINES", "the order has no line"))
    sent = any(line.terms.fulfilment is not Fulfilment.PICKUP for line in content.lines)
    if sent and content.shipping_address is None:
        detail = "a line is shipped or delivered, and there is no shipping address"
        missing.append(Fault("/shipping_address", "SHIPPING_ADDRESS_MISSING", detail))
    if fault := content.overpaid("/payments"):
        missing.append(fault)
    return missing
