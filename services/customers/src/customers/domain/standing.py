"""Whether an order may be taken for a customer on a site (CS-3, CU-7)."""

from dataclasses import dataclass
from enum import StrEnum

from contracts.values import CustomerSetId


class Block(StrEnum):
    """Why not; the names are the wire's refusal codes."""

    UNKNOWN_SITE = "UNKNOWN_SITE"
    SITE_INACTIVE = "SITE_INACTIVE"
    UNKNOWN_CUSTOMER = "UNKNOWN_CUSTOMER"
    CUSTOMER_SET_MISMATCH = "CUSTOMER_SET_MISMATCH"
    CUSTOMER_ERASED = "CUSTOMER_ERASED"
    CUSTOMER_IS_STAFF = "CUSTOMER_IS_STAFF"
    CUSTOMER_DISABLED = "CUSTOMER_DISABLED"
    CUSTOMER_INCOMPLETE = "CUSTOMER_INCOMPLETE"


SENTENCES = {
    Block.UNKNOWN_SITE: "there is no such site",
    Block.SITE_INACTIVE: "no orders are taken on the site just now",
    Block.UNKNOWN_CUSTOMER: "there is no such customer",
    Block.CUSTOMER_SET_MISMATCH: "the customer is not of the site's customer set",
    Block.CUSTOMER_ERASED: "the customer was erased",
    Block.CUSTOMER_IS_STAFF: "no order may be taken for a staff account",
    Block.CUSTOMER_DISABLED: "the customer is disabled",
    Block.CUSTOMER_INCOMPLETE: "the customer lacks a phone or a default address",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides it.

    Attributes:
        site_set: Customer set of the site; none: no such site.
        customer_set: Customer set of the customer; none: no such customer.
    """

    site_set: CustomerSetId | None
    customer_set: CustomerSetId | None
    is_staff: bool = False
    disabled: bool = False
    complete: bool = True
    erased: bool = False
    site_active: bool = True

    @property
    def block(self) -> Block | None:
        """Give the first reason against an order; none when there is none."""
        if self.site_set is None:
            return Block.UNKNOWN_SITE
        if not self.site_active:
            return Block.SITE_INACTIVE
        if self.customer_set is None:
            return Block.UNKNOWN_CUSTOMER
        if self.customer_set != self.site_set:
            return Block.CUSTOMER_SET_MISMATCH
        return blocked(
            erased=self.erased,
            is_staff=self.is_staff,
            disabled=self.disabled,
            complete=self.complete,
        )


def blocked(*, erased: bool, is_staff: bool, disabled: bool, complete: bool) -> Block | None:
    """Give the reason against any order for a customer, on whatever site."""
    if erased:
        return Block.CUSTOMER_ERASED
    if is_staff:
        return Block.CUSTOMER_IS_STAFF
    if disabled:
        return Block.CUSTOMER_DISABLED
    return None if complete else Block.CUSTOMER_INCOMPLETE
