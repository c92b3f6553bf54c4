from contextlib import AbstractAsyncContextManager
from functools import cached_property

from messaging.attempts import attempt
from messaging.outbox import Outbox
from sqlalchemy.ext.asyncio import AsyncSession

from customers.storage.customers import SqlCustomerRepository
from customers.storage.invitations import SqlInvitationRepository
from customers.storage.levels import SqlLevelRepository
from customers.storage.mails import SqlMailRepository
from customers.storage.notes import SqlNoteRepository
from customers.storage.sites import SqlCustomerSetRepository, SqlSiteRepository


class SqlUnitOfWork:
    """Repositories over one session; whoever began its transaction ends it."""

    def __init__(self, session: AsyncSession, outbox: Outbox) -> None:
        self.session = session
        self.outbox = outbox

    def attempt(self) -> AbstractAsyncContextManager[None]:
        return attempt(self.session, self.outbox)

    @cached_property
    def customer_sets(self) -> SqlCustomerSetRepository:
        return SqlCustomerSetRepository(self.session)

    @cached_property
    def sites(self) -> SqlSiteRepository:
        return SqlSiteRepository(self.session)

    @cached_property
    def levels(self) -> SqlLevelRepository:
        return SqlLevelRepository(self.session)

    @cached_property
    def customers(self) -> SqlCustomerRepository:
        return SqlCustomerRepository(self.session)

    @cached_property
    def notes(self) -> SqlNoteRepository:
        return SqlNoteRepository(self.session)

    @cached_property
    def invitations(self) -> SqlInvitationRepository:
        return SqlInvitationRepository(self.session)

    @cached_property
    def mails(self) -> SqlMailRepository:
        return SqlMailRepository(self.session)
