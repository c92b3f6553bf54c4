"""What may be bought on account by purchase order: what was agreed with a customer, or is usual.

A customer's purchase orders are open until their money has come, or they are let go of; together
they never come to more than the limit that was agreed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.values import CustomerId, Money, SiteId

from payments.domain.methods import No, days_to_pay


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was agreed with a customer of a customer set, for all of its sites.

    Attributes:
        net_days: Within how many days an order is paid.
        limits: Minor units that may be open, by ISO 4217 code; nothing in any other currency.
        version: Counts the changes, from 1.
    """

    net_days: int
    limits: Mapping[str, int]
    version: int = 0


@dataclass(frozen=True, slots=True)
class SiteTerms:
    """What a site says to those with whom nothing was agreed.

    Attributes:
        without_agreement: Whether they may pay by purchase order; then without a limit.
        net_days: Within how many days, unless the purchase order says so itself.
    """

    without_agreement: bool = True
    net_days: int = 30


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer as a site knows them; the agreement is that of the site's customer set."""

    site_id: SiteId
    customer_id: CustomerId


def on_account(
    amount: Money, terms: Mapping[str, str] | None, agreement: Agreement | None, site: SiteTerms
) -> int | No:
    """Give within how many days it is to be paid, or why it is not sold on account."""
    said = days_to_pay(terms)
    if agreement is None:
        if not site.without_agreement:
            return No("PURCHASE_ORDER_NOT_AGREED", "no terms were agreed with this customer")
        return site.net_days if said is None else said
    if amount.currency not in agreement.limits:
        detail = f"no limit was agreed with this customer in {amount.currency}"
        return No("PURCHASE_ORDER_NOT_AGREED", detail)
    if said is not None and said > agreement.net_days:
        return No("PAYMENT_TERMS_NOT_AGREED", f"NET{agreement.net_days} was agreed")
    return agreement.net_days if said is None else said


def beyond_limit(amount: Money, limit: Money, open_sum: Money) -> No | None:
    """Say why a purchase order does not fit beside those that are open."""
    if open_sum.minor + amount.minor <= limit.minor:
        return None
    detail = f"the limit is {limit.minor} minor units, of which {open_sum.minor} are open"
    return No("CREDIT_LIMIT_EXCEEDED", detail, limit, open_sum)
