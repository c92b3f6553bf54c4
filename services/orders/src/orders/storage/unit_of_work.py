from contextlib import AbstractAsyncContextManager

from messaging.attempts import attempt
from messaging.outbox import Outbox
from messaging.saga.sagas import Sagas
from sqlalchemy.ext.asyncio import AsyncSession

from orders.sagas.cancel_order import CANCEL_ORDER
from orders.sagas.hand_over import HAND_OVER
from orders.sagas.hold_stock import HOLD_STOCK, RELEASE_HOLD
from orders.sagas.revise_order import REVISE_ORDER
from orders.sagas.submit_order import SUBMIT_ORDER
from orders.storage.carts import SqlCartRepository
from orders.storage.holds import SqlHoldRepository
from orders.storage.links import SqlLinkRepository
from orders.storage.orders import SqlOrderRepository
from orders.storage.revisions import SqlRevisionRepository
from orders.storage.site_terms import SqlSiteTermsRepository
from orders.storage.sites import SqlSiteRepository
from orders.storage.tables import messaging

SAGAS = {
    saga.name: saga
    for saga in (SUBMIT_ORDER, CANCEL_ORDER, REVISE_ORDER, HOLD_STOCK, RELEASE_HOLD, HAND_OVER)
}
"""The processes that this service runs, by name."""


class SqlUnitOfWork:
    """Repositories and sagas over one session; whoever began its transaction ends it."""

    def __init__(self, session: AsyncSession, outbox: Outbox) -> None:
        self._session = session
        self.outbox = outbox
        self.orders = SqlOrderRepository(session)
        self.sites = SqlSiteRepository(session)
        self.carts = SqlCartRepository(session)
        self.links = SqlLinkRepository(session)
        self.revisions = SqlRevisionRepository(session)
        self.holds = SqlHoldRepository(session)
        self.site_terms = SqlSiteTermsRepository(session)
        self.sagas = Sagas(messaging, SAGAS, session, outbox)

    def attempt(self) -> AbstractAsyncContextManager[None]:
        return attempt(self._session, self.outbox)
