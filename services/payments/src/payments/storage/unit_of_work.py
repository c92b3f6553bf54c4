"""One transaction, as the use cases see it."""

from contracts.message import Reply
from messaging.inbox import Inbox, answer_later
from messaging.outbox import Asked, Outbox
from messaging.topology import commands_queue
from sqlalchemy.ext.asyncio import AsyncSession

from payments.storage.credit import SqlCreditBooks
from payments.storage.orders import SqlOrderRepository
from payments.storage.payments import SqlPaymentRepository
from payments.storage.reconciliations import SqlReconciliationRepository
from payments.storage.sites import SqlSiteRepository
from payments.storage.tables import messaging
from payments.storage.terms import SqlTermsRepository

_inbox = Inbox(messaging.inbox, commands_queue("payments"))


class SqlLateAnswers:
    """Answers through the outbox, and keeps the answer beside the command in the inbox."""

    def __init__(self, session: AsyncSession, outbox: Outbox) -> None:
        self._session = session
        self._outbox = outbox

    async def give(self, reply: Reply, asked: Asked) -> None:
        await answer_later(self._session, _inbox, self._outbox, asked, reply)


class SqlUnitOfWork:
    """The repositories of one transaction."""

    def __init__(self, session: AsyncSession, outbox: Outbox) -> None:
        self.outbox = outbox
        self.payments = SqlPaymentRepository(session, outbox)
        self.sites = SqlSiteRepository(session)
        self.orders = SqlOrderRepository(session)
        self.reconciliations = SqlReconciliationRepository(session)
        self.terms = SqlTermsRepository(session, outbox)
        self.credit = SqlCreditBooks(session)
        self.answers = SqlLateAnswers(session, outbox)
