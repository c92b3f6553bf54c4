"""What a use case is given: repositories over one transaction, and what it will send."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from messaging.outbox import Outbox

from catalog.domain.pricing_repositories import (
    OfferRepository,
    PriceListRepository,
    PromotionRepository,
    VoucherReader,
    VoucherRepository,
)
from catalog.domain.repositories import (
    CategoryRepository,
    LocationRepository,
    ProductRepository,
    SiteRepository,
)
from catalog.domain.stock_repositories import (
    ReceiptRepository,
    ShelfRepository,
    StockPolicyRepository,
    StockRepository,
    StockReturnRepository,
)


class Pricing(Protocol):
    """What a quote is read from."""

    @property
    def offers(self) -> OfferRepository: ...
    @property
    def vouchers(self) -> VoucherReader: ...


class UnitOfWork(Protocol):
    """One transaction; whoever opened it commits it."""

    @property
    def outbox(self) -> Outbox: ...
    @property
    def sites(self) -> SiteRepository: ...
    @property
    def products(self) -> ProductRepository: ...
    @property
    def categories(self) -> CategoryRepository: ...
    @property
    def offers(self) -> OfferRepository: ...
    @property
    def price_lists(self) -> PriceListRepository: ...
    @property
    def promotions(self) -> PromotionRepository: ...
    @property
    def vouchers(self) -> VoucherRepository: ...
    @property
    def locations(self) -> LocationRepository: ...
    @property
    def stock(self) -> StockRepository: ...
    @property
    def returns(self) -> StockReturnRepository: ...
    @property
    def shelves(self) -> ShelfRepository: ...
    @property
    def receipts(self) -> ReceiptRepository: ...
    @property
    def stock_policies(self) -> StockPolicyRepository: ...

    def attempt(self) -> AbstractAsyncContextManager[None]:
        """Undo what is done within, messages too, if it ends with an exception."""
        ...
