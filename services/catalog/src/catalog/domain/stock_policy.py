"""How far a site sells what does not lie on a shelf yet."""

from dataclasses import dataclass
from enum import StrEnum

MAX_HORIZON_DAYS = 730
"""Days ahead that a site may look for future stock."""


class Backorder(StrEnum):
    """What becomes of more than is available (IN-9)."""

    REFUSE = "refuse"
    ALLOW = "allow"
    PERMISSION = "permission"
    """Only for those who may order beyond the stock."""


@dataclass(frozen=True, slots=True)
class ProductPolicy:
    """What a site decides otherwise for one product; none: as for the others."""

    backorder: Backorder | None = None
    future_stock: bool | None = None


@dataclass(frozen=True, slots=True)
class SitePolicy:
    """What a site promises beyond the goods on hand.

    Attributes:
        future_stock: Goods on their way count (IN-5).
        horizon_days: How far ahead, 0 to ``MAX_HORIZON_DAYS``; the last day counts.
        backorder: What becomes of more than is available.
        split_shipping: One order may be shipped from several locations (IN-10).
    """

    future_stock: bool = False
    horizon_days: int = 30
    backorder: Backorder = Backorder.REFUSE
    split_shipping: bool = True

    def for_product(self, product: ProductPolicy | None, *, future_stock: bool) -> "SitePolicy":
        """Give what holds for a product.

        Args:
            product: What the site decided for it.
            future_stock: The product itself may be sold before it is there; if not, no site may.
        """
        own = product or ProductPolicy()
        wished = self.future_stock if own.future_stock is None else own.future_stock
        return SitePolicy(
            future_stock=wished and future_stock,
            horizon_days=self.horizon_days,
            backorder=own.backorder or self.backorder,
            split_shipping=self.split_shipping,
        )


@dataclass(frozen=True, slots=True)
class KeptPolicy:
    """A site's policy as it is kept; version 0 is the default, before the site had its own."""

    policy: SitePolicy
    version: int
