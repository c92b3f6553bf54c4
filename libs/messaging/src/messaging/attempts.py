"""A part of a transaction that is kept as a whole or undone as a whole."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from messaging.outbox import Outbox


@asynccontextmanager
async def attempt(session: AsyncSession, outbox: Outbox) -> AsyncGenerator[None]:
    """Undo what is done within, messages too, if it ends with an exception.

    What is done within may belong to a conversation of its own: the outbox's cause is afterwards
    what it was before.
    """
    told, cause = len(outbox.rows), outbox.cause
    try:
        async with session.begin_nested():
            yield
    except BaseException:
        del outbox.rows[told:]
        raise
    finally:
        outbox.cause = cause
