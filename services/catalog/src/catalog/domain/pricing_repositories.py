"""What the rules of prices and promotions need kept; storage keeps it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from contracts.values import CustomerId, OrderId, SiteId, Sku, SubmissionId

from catalog.domain.availability import Promise
from catalog.domain.coupons import Used
from catalog.domain.price_lists import Entry, PriceList
from catalog.domain.pricing import Offered
from catalog.domain.promotions import Promotion, PromotionTerms, Voucher
from catalog.domain.selling import Selling


class OfferRepository(Protocol):
    """What a site sells, read for a quote; each method is one statement or two."""

    async def site(self, site_id: SiteId) -> Selling | None:
        """Give a site as it sells now."""
        ...

    async def offered(
        self, promise: Promise, skus: Collection[Sku], *, categories: bool, stock: bool
    ) -> dict[Sku, Offered]:
        """Give those of these variants that a site sells.

        Args:
            promise: What the site promises from.
            skus: Any number.
            categories: Whether with their categories.
            stock: Whether with what can be promised of them.
        """
        ...

    async def with_options(self, codes: Collection[Sku]) -> set[Sku]:
        """Give those of these codes that are of a product with options."""
        ...

    async def lists(
        self, site_id: SiteId, level: str | None, code: str | None, at: datetime
    ) -> Sequence[PriceList]:
        """Give the site's active lists that hold at a time, of this level or with this code."""
        ...

    async def entries(
        self, codes: Collection[str], skus: Collection[Sku]
    ) -> Mapping[str, Mapping[Sku, Sequence[Entry]]]:
        """Give the entries of lists for these variants, by list and SKU."""
        ...

    async def automatic(self, site_id: SiteId, at: datetime) -> Sequence[Promotion]:
        """Give the promotions of a site that hold at a time and need no coupon."""
        ...


class PriceListRepository(Protocol):
    """Price lists with their entries."""

    async def locked(self, code: str, site_id: SiteId, *, new_id: UUID) -> PriceList:
        """Give a price list, locked; one of version 0 on this site if there is none."""
        ...

    async def found(self, code: str) -> PriceList | None:
        """Give a price list, locked until the transaction ends."""
        ...

    async def overlapping(self, price_list: PriceList) -> str | None:
        """Give the code of another active list of its site and level that holds when it does."""
        ...

    async def keep(self, price_list: PriceList) -> None:
        """Keep the list's new state."""
        ...

    async def put_entries(self, code: str, entries: Collection[Entry]) -> int:
        """Put entries beside those of a list; gives how many are new or changed."""
        ...

    async def drop_entries(self, code: str, sku: Sku, min_units: int | None) -> bool:
        """Drop a product's entries, or the one of this quantity; tells whether there were any."""
        ...

    async def drop(self, code: str) -> None:
        """Drop a list with its entries."""
        ...


class PromotionRepository(Protocol):
    """Promotions with their sites."""

    async def locked(self, code: str, *, new_id: UUID) -> Promotion:
        """Give a promotion, locked; one of version 0 if there is none."""
        ...

    async def found(self, code: str) -> Promotion | None:
        """Give a promotion."""
        ...

    async def keep(self, promotion: Promotion) -> None:
        """Keep the promotion's new state."""
        ...


class VoucherReader(Protocol):
    """Vouchers as a quote reads them."""

    async def named(self, keys: Collection[str]) -> dict[str, tuple[Voucher, Promotion]]:
        """Give vouchers by folded code, each with its promotion."""
        ...

    async def uses(self, keys: Collection[str], customer_id: CustomerId) -> Mapping[str, int]:
        """Count how often a customer has used each of these vouchers."""
        ...

    async def redeemed(self, submission_id: SubmissionId) -> Mapping[str, PromotionTerms | None]:
        """Give the vouchers that a submission has used up, with what each did then.

        None of terms: it was used up before they were noted.
        """
        ...


class VoucherRepository(VoucherReader, Protocol):
    """Vouchers, and who has used them up."""

    async def add(self, voucher: Voucher) -> bool:
        """Keep a new voucher; false when its code is taken, in whatever case."""
        ...

    async def found(self, key: str) -> Voucher | None:
        """Give a voucher by its folded code, locked until the transaction ends."""
        ...

    async def keep(self, kept: Collection[Voucher]) -> None:
        """Keep whether these are active, how often they are used, and their version."""
        ...

    async def locked(self, keys: Collection[str]) -> dict[str, tuple[Voucher, Promotion]]:
        """Do as ``named``; the vouchers are locked until the transaction ends."""
        ...

    async def begin(self, submission_id: SubmissionId) -> bool:
        """Record that a submission redeems; false when an outcome was recorded before."""
        ...

    async def outcome(self, submission_id: SubmissionId) -> Used | None:
        """Give what became of a submission's coupons."""
        ...

    async def conclude(self, submission_id: SubmissionId, used: Used) -> None:
        """Record what became of a submission's coupons, whatever it was before."""
        ...

    async def use(
        self,
        submission_id: SubmissionId,
        order_id: OrderId,
        customer_id: CustomerId,
        terms: Mapping[str, PromotionTerms],
    ) -> None:
        """Note which vouchers a submission has used up, and what each did then."""
        ...

    async def take_back(self, submission_id: SubmissionId) -> Sequence[Voucher]:
        """Forget a submission's uses; gives the vouchers, locked."""
        ...
