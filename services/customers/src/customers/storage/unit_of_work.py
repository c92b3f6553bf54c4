from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cached_property

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

    @asynccontextmanager
    async def attempt(self) -> AsyncGenerator[None]:
        """Undo what is done within, messages too, if it ends with an exception."""
        told = len(self.outbox.rows)
        try:
            async with self.session.begin_nested():
                yield
        except BaseException:
            del self.outbox.rows[told:]
            raise

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
