from contextlib import AbstractAsyncContextManager

from messaging.attempts import attempt
from messaging.outbox import Outbox
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.storage.categories import SqlCategoryRepository
from catalog.storage.locations import SqlLocationRepository
from catalog.storage.offers import SqlOfferRepository
from catalog.storage.price_lists import SqlPriceListRepository
from catalog.storage.products import SqlProductRepository
from catalog.storage.promotions import SqlPromotionRepository
from catalog.storage.receipts import SqlReceiptRepository
from catalog.storage.returns import SqlStockReturnRepository
from catalog.storage.shelves import SqlShelfRepository
from catalog.storage.sites import SqlSiteRepository
from catalog.storage.stock import SqlStockRepository
from catalog.storage.stock_policies import SqlStockPolicyRepository
from catalog.storage.vouchers import SqlVoucherRepository


class SqlUnitOfWork:
    """Repositories over one session; whoever began its transaction ends it."""

    def __init__(self, session: AsyncSession, outbox: Outbox) -> None:
        self._session = session
        self.outbox = outbox
        self.sites = SqlSiteRepository(session)
        self.products = SqlProductRepository(session)
        self.categories = SqlCategoryRepository(session)
        self.offers = SqlOfferRepository(session)
        self.price_lists = SqlPriceListRepository(session)
        self.promotions = SqlPromotionRepository(session)
        self.vouchers = SqlVoucherRepository(session)
        self.locations = SqlLocationRepository(session)
        self.stock = SqlStockRepository(session)
        self.returns = SqlStockReturnRepository(session)
        self.shelves = SqlShelfRepository(session)
        self.receipts = SqlReceiptRepository(session)
        self.stock_policies = SqlStockPolicyRepository(session)

    def attempt(self) -> AbstractAsyncContextManager[None]:
        return attempt(self._session, self.outbox)
