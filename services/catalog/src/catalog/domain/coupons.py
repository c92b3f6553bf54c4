"""What became of the coupons of a submission; the first outcome recorded stands."""

from dataclasses import dataclass
from enum import StrEnum

from catalog.domain.errors import CatalogError


class CouponsMiscounted(CatalogError):
    """A fault: a submission's coupons were neither redeemed nor refused nor returned."""


class CouponState(StrEnum):
    """What became of a submission's coupons."""

    REDEEMED = "redeemed"
    REFUSED = "refused"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Used:
    """What became of a submission's coupons.

    Attributes:
        code: Why they were refused.
        coupon: The first that could not be used.
    """

    state: CouponState
    code: str = ""
    detail: str = ""
    coupon: str | None = None
