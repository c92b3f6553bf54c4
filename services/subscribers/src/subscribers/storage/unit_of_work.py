"""One transaction, as the use cases see it."""

from messaging.outbox import Outbox
from sqlalchemy.ext.asyncio import AsyncSession

from subscribers.storage.deliveries import SqlDeliveryRepository
from subscribers.storage.endpoints import SqlEndpointRepository


class SqlUnitOfWork:
    """The repositories of one transaction."""

    def __init__(self, session: AsyncSession, outbox: Outbox) -> None:
        self.outbox = outbox
        self.endpoints = SqlEndpointRepository(session)
        self.deliveries = SqlDeliveryRepository(session)
