"""How much is under way: what is to come waits for it."""

from chassis.scope import Scope
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from orders.sagas.submit_order import SUBMIT_ORDER
from orders.storage.tables import messaging


async def submissions_under_way(
    scope: Scope,  # noqa: ARG001 - whose they are makes no difference to how busy it is
    session: AsyncSession,
    most: int,
) -> int:
    """Count the submissions that have not ended, on all sites; not beyond ``most``."""
    saga = messaging.saga
    # Whatever has not ended has a timer, and those have an index.
    open_ = select(saga.c.id).where(
        saga.c.wake_at.is_not(None), saga.c.definition == SUBMIT_ORDER.name
    )
    return await session.scalar(select(func.count()).select_from(open_.limit(most).subquery())) or 0
