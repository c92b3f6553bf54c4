"""Promotions and the vouchers that give them to someone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.values import CustomerId, Money, SiteId

from catalog.domain.discounts import Deal, Kind
from catalog.domain.errors import CatalogError
from catalog.domain.validity import ALWAYS, Validity

_CODE = re.compile(r"[A-Za-z0-9_-]{3,40}")
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without signs that are read for one another: 0 and O, 1, I and L."""
_GENERATED = 10


class VoucherCodeTaken(CatalogError):
    """There is a voucher with this code already, in whatever case."""


class Refused(StrEnum):
    """Why a coupon does nothing, in the words of the messages."""

    UNKNOWN = "UNKNOWN_COUPON"
    NOT_YET_VALID = "COUPON_NOT_YET_VALID"
    EXPIRED = "COUPON_EXPIRED"
    USED_UP = "COUPON_USED_UP"
    NOT_FOR_CUSTOMER = "COUPON_NOT_FOR_CUSTOMER"
    MINIMUM_NOT_REACHED = "COUPON_MINIMUM_NOT_REACHED"
    NOT_COMBINABLE = "COUPON_NOT_COMBINABLE"
    WITHOUT_EFFECT = "COUPON_WITHOUT_EFFECT"


DETAILS = {
    Refused.UNKNOWN: "there is no such coupon on this site",
    Refused.NOT_YET_VALID: "the coupon is not valid yet",
    Refused.EXPIRED: "the coupon is no longer valid",
    Refused.USED_UP: "the coupon has been used as often as it may be",
    Refused.NOT_FOR_CUSTOMER: "the coupon is not for this customer",
    Refused.MINIMUM_NOT_REACHED: "the goods do not reach the coupon's minimum",
    Refused.NOT_COMBINABLE: "the coupon does not go together with the better offers that apply",
    Refused.WITHOUT_EFFECT: "there is nothing that the coupon could take something off",
}


@dataclass(frozen=True, slots=True)
class PromotionTerms:
    """What a promotion does, and when.

    Attributes:
        basis_points: Of a percentage: 1 to 10,000.
        amount: What an amount takes off.
        minimum: Discountable goods of the request from which it applies.
        level: Only for customers of this level.
        products: SKUs or product codes that it is for; with ``categories``, either will do.
        needs_coupon: Applies through a voucher only.
        priority: The lowest is first.
    """

    name: str
    kind: Kind
    basis_points: int | None = None
    amount: Money | None = None
    minimum: Money | None = None
    level: str | None = None
    validity: Validity = ALWAYS
    products: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    needs_coupon: bool = False
    combinable: bool = True
    priority: int = 100
    active: bool = True

    @property
    def currency(self) -> str | None:
        """Give the currency that it is bound to; none: it works in any."""
        money = self.amount or self.minimum
        return money and money.currency

    @property
    def covers(self) -> frozenset[str] | None:
        """Give the names of goods that it is for; none: all goods."""
        if self.products is None and self.categories is None:
            return None
        named = {f"category:{code}" for code in self.categories or ()}
        return frozenset(named | (self.products or frozenset()))


@dataclass
class Promotion:
    """Something off, or free shipping, on some sites.

    Attributes:
        version: 0 before it is first kept; grows by one with every change.
    """

    code: str
    promotion_id: UUID
    terms: PromotionTerms
    sites: set[SiteId]
    version: int

    def change(self, terms: PromotionTerms, sites: set[SiteId]) -> bool:
        """Give it these terms and sites; tells whether anything changed."""
        if self.version and (self.terms, self.sites) == (terms, sites):
            return False
        self.terms, self.sites = terms, sites
        self.version += 1
        return True

    def deal(self, key: str, taken: int = 0) -> Deal:
        """Give what it does to goods; of an amount, ``taken`` was taken off others before."""
        terms = self.terms
        value = terms.basis_points or (max(terms.amount.minor - taken, 0) if terms.amount else 0)
        return Deal(
            key=key,
            code=self.code,
            kind=terms.kind,
            value=value,
            minimum=terms.minimum.minor if terms.minimum else 0,
            covers=terms.covers,
            combinable=terms.combinable,
            priority=terms.priority,
        )


@dataclass(frozen=True, slots=True)
class VoucherTerms:
    """Who may use a voucher, how often, and when.

    Attributes:
        customer_id: The only one who may use it.
    """

    customer_id: CustomerId | None = None
    limit_total: int | None = None
    limit_per_customer: int | None = None
    validity: Validity = ALWAYS


@dataclass
class Voucher:
    """A code that gives a promotion on one site.

    Attributes:
        code: As it is written; ``folded_code`` of it is unique.
        used: How often it is used up now.
        author: Staff id of who made it.
        version: Grows by one with every change, each use too.
    """

    code: str
    voucher_id: UUID
    promotion: str
    site_id: SiteId
    terms: VoucherTerms
    author: str
    active: bool = True
    used: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who wants to use coupons, where and when (UTC); no customer is not known yet."""

    site_id: SiteId
    currency: str
    customer_id: CustomerId | None
    at: datetime


def judge(
    voucher: Voucher, promotion: Promotion, buyer: Buyer, *, used_by_customer: int
) -> Refused | None:
    """Tell why a customer cannot use a voucher, whatever the goods; none: they can."""
    terms, spans = voucher.terms, (voucher.terms.validity, promotion.terms.validity)
    offered = voucher.active and promotion.terms.active and buyer.site_id in promotion.sites
    most, most_each = terms.limit_total, terms.limit_per_customer
    # A site may have changed its currency since: nothing can be taken off in the old one.
    other_currency = promotion.terms.currency not in {None, buyer.currency}
    reasons = (
        (voucher.site_id != buyer.site_id, Refused.UNKNOWN),
        (not offered, Refused.EXPIRED),
        (not all(span.begun(buyer.at) for span in spans), Refused.NOT_YET_VALID),
        (any(span.ended(buyer.at) for span in spans), Refused.EXPIRED),
        (terms.customer_id not in {None, buyer.customer_id}, Refused.NOT_FOR_CUSTOMER),
        (most is not None and voucher.used >= most, Refused.USED_UP),
        (most_each is not None and used_by_customer >= most_each, Refused.USED_UP),
        (other_currency, Refused.WITHOUT_EFFECT),
    )
    return next((refused for holds, refused in reasons if holds), None)


def is_voucher_code(text: str) -> bool:
    """Tell whether a text may be a voucher's code: 3 to 40 letters, digits, - and _ of ASCII."""
    return _CODE.fullmatch(text) is not None


def folded_code(text: str) -> str:
    """Give a code as it is compared: without case, and spaces around it do not count."""
    return text.strip().lower()


def generated_code(choose: Callable[[str], str]) -> str:
    """Make up a code of 10 signs, each chosen from those that are not mistaken for another."""
    return "".join(choose(_ALPHABET) for _ in range(_GENERATED))
