"""What the service has told, as it stands in its outbox."""

from customers.storage.tables import messaging
from messaging.envelope import Envelope, decode
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

Sessions = async_sessionmaker[AsyncSession]


async def told(sessions: Sessions, about: str) -> list[Envelope]:
    """Give the events about one aggregate, in order."""
    outbox = messaging.outbox
    async with sessions() as session:
        bodies = await session.scalars(select(outbox.c.body).order_by(outbox.c.id))
        events = [decode(body) for body in bodies]
    return [event for event in events if event.subject == about]
