from functools import cached_property

from messaging.outbox import Outbox
from sqlalchemy.ext.asyncio import AsyncSession

from customers.storage.customers import SqlCustomerRepository
from customers.storage.sites import SqlCustomerSetRepository, SqlSiteRepository


class SqlUnitOfWork:
    """Repositories over one session; whoever began its transaction ends it."""

    def __init__(self, session: AsyncSession, outbox: Outbox) -> None:
        self.session = session
        self.outbox = outbox

    @cached_property
    def customer_sets(self) -> SqlCustomerSetRepository:
        return SqlCustomerSetRepository(self.session)

    @cached_property
    def sites(self) -> SqlSiteRepository:
        return SqlSiteRepository(self.session)

    @cached_property
    def customers(self) -> SqlCustomerRepository:
        return SqlCustomerRepository(self.session)
