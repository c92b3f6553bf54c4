from functools import cached_property

from messaging.outbox import Outbox
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.storage.locations import SqlLocationRepository
from catalog.storage.products import SqlProductRepository
from catalog.storage.sites import SqlSiteRepository
from catalog.storage.stock import SqlStockRepository


class SqlUnitOfWork:
    """Repositories over one session; whoever began its transaction ends it."""

    def __init__(self, session: AsyncSession, outbox: Outbox) -> None:
        self.session = session
        self.outbox = outbox

    @cached_property
    def sites(self) -> SqlSiteRepository:
        return SqlSiteRepository(self.session)

    @cached_property
    def products(self) -> SqlProductRepository:
        return SqlProductRepository(self.session)

    @cached_property
    def locations(self) -> SqlLocationRepository:
        return SqlLocationRepository(self.session)

    @cached_property
    def stock(self) -> SqlStockRepository:
        return SqlStockRepository(self.session)
